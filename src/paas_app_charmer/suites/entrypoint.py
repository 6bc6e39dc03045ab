"""The entry point of a Python web application, found without running any of it."""

from __future__ import annotations

import ast
import dataclasses
import warnings
from collections.abc import Iterable, Iterator

from paas_app_charmer import project as projects

from . import finding


@dataclasses.dataclass(frozen=True, kw_only=True)
class EntryPoint:
    """Where a server finds the application, or what hides it."""

    place: str = ""
    """The file, relative to the project's folder; empty if there is none."""
    target: str = ""
    """As the server takes it, with the module counted from that folder: `app:create_app()`."""
    is_built: bool = False
    """Whether the target is made of the file, which does not itself get into the rock."""
    findings: tuple[finding.Finding, ...] = ()


def find(
    project: projects.Project,
    places: Iterable[str],
    *,
    names: tuple[str, ...],
    factories: tuple[str, ...] = (),
) -> EntryPoint:
    """Look through all places for one of the names, and then for a function that makes it.

    Names count in the order in which they are given. Behind a file that is no Python nothing is
    found: it may be the one that was meant. If nothing was found for another reason, there are no
    findings.
    """
    trees: dict[str, ast.Module] = {}
    told: list[finding.Finding] = []
    for place in places:
        parsed = _parse(project, place)
        if isinstance(parsed, finding.Finding):
            told.append(parsed)
        elif parsed is not None:
            trees[place] = parsed
            bound = frozenset(_bound(parsed))
            name = next((name for name in names if name in bound), None)
            if name and not told:
                return EntryPoint(place=place, target=f"{_module(place)}:{name}")
    if told:
        return EntryPoint(findings=tuple(told))
    for place, tree in trees.items():
        functions = {function.name: function for function in _functions(tree)}
        for name in factories:
            if name in functions:
                return EntryPoint(
                    place=place,
                    target=f"{_module(place)}:{name}()",
                    findings=tuple(_asking(functions[name], place)),
                )
    return EntryPoint()


def _module(place: str) -> str:
    return place.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _parse(project: projects.Project, place: str) -> ast.Module | finding.Finding | None:
    if place in project.unreadable:
        what = f"cannot be read: {project.unreadable[place]}"
        return finding.Finding(file=place, what=what)
    if place not in project.texts:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about the application's code, not for here
            return ast.parse(project.texts[place])
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = getattr(error, "lineno", None) or 1
        reason = getattr(error, "msg", None) or str(error) or "it is nested too deeply"
        return finding.Finding(file=place, line=line, what=f"is not Python: {reason.rstrip('.')}")


def _statements(tree: ast.Module) -> Iterator[ast.stmt]:
    """Go through what is run when a server imports a module, outside of functions and classes."""
    waiting: list[ast.stmt] = tree.body[::-1]
    while waiting:
        statement = waiting.pop()
        yield statement
        inner: list[ast.stmt] = []
        match statement:
            case ast.If(test=test, body=body, orelse=orelse):
                inner = [*([] if _is_false(test) else body), *orelse]
            case ast.With(body=body):
                inner = body
            case ast.Try(body=body, handlers=handlers, orelse=orelse, finalbody=finalbody):
                caught = [one for handler in handlers for one in handler.body]
                inner = [*body, *caught, *orelse, *finalbody]
            case _:
                pass
        waiting += inner[::-1]


def _is_false(test: ast.expr) -> bool:
    """Tell whether a condition holds for type checkers, or for `python app.py`, only."""
    match test:
        case ast.Name(id="TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING"):
            return True
        case ast.Compare(left=ast.Name(id="__name__"), ops=[ast.Eq()]):
            return True
        case _:
            return False


def _bound(tree: ast.Module) -> Iterator[str]:
    for statement in _statements(tree):
        match statement:
            case ast.Assign(targets=targets):
                for target in targets:
                    yield from _names(target)
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr()):
                yield name
            case ast.ImportFrom(names=aliases):
                yield from (alias.asname or alias.name for alias in aliases)
            case ast.Import(names=aliases):
                # `import app` is as a rule the module in which the application is.
                yield from (alias.asname for alias in aliases if alias.asname)
            case _:
                pass


def _names(target: ast.expr) -> Iterator[str]:
    # Of `a, (b, *c) = ...` all; of `a.b = ...` and `a[b] = ...` none.
    return (
        node.id
        for node in ast.walk(target)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    )


def _functions(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    return (one for one in _statements(tree) if isinstance(one, ast.FunctionDef))


def _asking(function: ast.FunctionDef, place: str) -> Iterator[finding.Finding]:
    """Tell of a factory that the server cannot call, as it calls it without arguments."""
    given = function.args
    positional = [*given.posonlyargs, *given.args]
    asked = positional[: len(positional) - len(given.defaults)]
    asked += [
        one
        for one, default in zip(given.kwonlyargs, given.kw_defaults, strict=True)
        if not default
    ]
    if asked:
        yield finding.Finding(
            file=place,
            line=function.lineno,
            what=f"the server calls `{function.name}` without its argument `{asked[0].arg}`",
            instead="give it a default",
            severity="warning",
        )
