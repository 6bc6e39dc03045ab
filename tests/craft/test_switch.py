"""When the plug-in is in force, and what a user is told where it cannot be."""

from __future__ import annotations

import pathlib
import shutil
import subprocess
import textwrap

import pytest

import paas_app_charmer

from . import projects

pytestmark = pytest.mark.timeout(400)

PACKAGE = pathlib.Path(paas_app_charmer.__file__).parent
OURS = "stock-flask-framework"
"""This extension is there when our suites are in force."""


@pytest.fixture
def project(tmp_path):
    (tmp_path / "charmcraft.yaml").write_text(projects.SHORT)
    return tmp_path


@pytest.fixture(scope="module")
def stock_expansion(tool, stock_charmcraft, tmp_path_factory):
    folder = tmp_path_factory.mktemp("stock")
    (folder / "charmcraft.yaml").write_text(projects.SHORT)
    return tool(stock_charmcraft, "expand-extensions", folder=folder).out


@pytest.fixture
def in_force(tool, charmcraft, stock_expansion, project):
    """Returns whose suites are in force in an environment, and what was said of it."""

    def ask(environment):
        listed = tool(charmcraft, "list-extensions", folder=project, environment=environment)
        done = tool(charmcraft, "expand-extensions", folder=project, environment=environment)
        assert (listed.code, done.code) == (0, 0)
        assert "Traceback" not in done.err
        whose = "stock" if done.out == stock_expansion else "ours"
        assert (OURS in listed.out) == (whose == "ours")
        return whose, done.err

    return ask


def test_the_suites_are_in_force_with_the_extra(in_force):
    assert in_force({}) == ("ours", "")


def test_nothing_is_touched_or_said_without_the_extra(
    tool, charmcraft_without_extra, stock_charmcraft, project
):
    for command in (["list-extensions"], ["expand-extensions"], ["init", "--help"]):
        ours = tool(charmcraft_without_extra, *command, folder=project)
        assert ours == tool(stock_charmcraft, *command, folder=project)


def test_a_requirement_of_the_extra_in_a_version_too_old_is_as_if_it_were_missing(
    in_force, tmp_path
):
    old = tmp_path / "old" / "jsonschema-4.0.0.dist-info" / "METADATA"
    old.parent.mkdir(parents=True)
    old.write_text("Metadata-Version: 2.1\nName: jsonschema\nVersion: 4.0.0\n")
    assert in_force({"PYTHONPATH": str(old.parents[1])}) == ("stock", "")


def test_a_defect_of_ours_is_told_in_a_line_and_the_stock_suites_stay(in_force, tmp_path):
    broken = tmp_path / "broken" / PACKAGE.name
    shutil.copytree(PACKAGE, broken, ignore=shutil.ignore_patterns("__pycache__"))
    (broken / "suites" / "catalogue.py").write_text("from . import nowhere\n")
    whose, said = in_force({"PYTHONPATH": str(broken.parent)})
    assert whose == "stock"
    assert said.startswith("The suites of paas-app-charmer are not used: ImportError: cannot")
    assert "Reinstall paas-app-charmer[craft]" in said
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize("version", ["4.4.9", "5.0.0", "dev"])
def test_a_version_that_was_not_foreseen_keeps_its_own_suites_and_is_told(
    in_force, intruder, version
):
    whose, said = in_force(intruder(f"import charmcraft; charmcraft.__version__ = {version!r}"))
    assert whose == "stock"
    assert f"they were made for charmcraft >=4.5,<5, this is {version}" in said
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize("refused", ["django-framework", "stock-flask-framework"])
def test_what_was_registered_is_taken_back_if_the_rest_cannot_be(in_force, intruder, refused):
    code = f"""
    import charmcraft.extensions
    from charmcraft.extensions import registry
    register = registry.register
    stock = registry.get_extension_class({refused!r}) if {refused!r} in registry._EXTENSIONS else 0
    def refuse(name, extension):
        if name == {refused!r} and extension is not stock:
            raise RuntimeError("no room")
        register(name, extension)
    registry.register = refuse
    """
    whose, said = in_force(intruder(textwrap.dedent(code)))
    assert whose == "stock"
    assert "RuntimeError: no room" in said


def test_the_tool_starts_without_the_libraries_of_a_running_charm(charmcraft):
    code = (
        "import sys, charmcraft.application.main\n"
        "before = set(sys.modules)\n"
        "import paas_app_charmer.craft.charmcraft\n"
        "print(*sorted({name.partition('.')[0] for name in set(sys.modules) - before}))"
    )
    done = subprocess.run(
        [charmcraft.parent / "python", "-c", code], capture_output=True, text=True, check=True
    )
    assert not {"ops", "cosl", "jsonschema", "rich", "click"} & set(done.stdout.split())
