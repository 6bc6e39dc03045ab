"""The files of each example agree with one another, and with what the packing tools look for."""

from __future__ import annotations

import importlib
import importlib.util
import os
import pathlib
import re
import shlex

import ops
import pytest
import yaml
from generate import found, patches

from paas_app_charmer import project as projects
from paas_app_charmer.suites import catalogue, halves

ROOT = pathlib.Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
NAMES = patches.names()
SPECS = found.specs()
PROGRAMS = (".py", ".go", ".js", ".java")
"""Suffixes of the files that an application may be written in."""

pytestmark = pytest.mark.parametrize("framework", NAMES)


def rockcraft(framework):
    return yaml.safe_load((EXAMPLES / framework / "rockcraft.yaml").read_text())


def charmcraft(framework):
    return yaml.safe_load((EXAMPLES / framework / "charm" / "charmcraft.yaml").read_text())


def expanded(framework):
    """The rock in full, and its suite."""
    folder = EXAMPLES / framework
    text = (folder / "rockcraft.yaml").read_text()
    seen = projects.read(folder, catalogue.READS)
    expansion = halves.expand("rock", seen, text, file="rockcraft.yaml")
    doubts = [str(one) for one in expansion.findings if "experimental" not in one.what]
    assert doubts == []
    return expansion.content, found.suite(framework)


def source(framework):
    """The folder of the application."""
    content, suite = expanded(framework)
    return EXAMPLES / framework / suite.code().source(content["name"])


def test_charm_and_rock_have_one_name_and_one_extension(framework):
    rock, charm = rockcraft(framework), charmcraft(framework)
    assert rock["name"] == charm["name"]
    assert rock["extensions"] == charm["extensions"] == [found.suite(framework).name]


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
    files = [file for file in source(framework).rglob("*") if file.suffix in PROGRAMS]
    text = "\n".join(file.read_text() for file in files if ".paas" not in file.parts)
    for option in charmcraft(framework)["config"]["options"]:
        assert SPECS[framework].prefix + option.replace("-", "_").upper() in text


def test_every_service_of_the_rock_has_its_program(framework):
    for name, service in rockcraft(framework).get("services", {}).items():
        module = re.fullmatch(r"/bin/python3 -m (\S+)", service["command"])
        if module:
            assert (source(framework) / f"{module[1].replace('.', '/')}.py").is_file(), name
        else:
            assert shlex.split(service["command"])[0] == rockcraft(framework)["name"], name
        assert service["user"] == "_daemon_", name
        assert service["working-dir"] == SPECS[framework].app_dir, name


def test_the_web_server_finds_its_entry_point(framework):
    content, suite = expanded(framework)
    project = projects.read(EXAMPLES / framework, catalogue.READS)
    entry = suite.code().entry_point(project, content["name"])
    assert (EXAMPLES / framework / entry.place).is_file()
    assert entry.target in shlex.split(content["services"][suite.framework]["command"])


def test_the_rock_holds_every_file_that_it_names(framework):
    content, suite = expanded(framework)
    folder = suite.code().APP_FOLDER
    for part in content["parts"].values():
        for entry in (*part.get("prime", ()), *part.get("stage", ())):
            if entry.startswith(f"{folder}/"):
                assert (EXAMPLES / framework / entry.removeprefix(f"{folder}/")).exists(), entry
