"""Which files of a project go into its rock, and whose they are there."""

from __future__ import annotations

import pytest

from paas_app_charmer.suites import document

from . import rocks

KEY = "rockcraft.yaml: parts.flask-framework/install-app.prime"
OURS = [{"owner": 584792, "group": 584792}]


def expand(prime, others=(), texts=rocks.FLASK, **rest):
    parts = {"flask-framework/install-app": {"prime": prime, **rest}}
    return rocks.expand(texts, others, parts=parts)


def organized(expanded):
    """Return the names in the project that are taken."""
    part = rocks.part(expanded, "install-app")
    assert list(part["organize"].values()) == [f"flask/app/{name}" for name in part["organize"]]
    return list(part["organize"])


def test_what_is_there_of_the_default_is_taken():
    there = ("templates/a.html", "migrate.sh", "other.py", "web/__init__.py", "main.py")
    part = rocks.part(rocks.expand(rocks.FLASK, there), "install-app")
    taken = [f"flask/app/{name}" for name in ("app.py", "main.py", "migrate.sh", "templates")]
    assert (part["stage"], part["prime"]) == (taken, taken)
    assert part["organize"] == {name.removeprefix("flask/app/"): name for name in taken}


@pytest.mark.parametrize(
    "name",
    ["app", "main.py", "src", "migrate", "migrate.sh", "migrate.py", "static", "templates"],
)
def test_each_default_name_is_taken_if_it_is_there(name):
    assert organized(rocks.expand(rocks.FLASK, [name])).count(name) == 1


def test_the_application_s_own_folder_is_taken_if_the_entry_point_is_in_it():
    texts = {"my_web/__init__.py": "app = 1", "requirements.txt": "flask"}
    assert organized(rocks.expand(texts)) == ["my_web"]


def test_an_application_of_which_nothing_is_taken_is_warned_of():
    texts = {"server.py": "", "requirements.txt": "flask"}
    expanded = rocks.expand(texts, services={"flask": {"command": "python3 server.py"}})
    (warning,) = rocks.warned(expanded)
    assert warning.startswith(f"{KEY}: is missing, and nothing of the project")
    assert rocks.part(expanded, "install-app")["stage"] == ["flask/app/*"]


def test_a_list_of_the_author_replaces_the_default():
    expanded = expand(["flask/app/app.py", "flask/app/web/static"], ["static/a", "web/static/a"])
    part = rocks.part(expanded, "install-app")
    assert organized(expanded) == ["app.py", "web/static"]
    assert part["stage"] == part["prime"] == ["flask/app/app.py", "flask/app/web/static"]
    assert expanded.findings == ()


def test_a_name_inside_of_another_one_comes_along_with_that():
    expanded = expand(["flask/app/web/static/", "flask/app/web"], ["web/static/a"])
    assert organized(expanded) == ["web"]


@pytest.mark.parametrize("entry", ["flask/app", "flask/app/", "flask/app/.", "flask/app//"])
def test_the_application_s_folder_itself_means_everything(entry):
    expanded = expand([entry], [".env", "web/a.py", "venv/bin"])  # S-09
    assert organized(expanded) == [".env", "app.py", "requirements.txt", "web"]
    assert rocks.part(expanded, "install-app")["prime"] == [entry]


@pytest.mark.parametrize(
    ("entry", "names"),
    [
        ("flask/app/*.py", ["app.py", "setup.py"]),
        ("flask/app/*", ["app.py", "requirements.txt", "setup.py", "web"]),
        ("flask/app/web/*.py", ["web"]),
        ("flask/app/web/*/a.py", ["web"]),
        ("flask/app/web/static/**/*.css", ["web/static"]),
        ("flask/app/[sw]*", ["setup.py", "web"]),
    ],
)
def test_a_wildcard_takes_what_it_may_match(entry, names):
    assert organized(expand([entry], ["setup.py", "web/a.py", "rockcraft.yaml"])) == names


def test_exclusions_take_everything_but_what_is_never_the_application():
    never = (
        *("rockcraft.yaml", "my-web_0.1_amd64.rock", "x.charm", ".git", ".paas", ".tox", ".yarn"),
        *(".venv", "venv", "__pycache__", "node_modules"),
        *("operator/charmcraft.yaml", "environment/pyvenv.cfg"),
    )
    expanded = expand(["-flask/app/.env"], [*never, ".env", "web/a.py"])  # S-10
    assert organized(expanded) == [".env", "app.py", "requirements.txt", "web"]
    part = rocks.part(expanded, "install-app")
    assert part["prime"] == ["-flask/app/.env"]
    assert part["stage"] == [f"flask/app/{name}" for name in organized(expanded)]
    assert expanded.findings == ()


def test_an_exclusion_behind_inclusions_only_takes_away():
    expanded = expand(["flask/app/web", "-flask/app/web/tests"], ["web/tests/a", "static/b"])
    assert organized(expanded) == ["web"]
    assert rocks.part(expanded, "install-app")["stage"] == ["flask/app/web"]


@pytest.mark.parametrize(
    ("entry", "instead"),
    [
        ("app.py", "flask/app/app.py"),
        ("-app.py", "-flask/app/app.py"),
        ("/app.py", "flask/app/app.py"),
        ("flask/application", "flask/app/flask/application"),
        ("flask/app/../a.py", "flask/app/flask/a.py"),
        ("../a.py", "flask/app/..."),
        ("", "flask/app/..."),
        ("-", "-flask/app/..."),
        ("x" * 100, "flask/app/" + "x" * 50),
        ("a\nb", "flask/app/a\\nb"),
    ],
)
def test_an_entry_elsewhere_in_the_rock_is_told(entry, instead):
    (line,) = rocks.told(expand([entry]))
    assert line.startswith(f"{KEY}: `")
    assert "is not below `flask/app/`" in line
    assert f"write for example `{instead}" in line


def test_every_entry_elsewhere_is_told():
    assert len(expand(["app.py", "flask/app/app.py", "static"]).errors) == 2


@pytest.mark.parametrize("entry", ["flask/app/webb", "flask/app/webb/a", "flask/app/web/b"])
def test_an_entry_that_names_nothing_is_told(entry):
    line = f"{KEY}: `{entry}` names nothing that is in the project; "
    instead = f"look for `{entry.removeprefix('flask/app/')}` beside rockcraft.yaml"
    expanded = expand(["flask/app/app.py", entry], ["web/a"])
    assert rocks.told(expanded) == [line + instead]


@pytest.mark.parametrize(
    "entry", ["flask/app/made", "flask/app/web/.made", "flask/app/a/b/c/made"]
)
def test_an_entry_that_may_be_there_is_no_error(entry):
    step = {"override-build": "touch made; craftctl default"}
    expanded = expand([entry], ["web/a", "a/b/c"], **step if entry.endswith("app/made") else {})
    assert expanded.errors == ()


@pytest.mark.parametrize("entry", ["-flask/app/.envv", "-flask/app/web/x", "flask/app/x*"])
def test_an_exclusion_or_wildcard_that_names_nothing_is_warned_of(entry):
    expanded = expand(["flask/app/app.py", entry], ["web/a"])
    assert expanded.errors == ()
    (warning,) = rocks.warned(expanded)
    assert warning.startswith(f"{KEY}: `{entry}` names nothing that is in the project")


@pytest.mark.parametrize("entry", ["-flask/app/.git", "-flask/app/venv", "-flask/app/*.pyc"])
def test_to_leave_out_what_is_left_out_anyway_is_fine(entry):
    assert expand([entry], ["x.pyc"]).findings == ()


def test_an_exclusion_that_excludes_nothing_because_of_a_space_is_warned_of():
    (warning,) = rocks.warned(expand(["- flask/app/.env"], [".env"]))
    assert "`- flask/app/.env` leaves nothing out" in warning
    assert warning.endswith("write `-flask/app/.env`")


@pytest.mark.parametrize("prime", [None, []])
def test_an_empty_list_is_none(prime):
    assert organized(expand(prime)) == ["app.py"]


def test_the_application_belongs_to_the_user_of_the_services():
    for prime in (None, ["flask/app/app.py"], ["-flask/app/.git"]):
        assert rocks.part(expand(prime), "install-app")["permissions"] == OURS


def test_permissions_of_the_author_come_behind():
    own = {"path": "flask/app/app.py", "mode": "755"}
    part = rocks.part(expand(None, permissions=[own]), "install-app")
    assert part["permissions"] == [*OURS, own]


def test_a_django_project_goes_in_with_its_folder():
    assert rocks.part(rocks.expand_django(), "install-app", "django") == {
        "plugin": "dump",
        "source": "my_web",
        "organize": {"*": "django/app/", ".*": "django/app/"},
        "stage": ["-django/app/db.sqlite3"],
        "permissions": OURS,
    }


def test_of_a_django_part_that_the_author_names_the_extension_adds_the_owner():
    own = {"plugin": "dump", "source": "shop", "prime": ["anything"]}
    expanded = rocks.expand_django(parts={"django-framework/install-app": own})
    part = rocks.part(expanded, "install-app", "django")
    assert part == {**own, "permissions": OURS}
    assert expanded.findings == ()


def test_a_django_part_of_the_author_that_does_nothing_is_told():
    parts = {"django-framework/install-app": {"prime": ["-django/app/x"]}}
    (line,) = rocks.told(rocks.expand_django(parts=parts))
    assert line.startswith("rockcraft.yaml: parts.django-framework/install-app.plugin: is missing")
    assert "`source: my_web`" in line


def test_a_django_project_without_its_folder_is_told():
    texts = {"requirements.txt": "django"}
    services = {"django": {"command": "python3 server.py"}}
    (line,) = rocks.told(rocks.expand_django(texts, services=services))
    assert line.startswith("rockcraft.yaml: name: there is no folder `my_web`")


def test_names_that_are_hard_to_write_survive():
    names = ["- a", "*", "#b", "c: d", "'e", "\N{SNOWMAN}", "yes", "1", ".f"]
    content = expand(["flask/app"], names).content
    assert document.load(document.dump(content), "rockcraft.yaml") == (content, ())
