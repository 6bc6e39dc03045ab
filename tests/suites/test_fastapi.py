"""The rock of a FastAPI application, where it is not as that of the other Python frameworks."""

from __future__ import annotations

import pytest

from . import rocks


def service(**keys):
    texts = keys.pop("texts", rocks.FASTAPI)
    return rocks.expand_fastapi(texts, **keys).content["services"]["fastapi"]


@pytest.mark.parametrize(
    ("place", "target"),
    [
        ("app.py", "app:app"),
        ("main.py", "main:app"),
        ("app/__init__.py", "app:app"),
        ("src/main.py", "src.main:app"),
        ("my_web/app.py", "my_web.app:app"),
    ],
)
def test_the_application_is_found_and_goes_into_the_rock(place, target):
    expanded = rocks.expand_fastapi({place: "app = 1", "requirements.txt": "fastapi"})
    assert expanded.errors == ()
    web = expanded.content["services"]["fastapi"]
    assert web["command"] == f"/bin/python3 -m uvicorn {target}"
    first = place.partition("/")[0]
    assert rocks.part(expanded, "install-app", "fastapi")["organize"] == {first: f"app/{first}"}


@pytest.mark.parametrize("text", ["application = 1", "def create_app(): ..."])
def test_there_is_no_other_name_and_no_factory(text):
    (line,) = rocks.told(rocks.expand_fastapi({**rocks.FASTAPI, "app.py": text}))
    assert line.startswith("app.py: has no global `app`; put it into `app.py`, `main.py`")


def test_a_project_without_application_is_told_the_places():
    (line,) = rocks.told(rocks.expand_fastapi({"requirements.txt": "fastapi"}))
    assert line.startswith("app.py: is missing, and so is every other place")


def test_the_service_listens_for_everybody_and_runs_where_the_application_is():
    assert service() == {
        "override": "replace",
        "startup": "enabled",
        "user": "_daemon_",
        "working-dir": "/app",
        "command": "/bin/python3 -m uvicorn app:app",
        "environment": {"UVICORN_HOST": "0.0.0.0"},
    }


def test_a_command_of_the_authors_is_kept_and_nothing_is_looked_for():
    own = {"fastapi": {"command": "/bin/python3 -m uvicorn web:make --factory"}}
    expanded = rocks.expand_fastapi({"requirements.txt": "fastapi"}, ["migrate.sh"], services=own)
    assert expanded.errors == ()
    assert expanded.content["services"]["fastapi"]["command"] == own["fastapi"]["command"]
    assert rocks.part(expanded, "install-app", "fastapi")["stage"] == ["app/migrate.sh"]


def test_of_the_default_names_those_that_are_there_are_taken():
    there = ["migrate.sh", "static/a.css", "templates/a.html", "web/a.py", "src/b.py"]
    expanded = rocks.expand_fastapi(rocks.FASTAPI, there)
    part = rocks.part(expanded, "install-app", "fastapi")
    assert set(part["organize"]) == {"app.py", "migrate.sh", "static", "templates"}
    assert "prime" not in part


def test_a_list_of_the_authors_replaces_them():
    parts = {"fastapi-framework/install-app": {"prime": ["app/app.py", "app/web"]}}
    expanded = rocks.expand_fastapi(rocks.FASTAPI, ["web/a.py", "static/a.css"], parts=parts)
    part = rocks.part(expanded, "install-app", "fastapi")
    assert part["organize"] == {"app.py": "app/app.py", "web": "app/web"}


@pytest.mark.parametrize("entry", ["app.py", "flask/app/app.py", "application/app.py"])
def test_an_entry_outside_of_the_applications_folder_is_told(entry):
    parts = {"fastapi-framework/install-app": {"prime": [entry]}}
    (line,) = rocks.told(rocks.expand_fastapi(parts=parts))
    assert f"`{entry}` is not below `app/`" in line


@pytest.mark.parametrize(
    "texts",
    [
        {"requirements.txt": "starlette"},
        {"requirements.txt": "fastapi[standard]>=0.115"},
        {"pyproject.toml": '[project]\nname = "a"\nversion = "1"\ndependencies = ["fastapi"]'},
    ],
)
def test_one_of_two_packages_is_required_in_one_of_two_files(texts):
    assert rocks.told(rocks.expand_fastapi({"app.py": "app = 1", **texts})) == []


@pytest.mark.parametrize("text", ["", "# fastapi", "fastapi-users"])
def test_s11_a_package_is_found_by_its_name_and_not_by_a_part_of_a_line(text):
    (line,) = rocks.told(rocks.expand_fastapi({"app.py": "app = 1", "requirements.txt": text}))
    assert line == (
        "requirements.txt: does not name `fastapi` or `starlette`; "
        "add `fastapi` or `starlette` to it"
    )


def test_uvicorn_is_installed_and_nothing_of_gunicorn_is_there():
    expanded = rocks.expand_fastapi()
    assert rocks.part(expanded, "dependencies", "fastapi")["python-packages"] == ["uvicorn"]
    assert expanded.content["parts"].keys() == {
        f"fastapi-framework/{name}"
        for name in ("dependencies", "install-app", "logging", "runtime")
    }
    assert expanded.content["services"].keys() == {"fastapi"}
