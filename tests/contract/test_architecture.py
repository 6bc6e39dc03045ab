"""The floors of docs/architecture.md, and the size of what stands on them.

A module of `paas_app_charmer` may import modules of its own floor and of those below.
"""

from __future__ import annotations

import ast
import graphlib
import json
import pathlib
import subprocess
import sys
from collections.abc import Iterator

import pytest
from generate import found

import paas_app_charmer
from paas_app_charmer import env

PACKAGE = "paas_app_charmer"
FOLDER = pathlib.Path(paas_app_charmer.__file__).parent
ROOT = FOLDER.parent.parent

FLOORS = {
    # 0 words
    PACKAGE: 0,
    "cos_files": 0,
    "documents": 0,
    "env": 0,
    "errors": 0,
    "naming": 0,
    "options": 0,
    "lifecycle": 0,
    "paas_config": 0,
    "place": 0,
    "project": 0,
    "release": 0,
    "requirements": 0,
    "addresses": 0,
    "modules": 0,
    "urls": 0,
    # 1 declarations
    "facts": 1,
    "framework": 1,
    "integration": 1,
    # 2 decisions
    "change": 2,
    "decide": 2,
    "ecosystem": 2,
    "environment": 2,
    "formation": 2,
    "frameworks": 2,
    "health": 2,
    "integrations": 2,
    "metadata": 2,
    "migration": 2,
    "readiness": 2,
    "servers": 2,
    # 3 adapters
    "charm_libs": 3,
    "cos_encoding": 3,
    "juju": 3,
    "libraries": 3,
    "memory": 3,
    "observability": 3,
    "relations": 3,
    "admin": 3,
    "commands": 3,
    "processes": 3,
    "rollout": 3,
    "secret_key": 3,
    "workload": 3,
    # 4 the charm
    "actions": 4,
    "charm": 4,
    # 6 tools
    "cli": 6,
    "craft": 6,
    "local": 6,
    "suites": 6,
    # 5 frameworks
    **dict.fromkeys(found.specs(), 5),
}
"""The floor of each module, and of all modules of a package."""

PURE = 2
"""The highest floor that knows nothing of ops."""
LATE = {"cos_encoding"}
"""Modules that import what is slow, so that nobody imports them but in a function."""
LONGEST_MODULE = 250
LONGEST_FUNCTION = 60

FILES = {
    ".".join(path.relative_to(FOLDER).with_suffix("").parts).removesuffix("__init__").rstrip(".")
    or PACKAGE: path
    for path in sorted(FOLDER.rglob("*.py"))
}
TREES = {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in FILES.items()}
INTERFACES = sorted(
    name.removeprefix("integrations.")
    for name in FILES
    if name.startswith("integrations.") and not name.startswith("integrations._")
)


WITH_NAMES = {
    name
    for name, spec in found.specs().items()
    if spec.dialect is not env.mechanical or spec.endpoint_options
}
"""Frameworks that have names or options of their own for what some interfaces give."""


def floor(name: str) -> int:
    # One that is missing counts as the highest, so that only the test for that fails.
    return FLOORS.get(name.partition(".")[0], max(FLOORS.values()))


def running(tree: ast.AST, *, functions: bool = True) -> Iterator[ast.AST]:
    """Go through what is there for more than the type checker."""
    for node in ast.iter_child_nodes(tree):
        if not functions and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        yield node
        yield from running(node, functions=functions)


def eager(tree: ast.AST) -> Iterator[ast.AST]:
    """Go through what runs when the module is imported."""
    return running(tree, functions=False)


def imported(module: str, nodes: Iterator[ast.AST]) -> Iterator[str]:
    """Return the full names of what the import statements among the nodes name."""
    parts = [] if module == PACKAGE else module.split(".")
    package = parts if FILES[module].name == "__init__.py" else parts[:-1]
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            up = [PACKAGE, *package[: len(package) + 1 - node.level]] if node.level else []
            base = ".".join([*up, *filter(None, [node.module])])
            yield from (f"{base}.{alias.name}" for alias in node.names)


def inside(names: Iterator[str]) -> Iterator[str]:
    """Return the modules of this package among names that may go on into a module."""
    for name in names:
        if name.partition(".")[0] != PACKAGE:
            continue
        rest = name.removeprefix(PACKAGE).removeprefix(".")
        while rest and rest not in FILES:
            rest = rest.rpartition(".")[0]
        yield rest or PACKAGE


EDGES = {
    name: sorted(set(inside(imported(name, ast.walk(tree)))) - {name, PACKAGE})
    for name, tree in TREES.items()
}


def tops(module: str) -> set[str]:
    """Return the top-level packages that importing the module asks for."""
    return {name.partition(".")[0] for name in imported(module, eager(TREES[module]))}


def modules_after(*names: str) -> set[str]:
    """Return what a new interpreter has loaded after importing these."""
    code = "import sys, json, importlib\n"
    code += f"for name in {names!r}: importlib.import_module(name)\n"
    code += "print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    return set(json.loads(done.stdout))


@pytest.mark.parametrize("name", FILES)
def test_every_module_has_its_floor_in_the_table(name):
    assert name.partition(".")[0] in FLOORS


@pytest.mark.parametrize("name", FILES)
def test_no_module_imports_from_a_floor_above(name):
    above = [other for other in EDGES[name] if floor(other) > floor(name)]
    assert above == []


def test_no_modules_import_each_other_in_a_circle():
    # A part may say by a type whose part it is; that is no import when the program runs.
    edges = {
        name: set(inside(imported(name, running(tree)))) - {name, PACKAGE}
        for name, tree in TREES.items()
    }
    graphlib.TopologicalSorter(edges).prepare()


@pytest.mark.parametrize("name", [name for name in FILES if floor(name) <= PURE])
def test_no_pure_module_names_ops(name):
    everything = {one.partition(".")[0] for one in imported(name, ast.walk(TREES[name]))}
    assert "ops" not in everything


def test_importing_every_pure_module_leaves_ops_out():
    pure = [f"{PACKAGE}.{name}" for name in FILES if floor(name) <= PURE and name != PACKAGE]
    loaded = modules_after(*pure)
    assert not {"ops", "cosl", "jsonschema"} & loaded


@pytest.mark.parametrize("name", FILES)
def test_charm_libraries_are_imported_in_functions_only(name):
    assert "charms" not in tops(name)
    if name not in LATE:
        assert "cosl" not in tops(name)
        assert not LATE & set(inside(imported(name, eager(TREES[name]))))


@pytest.mark.parametrize("name", [n for n in FILES if floor(n) < FLOORS["local"]])
def test_no_module_imports_an_integration(name):
    mine = name.startswith("integrations")
    others = [f"integrations.{interface}" for interface in INTERFACES]
    assert not set(others) & set(EDGES[name])
    assert mine or not any(other.startswith("integrations") for other in EDGES[name])


@pytest.mark.parametrize(
    "name",
    # What every charm has to begin with stands in its metadata by name.
    [n for n in FILES if floor(n) < FLOORS["local"] and n != "metadata" and n not in WITH_NAMES],
)
def test_no_module_names_an_interface(name):
    texts = {
        node.value
        for node in ast.walk(TREES[name])
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    own = name.rpartition(".")[2]
    assert texts & set(INTERFACES) <= {own}


@pytest.mark.parametrize("name", FILES)
def test_a_long_module_has_its_reason_in_the_decisions(name):
    lines = len(FILES[name].read_text(encoding="utf-8").splitlines())
    if lines > LONGEST_MODULE:
        told = FILES[name].relative_to(FOLDER.parent).as_posix()
        decisions = (ROOT / "docs" / "decisions").glob("*.md")
        assert any(told in page.read_text(encoding="utf-8") for page in decisions), lines


@pytest.mark.parametrize("name", FILES)
def test_every_function_fits_on_a_screen(name):
    long = {
        node.name: node.end_lineno - node.lineno + 1
        for node in ast.walk(TREES[name])
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno >= LONGEST_FUNCTION
    }
    assert long == {}


@pytest.mark.parametrize("path", sorted((ROOT / "tests" / "unit").glob("*.py")), ids=str)
def test_unit_tests_import_pure_modules_only(path):
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    assert "ops" not in {name.partition(".")[0] for name in names}
    assert [name for name in inside(iter(names)) if floor(name) > PURE] == []
