"""The suite for Go programs."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from typing import Any, cast

from paas_app_charmer import documents
from paas_app_charmer import project as projects

from .. import assets, entrypoint, expansion, finding, parts, words
from . import programs

APP_FOLDER = assets.FOLDER
"""Of the application, in the rock. The program itself is elsewhere."""
FOLDERS = (f"/{assets.FOLDER}",)
"""Others that it may write to."""
CONTENTS = assets.PART
"""The part with the files of that folder."""
REQUIREMENTS = (programs.MODULE,)
"""Files that say what it needs."""
PARTS = {
    "base-layout": "The folder that the program runs in.",
    "install-app": "The program, made with the Go toolchain.",
    **assets.PARTS,
}
"""What its parts are for, beside those of other frameworks."""
_ASSETS = ("migrate", "migrate.sh", "static", "templates")
_INSTALLED = "usr/local/bin"
_TOOLCHAINS = frozenset(("gccgo-go", "golang-go"))


def source(_name: str) -> str:
    """Return the folder of a project that the part with the application's files is made from."""
    return "."


def files(*, statsd_port: int = 0) -> Mapping[str, str]:  # noqa: ARG001 - of other suites
    """Return the files that the rock has beside the application, by their path in it."""
    return {}


def entry_point(project: projects.Project, name: str) -> entrypoint.EntryPoint:
    """Find the program, which is called like the project."""
    problem = programs.problem(project)
    if problem:
        return entrypoint.EntryPoint(findings=(problem,))
    made = programs.made(project)
    known = {program: place for program, place in made.items() if place}
    if name in made or not known:
        place = made.get(name) or programs.MODULE
        return entrypoint.EntryPoint(place=place, target=name, is_built=True)
    makes, wanted = words.listed(known, "and"), words.quoted(name)
    lost = finding.Finding(
        file=programs.MODULE,
        what=f"makes {makes}, and nothing that is called {wanted} like the rock",
        instead="call the rock so, or put under `organize` of its part `go-framework/install-app` "
        f"`bin/{next(iter(known))}: {_INSTALLED}/{name}`",
    )
    return entrypoint.EntryPoint(findings=(lost,))


def rock(seen: parts.Rock) -> expansion.Contribution:
    """Return what the extension adds to a rock."""
    command = {} if seen.has_command else {"command": seen.name}
    chosen = assets.of(seen, default=_ASSETS)
    added: dict[str, Any] = {
        "base-layout": parts.made_folder(APP_FOLDER),
        "install-app": _program(seen),
        **chosen.parts,
        "logging": parts.logging(),
        "runtime": parts.runtime(seen),
    }
    content = {
        "run-user": parts.USER,
        "services": {
            seen.suite.framework: parts.service(**{"working-dir": f"/{APP_FOLDER}"}, **command)
        },
        "parts": {seen.part(name): part for name, part in added.items()},
    }
    return expansion.Contribution(content=content, findings=(*_of_program(seen), *chosen.findings))


def _program(seen: parts.Rock) -> dict[str, Any]:
    author = seen.written("install-app") or {}
    organized = {} if _is_placed(seen) else {f"bin/{seen.name}": f"{_INSTALLED}/{seen.name}"}
    targets = [*map(str, documents.mapping(author.get("organize")).values()), *organized.values()]
    part: dict[str, Any] = {"plugin": "go", "source": ".", "organize": organized}
    if targets:
        part["stage"] = targets
    if not _brings_toolchain(author):
        part["build-snaps"] = ["go"]
    if seen.is_bare and "CGO_ENABLED" not in _variables(author):
        # There is no C library to load.
        part["build-environment"] = [{"CGO_ENABLED": "0"}]
    return part


def _is_placed(seen: parts.Rock) -> bool:
    """Tell whether the author says which program it is."""
    author = seen.written("install-app") or {}
    targets = map(str, documents.mapping(author.get("organize")).values())
    wanted = f"{_INSTALLED}/{seen.name}"
    return seen.has_command or wanted in map(posixpath.normpath, targets)


def _brings_toolchain(author: Mapping[str, Any]) -> bool:
    snaps = _texts(author.get("build-snaps"))
    packages = _texts(author.get("build-packages"))
    return any(snap.startswith("go") for snap in snaps) or not _TOOLCHAINS.isdisjoint(packages)


def _variables(author: Mapping[str, Any]) -> set[str]:
    listed: object = author.get("build-environment")
    entries = cast("list[object]", listed) if isinstance(listed, list) else []
    return {name for entry in entries for name in documents.mapping(entry)}


def _texts(listed: object) -> list[str]:
    entries = cast("list[object]", listed) if isinstance(listed, list) else []
    return [entry for entry in entries if isinstance(entry, str)]


def _of_program(seen: parts.Rock) -> Iterator[finding.Finding]:
    problem = programs.problem(seen.project)
    if problem:
        yield problem
    elif not _is_placed(seen):
        yield from entry_point(seen.project, seen.name).findings
