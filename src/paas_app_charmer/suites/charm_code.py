"""The module of a charm, looked at without running it: which class it has and starts."""

from __future__ import annotations

import ast
import dataclasses
import re
import warnings
from collections.abc import Iterator

from . import finding

OURS = "paas_app_charmer"
OLDER = "paas_charm"
"""Its predecessor, whose classes have the same names."""
_CLASS = re.compile(rf"({OURS}|{OLDER})\.(\w+)\.Charm")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Charm:
    """A class that derives from a framework's."""

    name: str
    package: str
    """Of the library: ours, or the older one."""
    module: str
    """Of the framework, for example `springboot`."""
    line: int

    @property
    def base(self) -> str:
        """The class that it derives from."""
        return f"{self.package}.{self.module}.Charm"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Code:
    """What the module says."""

    charms: tuple[Charm, ...] = ()
    packages: frozenset[str] = frozenset()
    """Libraries for charms like these that it imports anything of."""
    is_started: bool = False
    """Whether it hands a class to ops."""
    findings: tuple[finding.Finding, ...] = ()


def read(text: str, file: str) -> Code:
    """Read the module."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about the author's code, not for here
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = getattr(error, "lineno", None) or 1
        reason = getattr(error, "msg", None) or str(error) or "it is nested too deeply"
        problem = finding.Finding(file=file, line=line, what=f"is not Python: {reason}")
        return Code(findings=(problem,))
    names = dict(_imported(tree))
    return Code(
        charms=tuple(_charms(tree, names)),
        packages=frozenset({name.partition(".")[0] for name in names.values()} & {OURS, OLDER}),
        is_started=any(_starts(node, names) for node in ast.walk(tree)),
    )


def _imported(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Return the names that imports bind, each with what it stands for."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                first = alias.name.partition(".")[0]
                yield (alias.asname, alias.name) if alias.asname else (first, first)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            for alias in node.names:
                yield alias.asname or alias.name, f"{node.module}.{alias.name}"


def _charms(tree: ast.Module, names: dict[str, str]) -> Iterator[Charm]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            for base in node.bases:
                match = _CLASS.fullmatch(_dotted(base, names))
                if match:
                    yield Charm(
                        name=node.name, package=match[1], module=match[2], line=node.lineno
                    )


def _starts(node: ast.AST, names: dict[str, str]) -> bool:
    called = {"ops.main", "ops.main.main"}
    return isinstance(node, ast.Call) and _dotted(node.func, names) in called


def _dotted(node: ast.expr, names: dict[str, str]) -> str:
    """Return what a name with dots stands for; empty if it is something else."""
    attributes: list[str] = []
    while isinstance(node, ast.Attribute):
        attributes.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ""
    return ".".join([names.get(node.id, node.id), *reversed(attributes)])
