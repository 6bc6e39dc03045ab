"""A framework is named in its own module and in its suite's folder, and nowhere else in `src`.

What others say for people, in docstrings and comments, may take one as an example.
"""

from __future__ import annotations

import ast
import pathlib
import re
from collections.abc import Iterator

import pytest
from generate import found

FRAMEWORKS = found.specs()
EXCEPTIONS = {
    "local/builds/go.py": "a module is called like its plug-in of Rockcraft",
    "local/doctor.py": "the Go toolchain builds Pebble",
    "local/gotool.py": "the Go toolchain builds Pebble",
    "local/pebble.py": "the Go toolchain builds Pebble",
    "suites/gunicorn.py": "the exporter of gunicorn's metrics is built by the plug-in `go`",
}
"""Modules that may say the name of a framework, and why."""
ORDINARY = {"go"}
"""Names that are words of English as well."""

GENERATED = found.SUITES / "interfaces.json"
FILES = sorted(
    path
    for path in found.PACKAGE.rglob("*")
    if path.is_file() and "__pycache__" not in path.parts and path != GENERATED
)


def place(path: pathlib.Path) -> str:
    return path.relative_to(found.PACKAGE).as_posix()


def texts(path: pathlib.Path) -> Iterator[str]:
    """Return what a file says to programs: of a module what it imports and its texts."""
    content = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        yield content
        return
    tree = ast.parse(content)
    told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
            yield node.value
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (alias.name for alias in node.names)
            yield node.module or ""


def names(module: str) -> Iterator[str]:
    """Return the patterns of what names a framework."""
    suite = found.suite(module)
    for name in {module, suite.framework, suite.title, f"{suite.framework.upper()}_"}:
        exact = re.escape(name)
        if name.lower() in ORDINARY:
            yield rf"\A{exact}\Z|\b{exact}[-_./]\w|\w[-_./]{exact}\b"
        else:
            yield rf"(?<![a-z]){exact}(?![a-z])"


def named_in(module: str) -> set[str]:
    """Return the files that name a framework without being its own."""
    pattern = re.compile("|".join(names(module)), re.IGNORECASE)
    own = (f"{module}.py", f"suites/{module}/")
    return {
        place(path)
        for path in FILES
        if not place(path).startswith(own) and any(map(pattern.search, texts(path)))
    }


@pytest.mark.parametrize("module", FRAMEWORKS)
def test_nothing_but_its_own_files_names_a_framework(module):
    assert named_in(module) - EXCEPTIONS.keys() == set()


def test_no_exception_is_left_over():
    needed = {file for module in FRAMEWORKS for file in named_in(module)}
    assert needed == EXCEPTIONS.keys()


@pytest.mark.parametrize(
    ("module", "text"),
    [
        ("flask", "flask"),
        ("flask", "For example flask-framework"),
        ("flask", "FLASK_DEBUG"),
        ("go", "go"),
        ("go", "go-framework"),
        ("go", "/go/app"),
        ("go", "GO_ENV"),
    ],
)
def test_a_name_is_found_in_whatever_it_stands(module, text):
    assert re.search("|".join(names(module)), text, re.IGNORECASE)


@pytest.mark.parametrize("text", ["Let it go on.", "django", "category", "to go; there"])
def test_a_word_of_english_is_no_name(text):
    assert not re.search("|".join(names("go")), text, re.IGNORECASE)
