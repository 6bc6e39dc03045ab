"""The framework of an application, as its files tell: which, how sure that is, and why."""

from __future__ import annotations

import importlib
import itertools

import pytest

from paas_app_charmer import project as projects
from paas_app_charmer.suites import catalogue, detect

FLASK = {"requirements.txt": "Flask>=3\n", "app.py": "from flask import Flask\napp = Flask('x')\n"}
DJANGO = {
    "requirements.txt": "Django\n",
    "guest_book/manage.py": "",
    "guest_book/guest_book/wsgi.py": "application = 1\n",
}


FASTAPI = {"requirements.txt": "fastapi\n", "app/main.py": "from fastapi import FastAPI\n"}
GO = {"go.mod": "module example.com/shop\n", "main.go": "package main\n"}
PACKAGE = '{"scripts": {"start": "node ."}, "dependencies": {"express": "5"}}'
EXPRESS = {"app/package.json": PACKAGE}
POM = "<parent><groupId>org.springframework.boot</groupId></parent>"
SPRING = {"pom.xml": POM, "src/main/java/Shop.java": ""}
PROJECTS = {
    "flask": FLASK,
    "django": DJANGO,
    "fastapi": FASTAPI,
    "go": GO,
    "expressjs": EXPRESS,
    "spring-boot": SPRING,
}


def answer(files):
    folders = {path.rpartition("/")[0] for path in files} - {""}
    return detect.detect(projects.Project(paths=frozenset(files) | folders, texts=files))


@pytest.mark.parametrize(
    ("files", "framework", "reason"),
    [
        (FLASK, "flask", "app.py imports flask"),
        ({"requirements.txt": "flask[async]==3.0"}, "flask", "among the requirements"),
        ({"pyproject.toml": '[project]\ndependencies = ["Flask"]'}, "flask", "requirements"),
        ({"src/main.py": "import flask\n"}, "flask", "src/main.py imports flask"),
        (DJANGO, "django", "guest_book/manage.py"),
        ({"requirements.txt": "django==5.1"}, "django", "among the requirements"),
        ({"manage.py": ""}, "django", "there is manage.py"),
        ({"app/main.py": "from fastapi import FastAPI\n"}, "fastapi", "imports fastapi"),
        ({"app.py": "import starlette.applications\n"}, "fastapi", "imports starlette"),
        ({"requirements.txt": "fastapi[standard]"}, "fastapi", "fastapi is among the requirem"),
        ({"requirements.txt": "starlette>=0.40"}, "fastapi", "starlette is among the requirem"),
        (
            {"go.mod": "module example.com/shop\n"},
            "go",
            "go.mod names the module example.com/shop",
        ),
        ({"app/package.json": PACKAGE}, "expressjs", "has express among its dependencies"),
        ({"pom.xml": POM}, "spring-boot", "pom.xml names org.springframework.boot"),
        (
            {"build.gradle": "plugins { id 'org.springframework.boot' version '4.0.0' }"},
            "spring-boot",
            "build.gradle names org.springframework.boot",
        ),
    ],
)
def test_an_application_is_recognised_by_its_files_and_the_reason_is_said(
    files, framework, reason
):
    detection = answer(files).detection
    assert detection.suite.framework == framework
    assert any(reason in one for one in detection.reasons)


def test_every_framework_has_a_project_in_these_tests():
    assert PROJECTS.keys() == {suite.framework for suite in catalogue.SUITES.values()}


@pytest.mark.parametrize("framework", PROJECTS)
def test_several_reasons_make_sure(framework):
    detection = answer(PROJECTS[framework]).detection
    assert (detection.suite.framework, detection.certainty) == (framework, "sure")
    assert detection.doubts == ()


def test_one_reason_makes_it_likely():
    assert answer({"requirements.txt": "flask"}).detection.certainty == "likely"


def test_what_is_sure_wins_over_what_is_likely_which_is_told():
    detection = answer({**DJANGO, "requirements.txt": "django\nflask\n"}).detection
    assert (detection.suite.framework, detection.certainty) == ("django", "sure")
    assert detection.doubts == ("Flask: flask is among the requirements",)


@pytest.mark.parametrize("file", ["rockcraft.yaml", "charmcraft.yaml", "charm/charmcraft.yaml"])
def test_what_a_project_file_names_counts_more_than_all_else(file):
    detection = answer({**FLASK, file: "extensions: [django-framework]"}).detection
    assert (detection.suite.framework, detection.certainty) == ("django", "certain")
    assert detection.reasons == (f"{file} names django-framework",)


def test_both_project_files_are_told():
    named = dict.fromkeys(("rockcraft.yaml", "charmcraft.yaml"), "extensions: [go-framework]")
    assert answer({**FLASK, **named}).detection.reasons == (
        "rockcraft.yaml names go-framework",
        "charmcraft.yaml names go-framework",
    )


def together(*frameworks):
    """The files of several projects in one folder."""
    files = {path: text for one in frameworks for path, text in PROJECTS[one].items()}
    asked = [PROJECTS[one].get("requirements.txt", "") for one in frameworks]
    return {**files, "requirements.txt": "".join(asked)} if any(asked) else files


@pytest.mark.parametrize("pair", list(itertools.combinations(PROJECTS, 2)), ids="-".join)
def test_two_that_are_sure_are_told_with_their_reasons_whatever_the_order(pair):
    files = together(*pair)
    found = answer(files)
    assert found.detection is None
    assert found.problem.startswith("more than one framework was found (")
    for framework in pair:
        assert str(answer(PROJECTS[framework]).detection) in found.problem
        assert f"{framework}-framework" in found.problem.partition("--profile ")[2]
    assert answer(dict(reversed(files.items()))) == found


def test_a_page_that_is_built_with_node_does_not_make_it_an_express_application():
    files = {"package.json": '{"name": "page", "devDependencies": {"vite": "6"}}'}
    assert answer({**DJANGO, **files}).detection.doubts == ()


@pytest.mark.parametrize(
    "files",
    [
        {"requirements.txt": "flask\ndjango\n"},
        {
            "rockcraft.yaml": "extensions: [flask-framework]",
            "charm/charmcraft.yaml": "extensions: [django-framework]",
        },
    ],
)
def test_two_frameworks_are_told_and_the_author_is_asked(files):
    problem = answer(files).problem
    assert "more than one framework" in problem
    assert "--profile django-framework or flask-framework" in problem
    assert answer(files).detection is None


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"app.py": "import flasks"},
        {"requirements.txt": "# flask\n-r flask.txt\n"},
        {"rockcraft.yaml": "extensions: [none-framework, 1]"},
        {"rockcraft.yaml": "extensions: {flask-framework: 1}"},
        {"rockcraft.yaml": "[" * 300},
        {"go.mod": ""},
        {"app/package.json": '{"dependencies": {"koa": "3"}}'},
        {"app/package.json": "["},
        {"pom.xml": "<project/>"},
        {"charmcraft.yaml": "extensions: [rails-framework]"},
    ],
)
def test_without_a_framework_the_author_is_asked(files):
    assert answer(files).problem.startswith("no framework was found")


def test_without_a_framework_it_is_told_what_was_looked_for():
    problem = answer({}).problem
    for suite in catalogue.SUITES.values():
        sought = importlib.import_module(f"{catalogue.__package__}.{suite.module}.clues").SOUGHT
        assert f"{suite.title}: {sought}" in problem
    choice = " or ".join(suite.name for suite in catalogue.SUITES.values())
    assert problem.endswith(f"choose with --profile {choice}")


@pytest.mark.parametrize(
    ("folder", "name"),
    [("guest_book", "guest-book"), ("site", "site"), ("GuestBook", ""), ("guest-book", "")],
)
def test_a_django_project_has_to_be_called_like_its_folder(folder, name):
    files = {f"{folder}/manage.py": "", f"{folder}/{folder}/wsgi.py": ""}
    assert answer(files).detection.name == name


def test_of_two_django_projects_none_gives_the_name():
    files = {"a1/a1/wsgi.py": "", "b1/mysite/wsgi.py": "", "requirements.txt": "django"}
    assert answer(files).detection.name == ""
