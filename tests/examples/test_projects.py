"""The files of each example agree with one another, and with what the packing tools look for."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import os
import pathlib
import re

import ops
import pytest
import yaml

ROOT = pathlib.Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
FRAMEWORKS = ("flask", "django")
SOURCES = {"flask": "flask", "django": "django/guest_book"}

pytestmark = pytest.mark.parametrize("framework", FRAMEWORKS)


def rockcraft(framework):
    return yaml.safe_load((EXAMPLES / framework / "rockcraft.yaml").read_text())


def charmcraft(framework):
    return yaml.safe_load((EXAMPLES / framework / "charm" / "charmcraft.yaml").read_text())


def assigned_names(file):
    """The names that the packing tool sees: those of plain assignments at the top of a module."""
    return {
        target.id
        for statement in ast.parse(file.read_text()).body
        if isinstance(statement, ast.Assign)
        for target in statement.targets
        if isinstance(target, ast.Name)
    }


def test_charm_and_rock_have_one_name_and_one_extension(framework):
    rock, charm = rockcraft(framework), charmcraft(framework)
    assert rock["name"] == charm["name"]
    assert rock["extensions"] == charm["extensions"] == [f"{framework}-framework"]


def test_the_project_files_stay_short(framework):
    ours = {"name", "type", "base", "platforms", "summary", "description", "extensions"}
    assert charmcraft(framework).keys() == ours | {"config", "requires"}


def test_the_charm_is_the_one_of_its_framework(framework):
    file = EXAMPLES / framework / "charm" / "src" / "charm.py"
    spec = importlib.util.spec_from_file_location(f"{framework}_example_charm", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    base = importlib.import_module(f"paas_app_charmer.{framework}").Charm
    charms = [
        thing
        for thing in vars(module).values()
        if isinstance(thing, type) and issubclass(thing, ops.CharmBase)
    ]
    assert [charm.__bases__ for charm in charms] == [(base,)]


def test_the_charm_is_executable(framework):
    assert os.access(EXAMPLES / framework / "charm" / "src" / "charm.py", os.X_OK)


def test_postgresql_is_required(framework):
    postgresql = charmcraft(framework)["requires"]["postgresql"]
    assert postgresql == {"interface": "postgresql_client", "optional": False, "limit": 1}


def test_every_option_of_the_author_is_read_by_the_application(framework):
    source = "\n".join(file.read_text() for file in (EXAMPLES / SOURCES[framework]).rglob("*.py"))
    for option in charmcraft(framework)["config"]["options"]:
        assert f"{framework}-{option}".replace("-", "_").upper() in source


def test_every_service_of_the_rock_has_its_program(framework):
    for name, service in rockcraft(framework).get("services", {}).items():
        module = re.fullmatch(r"/bin/python3 -m (\S+)", service["command"])[1]
        file = EXAMPLES / SOURCES[framework] / f"{module.replace('.', '/')}.py"
        assert file.is_file(), name
        assert service["user"] == "_daemon_", name
        assert service["working-dir"] == f"/{framework}/app", name


def test_the_requirements_name_the_framework(framework):
    lines = (EXAMPLES / framework / "requirements.txt").read_text().lower().splitlines()
    assert framework in {re.split(r"[\[<>=~]", line)[0] for line in lines}


def test_the_web_server_finds_its_entry_point(framework):
    place, name = {
        "flask": ("flask/app.py", "app"),
        "django": ("django/guest_book/guest_book/wsgi.py", "application"),
    }[framework]
    assert name in assigned_names(EXAMPLES / place)


def test_the_rock_holds_every_file_that_it_names(framework):
    parts = rockcraft(framework).get("parts", {})
    for entry in parts.get(f"{framework}-framework/install-app", {}).get("prime", ()):
        assert (EXAMPLES / framework / entry.removeprefix(f"{framework}/app/")).exists(), entry
