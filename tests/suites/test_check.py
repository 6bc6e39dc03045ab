from __future__ import annotations

import pytest

from paas_app_charmer import project as projects
from paas_app_charmer.suites import catalogue, check, document, halves, profile

FLASK = {"requirements.txt": "flask\n", "app.py": "app = 1\n"}
DJANGO = {
    "requirements.txt": "Django\n",
    "guest_book/manage.py": "import django\n",
    "guest_book/guest_book/wsgi.py": "application = 1\n",
}
SECOND = "ubuntu@26.04"


class Project:
    """A folder with an application and what `init` writes for it."""

    def __init__(self, folder, *, framework="flask", charm="charm", rock_base="bare", base=None):
        self.folder = folder
        self.charm = charm
        suite = catalogue.SUITES[f"{framework}-framework"]
        base = base or suite.default_base
        name = "guest-book"
        self.bring("", FLASK if framework == "flask" else DJANGO)
        for half, own, at in (("rock", "", rock_base), ("charm", charm, base)):
            files = profile.files(suite, half, name=name, base=at)
            self.bring(own, {path: file.text for path, file in files.items()})
        self.path("src/charm.py", charm=True).chmod(0o755)

    def bring(self, folder, texts):
        for path, text in texts.items():
            target = self.folder / folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)

    def path(self, path, *, charm=False):
        return self.folder / self.charm / path if charm else self.folder / path

    def edit(self, path, old, new, *, charm=False):
        file = self.path(path, charm=charm)
        text = file.read_text()
        assert old in text
        file.write_text(text.replace(old, new))

    def append(self, path, text):
        with self.path(path).open("a") as file:
            file.write(text)

    def row(self, what):
        (row,) = [row for row in check.check(self.folder).rows if row.what == what]
        return row

    def result(self, what):
        return self.row(what).result

    def told(self, what):
        """The one finding of a row, as the author reads it."""
        (one,) = self.row(what).findings
        return str(one)


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path)


@pytest.fixture
def django(tmp_path):
    return Project(tmp_path, framework="django")


@pytest.mark.parametrize("framework", ["flask", "django"])
def test_what_init_wrote_is_right_in_all(tmp_path, framework):
    report = check.check(Project(tmp_path, framework=framework).folder)
    assert {row.result for row in report.rows} == {"ok"}
    assert report.findings == ()


def test_a_charm_beside_the_application_is_found(tmp_path):
    project = Project(tmp_path, charm="")
    project.bring("", {"requirements.txt": "flask\npaas-app-charmer>=2,<3\n"})
    assert check.check(tmp_path).findings == ()
    assert project.row("charm expands").detail.startswith("charmcraft.yaml")


def test_the_folder_of_the_charm_stands_for_the_project(project):
    inside = check.check(project.folder / "charm")
    assert inside == check.check(project.folder)


@pytest.mark.parametrize(
    ("half", "file"), [("rock", "rockcraft.yaml"), ("charm", "charm/charmcraft.yaml")]
)
def test_a_missing_half_is_one_error_and_what_needs_it_is_not_looked_at(project, half, file):
    project.path(file).unlink()
    report = check.check(project.folder)
    assert [str(one) for one in report.errors] == [
        f"{file}: is missing; `paas-app-charmer init` writes it"
    ]
    assert project.result(f"{half} expands") == "error"
    assert "-" in {row.result for row in report.rows}


@pytest.mark.parametrize(
    ("half", "file"), [("rock", "rockcraft.yaml"), ("charm", "charm/charmcraft.yaml")]
)
def test_every_error_of_an_expansion_is_told_with_its_file(project, half, file):
    project.edit(file, "version" if half == "rock" else "summary", "versoin")
    row = project.row(f"{half} expands")
    assert row.result == "error"
    assert {one.file for one in row.findings} == {file}


def test_a_warning_of_an_expansion_is_no_error(project):
    project.edit("charmcraft.yaml", "ubuntu@24.04", SECOND, charm=True)
    project.edit("rockcraft.yaml", "base: bare\nbuild-base: ubuntu@24.04", f"base: {SECOND}")
    report = check.check(project.folder)
    assert project.result("rock expands") == "warning"
    assert report.errors == ()


def test_two_frameworks_do_not_fit(project):
    project.edit("charmcraft.yaml", "- flask-framework", "- django-framework", charm=True)
    assert project.told("framework") == (
        "charm/charmcraft.yaml: extensions: names django-framework, but rockcraft.yaml names "
        "flask-framework; name the same in both"
    )


@pytest.mark.parametrize(
    ("rock", "charm", "result"),
    [
        ("bare", "ubuntu@22.04", "ok"),
        ("ubuntu@22.04", "ubuntu@24.04", "ok"),
        (SECOND, SECOND, "ok"),
        ("bare", SECOND, "warning"),
        (SECOND, "ubuntu@24.04", "warning"),
    ],
)
def test_rock_and_charm_are_of_one_generation(tmp_path, rock, charm, result):
    assert Project(tmp_path, rock_base=rock, base=charm).result("base") == result


def test_two_names_are_a_warning(project):
    project.edit("charmcraft.yaml", "name: guest-book", "name: book", charm=True)
    assert project.result("name") == "warning"


def test_the_entry_point_is_shown_with_its_place(project, tmp_path):
    assert project.row("entry point").detail == "app:app in app.py"
    django = Project(tmp_path / "other", framework="django").row("entry point")
    assert django.detail == "guest_book.wsgi:application in guest_book/guest_book/wsgi.py"


def test_an_entry_point_that_is_not_found_is_told_once(project):
    project.path("app.py").write_text("")
    report = check.check(project.folder)
    assert project.result("entry point") == "error"
    assert len(report.errors) == 1


PARTS = "\nparts:\n  flask-framework/install-app:\n    prime:\n      - flask/app/static\n"


def test_an_entry_point_that_stays_outside_of_the_rock_is_an_error(project):
    project.bring("static", {"style.css": ""})
    project.append("rockcraft.yaml", PARTS)
    assert project.told("entry point") == (
        "rockcraft.yaml: parts.flask-framework/install-app: app.py of the application does not "
        "get into the rock; add `flask/app/app.py` to `prime`"
    )


def test_a_command_of_the_author_needs_no_entry_point(project):
    project.path("app.py").write_text("")
    project.append(
        "rockcraft.yaml",
        "\nservices:\n  flask:\n    override: replace\n    command: /bin/python3 -m site\n",
    )
    assert project.row("entry point").detail == "your command: /bin/python3 -m site"
    assert project.result("entry point") == "ok"


@pytest.mark.parametrize("text", ["", "jinja2\n"])
def test_requirements_without_the_framework_are_an_error(project, text):
    project.path("requirements.txt").write_text(text)
    assert project.result("requirements") == "error"


def test_the_files_with_requirements_are_shown(project):
    assert project.row("requirements").detail == "requirements.txt"


def test_without_a_migration_script_nothing_is_wrong(project):
    assert project.row("migration").detail.startswith("none: no ")
    assert project.result("migration") == "ok"


@pytest.mark.parametrize("script", ["migrate.sh", "migrate.py", "migrate"])
def test_the_migration_script_is_shown(project, script):
    project.path(script).touch(0o755)
    assert project.row("migration").detail == f"{script} runs before the start"
    assert project.result("migration") == "ok"


def test_django_migrates_by_its_own_script(django):
    assert django.row("migration").detail == "guest_book/manage.py runs before the start"


def test_a_migration_script_that_stays_outside_of_the_rock_is_a_warning(project):
    project.path("migrate.sh").touch()
    project.append("rockcraft.yaml", PARTS.replace("static", "app.py"))
    assert "add `flask/app/migrate.sh` to `prime`" in project.told("migration")
    assert project.result("migration") == "warning"


def test_of_two_migration_scripts_the_one_that_does_not_run_is_told(project):
    project.path("migrate.sh").touch()
    project.path("migrate.py").touch()
    assert project.told("migration") == (
        "migrate.sh: does not run: migrate.py does, as it is looked for first; "
        "call it from migrate.py"
    )


def test_a_migration_program_has_to_be_executable(project):
    project.path("migrate").touch(0o644)
    assert project.told("migration").endswith("chmod +x migrate")
    assert project.result("migration") == "error"


def test_a_folder_is_no_migration_script(project):
    project.bring("migrate", {"__init__.py": ""})
    assert project.row("migration").detail.startswith("none: ")


OPTIONS = "config:\n  options:\n    greeting:\n      type: {}\n      description: Words.\n"


def test_the_options_of_the_author_are_shown(project):
    project.append("charm/charmcraft.yaml", OPTIONS.format("string"))
    assert project.row("options").detail.startswith("yours: greeting; of the framework: ")


def test_an_option_of_no_type_that_there_is_is_an_error(project):
    project.append("charm/charmcraft.yaml", OPTIONS.format("text"))
    assert project.result("options") == "error"


REQUIRES = "requires:\n  {}:\n    interface: {}\n    limit: 1\n"


def test_the_endpoints_of_the_author_are_shown(project):
    text = REQUIRES.format("postgresql", "postgresql_client")
    project.append("charm/charmcraft.yaml", text)
    assert project.row("endpoints").detail.startswith("yours: postgresql; of the framework: ")
    assert project.result("endpoints") == "ok"


def test_an_interface_that_the_library_does_not_know_is_a_warning(project):
    text = REQUIRES.format("database", "oracle_client")
    project.append("charm/charmcraft.yaml", text)
    assert project.result("endpoints") == "warning"


def test_a_charm_without_code_is_an_error(project):
    project.path("src/charm.py", charm=True).unlink()
    assert project.told("charm code").startswith("charm/src/charm.py: is missing")


def test_a_charm_of_another_framework_is_an_error(project):
    project.edit("src/charm.py", "paas_app_charmer.flask", "paas_app_charmer.django", charm=True)
    assert "import paas_app_charmer.flask and derive" in project.told("charm code")
    assert project.result("charm code") == "error"


def test_a_charm_for_the_older_library_is_told_what_to_write(project):
    project.edit("src/charm.py", "paas_app_charmer.flask", "paas_charm.flask", charm=True)
    assert project.told("charm code") == (
        "charm/src/charm.py:8: GuestBookCharm derives from paas_charm.flask.Charm, which another "
        "library has; import paas_app_charmer.flask and derive the charm's class from "
        "paas_app_charmer.flask.Charm"
    )


def test_a_class_that_cannot_be_followed_is_a_warning(project):
    project.edit(
        "src/charm.py", "(paas_app_charmer.flask.Charm)", "(made_elsewhere())", charm=True
    )
    assert project.result("charm code") == "warning"


def test_a_charm_that_nothing_starts_is_an_error(project):
    project.edit("src/charm.py", "ops.main", "print", charm=True)
    assert "nothing starts the charm" in project.told("charm code")


def test_code_that_is_no_python_is_told_with_its_line(project):
    project.path("src/charm.py", charm=True).write_text("import ops\ndef a(:\n")
    assert project.told("charm code").startswith("charm/src/charm.py:2: is not Python")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("paas-app-charmer<2", "allows no version 2"),
        ("paas-charm>=1,<2", "names paas-charm, which is another library"),
        ("ops", "does not name paas-app-charmer"),
        ("", "does not name paas-app-charmer"),
    ],
)
def test_a_charm_without_this_library_is_told_what_to_write(project, text, said):
    project.path("requirements.txt", charm=True).write_text(text)
    assert said in project.told("library")
    assert project.told("library").endswith("; write paas-app-charmer>=2,<3")
    assert project.result("library") == "error"


def test_a_library_from_a_place_that_says_nothing_is_a_warning(project):
    project.path("requirements.txt", charm=True).write_text("../library\n")
    assert project.result("library") == "warning"


def test_the_library_of_the_second_generation_stands_in_pyproject(tmp_path):
    project = Project(tmp_path, rock_base=SECOND, base=SECOND)
    assert project.row("library").detail == "paas-app-charmer>=2,<3"
    project.edit("pyproject.toml", "paas-app-charmer>=2,<3", "paas-app-charmer<2", charm=True)
    assert project.told("library").startswith("charm/pyproject.toml: ")


def test_a_charm_that_cannot_be_executed_is_told_how_to_mend_it(project):
    project.path("src/charm.py", charm=True).chmod(0o644)
    assert project.told("executable").endswith("chmod +x charm/src/charm.py")
    assert project.result("executable") == "error"


def test_a_finding_that_concerns_two_rows_is_told_once(project):
    project.append("charm/charmcraft.yaml", OPTIONS.format("text"))
    report = check.check(project.folder)
    assert project.result("charm expands") == "error"
    assert len(report.findings) == len(set(report.findings)) == 1


def test_a_rock_that_cannot_be_expanded_hides_what_follows_from_it(project):
    project.path("rockcraft.yaml").write_text("extensions: [flask-framework]\nname: 1\n")
    assert project.row("entry point").result == "-"
    assert project.row("entry point").detail == "rockcraft.yaml has to be mended first"


def test_files_that_are_expanded_already_are_right(project):
    for half, folder in (("rock", ""), ("charm", "charm")):
        seen = projects.read(project.folder / folder, catalogue.READS)
        file = f"{half}craft.yaml"
        expanded = halves.expand(half, seen, seen.texts[file], file=file)
        project.path(f"{folder}/{file}".lstrip("/")).write_text(document.dump(expanded.content))
    assert check.check(project.folder).findings == ()
    assert project.result("framework") == "-"
