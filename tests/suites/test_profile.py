from __future__ import annotations

import ast
import configparser
import re

import pytest
import yaml

from paas_app_charmer import project as projects
from paas_app_charmer import requirements
from paas_app_charmer.suites import (
    catalogue,
    charm_code,
    generated,
    halves,
    library,
    profile,
)

CASES = [
    (suite, half, base)
    for suite in catalogue.SUITES.values()
    for half in ("rock", "charm")
    for base in suite.bases(half)
]
CHARMS = [(suite, base) for suite, half, base in CASES if half == "charm"]
NAMES = ["postcards", "guest-book", "on", "no", "true", "app2", "a1-b2", "y" * 40]
APPLICATIONS = {
    "flask": {"requirements.txt": "flask\n", "app.py": "app = 1\n"},
    "django": {
        "requirements.txt": "Django\n",
        "guest_book/manage.py": "",
        "guest_book/guest_book/wsgi.py": "application = 1\n",
    },
    "fastapi": {"requirements.txt": "fastapi\n", "app.py": "app = 1\n"},
    "expressjs": {
        "app/package.json": '{"name": "web", "version": "1", "scripts": {"start": "node x.js"}}'
    },
    "go": {"go.mod": "module example.com/guest-book\n\ngo 1.24\n", "main.go": "package main\n"},
    # Part of what stands in comments is for Gradle.
    "springboot": {"build.gradle": "plugins { id 'org.springframework.boot' }\n"},
}

every_profile = pytest.mark.parametrize(("suite", "half", "base"), CASES)
every_charm = pytest.mark.parametrize(("suite", "base"), CHARMS)


def written(suite, half, base, name="guest-book"):
    return {
        path: file.text for path, file in profile.files(suite, half, name=name, base=base).items()
    }


def with_application(suite, half, files):
    texts = {**(APPLICATIONS[suite.module] if half == "rock" else {}), **files}
    folders = {path.rpartition("/")[0] for path in texts} - {""}
    return projects.Project(paths=frozenset(texts) | folders, texts=texts)


def generation(suite, base):
    return suite.bases("charm")[base]


@every_profile
def test_a_fresh_profile_expands_without_a_word_on_a_suitable_application(suite, half, base):
    file = f"{half}craft.yaml"
    files = written(suite, half, base)
    expanded = halves.expand(half, with_application(suite, half, files), files[file], file=file)
    # What is new on the second generation's base is said to be so.
    assert [one.what for one in expanded.findings if "experimental" not in one.what] == []


@every_profile
def test_nothing_is_left_of_the_templates(suite, half, base):
    assert [t for t in written(suite, half, base).values() if re.search(r"\{\{|\}\}", t)] == []


@every_profile
def test_every_line_is_short_and_ends_where_its_text_does(suite, half, base):
    for path, text in written(suite, half, base).items():
        assert text.endswith("\n"), path
        assert not text.endswith("\n\n"), path
        for line in text.splitlines():
            assert line == line.rstrip(), path
            assert len(line) <= 100, path


@every_profile
def test_the_same_words_lead_to_the_same_files(suite, half, base):
    first = profile.files(suite, half, name="postcards", base=base)
    assert first == profile.files(suite, half, name="postcards", base=base)


@pytest.mark.parametrize("name", NAMES)
@every_profile
def test_the_name_is_a_text_in_the_project_file_and_is_said_in_its_description(
    suite, half, base, name
):
    content = yaml.safe_load(written(suite, half, base, name)[f"{half}craft.yaml"])
    assert profile.is_name(name)
    assert content["name"] == name
    assert name in content["description"]


@pytest.mark.parametrize(
    "name", ["", "a", "Postcards", "1up", "-up", "up-", "a--b", "a_b", "a b", "é", "a" * 41, "a\n"]
)
def test_what_one_of_the_tools_refuses_is_no_name(name):
    assert not profile.is_name(name)


@every_profile
def test_the_summary_fits_into_a_rock(suite, half, base):
    content = yaml.safe_load(written(suite, half, base)[f"{half}craft.yaml"])
    assert suite.title in content["summary"]
    assert len(content["summary"]) <= 78


SECTION = re.compile(r"^# (?:services|parts|config|requires):\n(?:#.*\n)+", re.MULTILINE)


def uncommented(text):
    """Do as an author does who takes the mark of the comment away from whole sections."""
    return SECTION.sub(lambda match: re.sub(r"(?m)^# ?", "", match[0]), text)


@every_profile
def test_what_stands_in_comments_can_be_used_as_it_is(suite, half, base):
    file = f"{half}craft.yaml"
    files = written(suite, half, base)
    text = uncommented(files[file])
    named = dict.fromkeys(re.findall(r"- (?:flask/)?app/(\S+)", text), "")
    seen = with_application(suite, half, {**named, **APPLICATIONS[suite.module], **files})
    assert halves.expand(half, seen, text, file=file).errors == ()
    sections = {"services", "parts"} if half == "rock" else {"config", "requires"}
    assert yaml.safe_load(text).keys() > sections


def test_the_remarks_of_a_rock_show_the_keys_that_authors_look_for():
    text = written(catalogue.SUITES["flask-framework"], "rock", "bare")["rockcraft.yaml"]
    shown = re.sub(r"^# ?", "", text, flags=re.MULTILINE)
    assert "flask-framework/install-app:\n    prime:\n      - flask/app/" in shown
    assert re.search(r"flask-framework/dependencies:\n(.*\n)*?    stage-packages:\n", shown)


@pytest.mark.parametrize(
    ("module", "base", "variable"),
    [
        ("go", "bare", "APP_PORT"),
        ("go", "ubuntu@24.04", "APP_PORT"),
        ("go", "ubuntu@26.04", "PORT"),
        ("expressjs", "bare", "PORT"),
        ("expressjs", "ubuntu@26.04", "PORT"),
    ],
)
def test_who_has_to_read_the_port_is_told_its_variable(module, base, variable):
    text = written(catalogue.SUITES[f"{module}-framework"], "rock", base)["rockcraft.yaml"]
    assert f"on the port that stands in the variable {variable}.\n" in text


@pytest.mark.parametrize("suite", catalogue.SUITES.values())
def test_a_rock_is_bare_unless_another_base_is_asked_for(suite):
    base = profile.default_base(suite, "rock")
    content = yaml.safe_load(written(suite, "rock", base)["rockcraft.yaml"])
    assert (content["base"], content["build-base"]) == ("bare", "ubuntu@24.04")


@pytest.mark.parametrize("base", ["ubuntu@22.04", "ubuntu@24.04", "ubuntu@26.04"])
def test_a_rock_on_ubuntu_has_no_build_base(base):
    suite = catalogue.SUITES["flask-framework"]
    content = yaml.safe_load(written(suite, "rock", base)["rockcraft.yaml"])
    assert content["base"] == base
    assert "build-base" not in content


@pytest.mark.parametrize(
    ("base", "package"), [("bare", "libpq5_libs"), ("ubuntu@24.04", "libpq5")]
)
def test_slices_are_shown_where_slices_are_what_can_be_added(base, package):
    text = written(catalogue.SUITES["flask-framework"], "rock", base)["rockcraft.yaml"]
    assert f"#       - {package}\n" in text


@every_charm
def test_the_files_of_a_charm_are_those_of_its_generation(suite, base):
    common = {"charmcraft.yaml", "src/charm.py", "pyproject.toml", "tox.ini", ".gitignore"}
    more = {"requirements.txt"} if generation(suite, base) == "first" else set[str]()
    assert written(suite, "charm", base).keys() == common | more


@every_charm
def test_only_the_charm_itself_is_executable(suite, base):
    files = profile.files(suite, "charm", name="guest-book", base=base)
    assert [path for path, file in files.items() if file.executable] == ["src/charm.py"]


@every_charm
def test_the_charm_is_that_of_its_framework_and_is_started(suite, base):
    text = written(suite, "charm", base)["src/charm.py"]
    code = charm_code.read(text, "src/charm.py")
    assert [(one.name, one.base) for one in code.charms] == [
        ("GuestBookCharm", f"paas_app_charmer.{suite.module}.Charm")
    ]
    assert code.is_started
    assert ast.get_docstring(ast.parse(text))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("postcards", "PostcardsCharm"),
        ("my-flask", "MyFlaskCharm"),
        ("app2-web", "App2WebCharm"),
    ],
)
def test_the_class_is_named_after_the_words_of_the_name(name, expected):
    assert profile.class_name(name) == expected


@every_charm
def test_the_charm_asks_for_this_library(suite, base):
    files = written(suite, "charm", base)
    if "requirements.txt" in files:
        lines = list(requirements.lines(files["requirements.txt"]))
    else:
        content, _ = requirements.pyproject(files["pyproject.toml"])
        lines = content["project"]["dependencies"]
    named = [line for line in lines if library.is_named(line)]
    assert named == ["paas-app-charmer>=2,<3"]


@every_charm
def test_tox_runs_environments_that_there_are(suite, base):
    tox = configparser.ConfigParser(interpolation=None)
    tox.read_string(written(suite, "charm", base)["tox.ini"])
    wanted = tox["tox"]["env_list"].split(", ")
    assert {"format", "lint"} <= set(wanted)
    assert {f"testenv:{name}" for name in wanted} <= set(tox.sections())


@every_charm
def test_tox_names_dependency_groups_that_there_are(suite, base):
    files = written(suite, "charm", base)
    content, problem = requirements.pyproject(files["pyproject.toml"])
    assert not problem
    tox = configparser.ConfigParser(interpolation=None)
    tox.read_string(files["tox.ini"])
    used = {tox[name].get("dependency_groups") for name in tox.sections()} - {None}
    assert used <= content.get("dependency-groups", {}).keys()


@every_charm
def test_the_second_generation_runs_without_root(suite, base):
    content = yaml.safe_load(written(suite, "charm", base)["charmcraft.yaml"])
    expected = None if generation(suite, base) == "first" else "non-root"
    assert content.get("charm-user") == expected


@every_charm
def test_what_the_library_speaks_is_offered_and_what_the_extension_adds_is_not(suite, base):
    text = written(suite, "charm", base)["charmcraft.yaml"]
    offered = set(re.findall(r"^#     interface: (\S+)$", text, flags=re.MULTILINE))
    contributed = generated.charm(suite)[generation(suite, base)]["requires"].values()
    expected = {
        interface
        for interface, integration in generated.interfaces().items()
        if integration["role"] == "requires"
    } - {endpoint["interface"] for endpoint in contributed}
    if generation(suite, base) == "second":
        expected -= {"redis"}
    assert offered == expected


@every_charm
def test_an_offered_endpoint_has_the_name_that_gives_the_usual_variables(suite, base):
    text = written(suite, "charm", base)["charmcraft.yaml"]
    for endpoint, interface in re.findall(
        r"^#   ([\w-]+):\n#     interface: (\S+)$", text, re.MULTILINE
    ):
        assert generated.interfaces()[interface]["endpoint"] == endpoint
