"""How an interface is spoken, from its module: by which library, and what it refuses."""

from __future__ import annotations

import ast
import dataclasses
import importlib.metadata
import inspect
import sys
from collections.abc import Iterator
from typing import Any

from paas_app_charmer import charm_libs, integration, urls

FETCHED = frozenset(one.interface for one in charm_libs.ALL)
"""Interfaces that an author may have spoken by the library that charms fetch."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Library:
    """A library that an integration imports when it is related."""

    module: str
    package: str
    """Its name on PyPI."""


def libraries(one: integration.Integration[Any]) -> tuple[Library, ...]:
    """Return the libraries that speak for an integration."""
    names = dict.fromkeys(_imported(_tree(one)))
    return tuple(Library(module=name, package=_package(name)) for name in names)


def refusals(one: integration.Integration[Any], error: str) -> tuple[str, ...]:
    """Return the reasons that are told by an error of `errors.py`, beside those of the model."""
    return _reasons(_tree(one), error)


def refusals_of_addresses() -> tuple[str, ...]:
    """Return what is told of URLs that are none, by whatever integration."""
    return _reasons(ast.parse(inspect.getsource(urls)), "RelationDataError")


def _reasons(tree: ast.Module, error: str) -> tuple[str, ...]:
    told = (_text(node) for node in ast.walk(tree) if _raises(node, error))
    return tuple(dict.fromkeys(filter(None, told)))


def _tree(one: integration.Integration[Any]) -> ast.Module:
    return ast.parse(inspect.getsource(sys.modules[one.data.__module__]))


def _imported(tree: ast.Module) -> Iterator[str]:
    """Go through what functions import, for what is slow is imported in no other place."""
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
    for node in (inner for function in functions for inner in ast.walk(function)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _package(module: str) -> str:
    folder = f"{module.replace('.', '/')}/"
    for name in importlib.metadata.packages_distributions()[module.partition(".")[0]]:
        files = importlib.metadata.files(name) or ()
        if any(str(file).startswith(folder) for file in files):
            return name
    raise LookupError(f"no installed package has {module}")


def _raises(node: ast.AST, error: str) -> bool:
    return (
        isinstance(node, ast.Raise)
        and isinstance(node.exc, ast.Call)
        and ast.unparse(node.exc.func).endswith(error)
    )


def _text(node: ast.AST) -> str:
    """Return the text of an error with names for what is put into it, none if it is made up."""
    if not isinstance(node, ast.Raise) or not isinstance(node.exc, ast.Call):
        return ""
    text = node.exc.args[0]
    if isinstance(text, ast.Constant):
        return str(text.value)
    if not isinstance(text, ast.JoinedStr):
        return ""
    return "".join(
        str(part.value) if isinstance(part, ast.Constant) else f"<{_last_word(part)}>"
        for part in text.values
    )


def _last_word(part: ast.AST) -> str:
    value = part.value if isinstance(part, ast.FormattedValue) else part
    return ast.unparse(value).rpartition(".")[2].lstrip("_")
