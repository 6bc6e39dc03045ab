"""A project folder as text: which application it holds, and what is wrong with it.

`read` looks at the disk once; everything else is a function of what it saw, so that an
extension that expands a project file and a runner that starts the project cannot disagree.
"""

from __future__ import annotations

import ast
import dataclasses
import importlib
import os
import pathlib
import re
import sys
import typing

from . import documents

if typing.TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

ROCK = "rockcraft.yaml"
REQUIREMENTS = "requirements.txt"
PYPROJECT = "pyproject.toml"

_READ = frozenset(
    (
        *(ROCK, REQUIREMENTS, PYPROJECT, "charmcraft.yaml", "paas-config.yaml", "package.json"),
        *("app.py", "main.py", "__init__.py", "wsgi.py"),
    )
)
_DEPTH = 3
_PASSED_OVER = frozenset(("node_modules", "__pycache__"))
_REQUIREMENT = re.compile(r"([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:$|[\[(<>=!~;,@])")

# Python 3.10 has no tomllib; its origin has the same function.
_toml = importlib.import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Project:
    """What a project folder holds, by paths relative to it with `/`."""

    paths: frozenset[str]
    """Files and folders, three levels deep, without hidden ones and virtual environments."""
    texts: Mapping[str, str]
    """Content of the files that say what it is: entry points, requirements, project files."""

    def has(self, path: str) -> bool:
        """Tell whether there is such a file or folder."""
        return path in self.paths


@dataclasses.dataclass(frozen=True, kw_only=True)
class Answer:
    """What was looked for, or why it was not found."""

    value: str = ""
    problems: tuple[str, ...] = ()
    """Sentences for the author of the project."""


def read(folder: pathlib.Path) -> Project:
    """Look at a project folder."""
    paths = frozenset(_walk(folder, _DEPTH))
    texts = {
        path: (folder / path).read_text(encoding="utf-8", errors="replace")
        for path in paths
        if path.rpartition("/")[2] in _READ and (folder / path).is_file()
    }
    return Project(paths=paths, texts=texts)


def _walk(folder: pathlib.Path, depth: int, prefix: str = "") -> Iterator[str]:
    for entry in os.scandir(folder):
        if entry.name.startswith(".") or entry.name in _PASSED_OVER:
            continue
        yield prefix + entry.name
        path = pathlib.Path(entry.path)
        if depth > 1 and entry.is_dir() and not (path / "pyvenv.cfg").exists():
            yield from _walk(path, depth - 1, f"{prefix}{entry.name}/")


def snake(name: str) -> str:
    """Return a project's name as Python spells it: `my-app` gives `my_app`."""
    return name.lower().replace("-", "_")


def rock(project: Project) -> tuple[Mapping[str, typing.Any], tuple[str, ...]]:
    """Return rockcraft.yaml, and what is wrong with it."""
    if ROCK not in project.texts:
        return {}, (f"there is no {ROCK}",)
    try:
        content = documents.parse(project.texts[ROCK])
    except documents.Error as error:
        return {}, (f"{ROCK} is not YAML: {' '.join(str(error).split())}",)
    if not isinstance(content, dict):
        return {}, (f"{ROCK} should hold a mapping",)
    mapping = typing.cast("dict[str, typing.Any]", content)
    if not isinstance(mapping.get("name"), str):
        return mapping, (f"{ROCK} has no `name`",)
    return mapping, ()


def dependencies(project: Project) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return `project.dependencies` of pyproject.toml as written there, and what is wrong."""
    try:
        table = _toml.loads(project.texts.get(PYPROJECT, ""))
        return tuple(map(str, table.get("project", {}).get("dependencies", ()))), ()
    except (_toml.TOMLDecodeError, AttributeError, TypeError) as error:
        return (), (f"{PYPROJECT} cannot be read: {error}",)


def requirements(project: Project) -> frozenset[str]:
    """Return the names of the Python packages that the project asks for, normalised (PEP 503).

    What is no requirement in requirements.txt, such as an option or a file to include, counts
    for nothing.
    """
    lines = [*project.texts.get(REQUIREMENTS, "").splitlines(), *dependencies(project)[0]]
    found = (_REQUIREMENT.match(line.partition(" #")[0].strip(" \t\\")) for line in lines)
    return frozenset(normalised(match[1]) for match in found if match)


def normalised(package: str) -> str:
    """Return the one spelling of a Python package's name."""
    return re.sub(r"[-_.]+", "-", package).lower()


def flask_entry_point(project: Project, name: str) -> Answer:
    """Find a Flask project's WSGI application: `app:app`, or `src.main:create_app()`."""
    folders = ("app", "src", snake(name))
    places = ["app.py", "main.py"]
    places += [f"{f}/{file}" for f in folders for file in ("__init__.py", "app.py", "main.py")]
    for names, functions, suffix in (
        (("app", "application"), False, ""),
        (("create_app", "make_app"), True, "()"),
    ):
        answer = _first(project, places, names, functions=functions)
        if answer.value or answer.problems:
            return dataclasses.replace(answer, value=answer.value and answer.value + suffix)
    problem = (
        f"no WSGI application: one of {', '.join(places)} should have a global `app` or "
        "`application`, or a function `create_app` or `make_app`"
    )
    return Answer(problems=(problem,))


def django_entry_point(project: Project, name: str) -> Answer:
    """Find a Django project's WSGI application, for example `my_app.wsgi:application`.

    The module is counted from the source folder, which is what the rock carries.
    """
    source = snake(name)
    places = [f"{source}/{source}/wsgi.py", f"{source}/mysite/wsgi.py"]
    answer = _first(project, places, ("application",), functions=False)
    if answer.value or answer.problems:
        return dataclasses.replace(answer, value=answer.value.removeprefix(f"{source}."))
    return Answer(
        problems=(
            f"no WSGI application: {' or '.join(places)} should have a global `application`",
        )
    )


def _first(
    project: Project, places: Iterable[str], names: tuple[str, ...], *, functions: bool
) -> Answer:
    for place in places:
        if place not in project.texts:
            continue
        try:
            tree = ast.parse(project.texts[place])
        except (SyntaxError, ValueError) as error:
            line = getattr(error, "lineno", None) or 1
            reason = getattr(error, "msg", error)
            return Answer(problems=(f"{place}, line {line}: syntax error: {reason}",))
        defined = set(_functions(tree) if functions else _globals(tree))
        for name in names:
            if name in defined:
                module = place.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
                return Answer(value=f"{module}:{name}")
    return Answer()


def _globals(tree: ast.Module) -> Iterator[str]:
    for statement in tree.body:
        match statement:
            case ast.Assign(targets=targets):
                yield from (target.id for target in targets if isinstance(target, ast.Name))
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr()):
                yield name
            case ast.ImportFrom(names=aliases):
                yield from (alias.asname or alias.name for alias in aliases)
            case _:
                pass


def _functions(tree: ast.Module) -> Iterator[str]:
    return (statement.name for statement in tree.body if isinstance(statement, ast.FunctionDef))
