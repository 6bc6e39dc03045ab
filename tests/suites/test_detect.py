from __future__ import annotations

import pytest

from paas_app_charmer import project as projects
from paas_app_charmer.suites import detect

from . import rocks

FLASK = {"requirements.txt": "Flask>=3\n", "app.py": "from flask import Flask\napp = Flask('x')\n"}
DJANGO = {
    "requirements.txt": "Django\n",
    "guest_book/manage.py": "",
    "guest_book/guest_book/wsgi.py": "application = 1\n",
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
    ],
)
def test_an_application_is_recognised_by_its_files_and_the_reason_is_said(
    files, framework, reason
):
    detection = answer(files).detection
    assert detection.suite.framework == framework
    assert any(reason in one for one in detection.reasons)


def test_more_reasons_win():
    files = {**DJANGO, "requirements.txt": "django\nflask\n"}
    assert answer(files).detection.suite.framework == "django"


@pytest.mark.parametrize("file", ["rockcraft.yaml", "charmcraft.yaml", "charm/charmcraft.yaml"])
def test_what_a_project_file_names_counts_more_than_all_else(file):
    detection = answer({**FLASK, file: "extensions: [django-framework]"}).detection
    assert detection.suite.framework == "django"
    assert detection.reasons == (f"{file} names django-framework",)


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
    assert "--profile flask-framework or django-framework" in problem
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
        *({"charmcraft.yaml": f"extensions: [{name}]"} for name in rocks.NOT_SHIPPED),
    ],
)
def test_without_a_framework_the_author_is_asked(files):
    assert answer(files).problem.startswith("no framework was found")


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
