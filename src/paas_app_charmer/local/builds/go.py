"""Go programs: what `go install` makes of a module, in a folder that is kept.

Go's own cache knows what has changed, so that a build of nothing new takes a fraction of a second.
"""

from __future__ import annotations

import fnmatch
import os
import posixpath
import shutil
import subprocess
import typing

from paas_app_charmer.local import builds, errors, gotool, sandbox

if typing.TYPE_CHECKING:
    import pathlib
    from collections.abc import Iterator, Mapping

SOURCES = (
    *(".go", ".mod", ".sum", ".tmpl", ".gohtml"),
    *(".css", ".js", ".json", ".sql", ".svg"),  # a program may have them inside of it
)
_ON_PATH = frozenset(("bin", "usr/bin", "usr/local/bin"))


def build(order: builds.Order) -> builds.Made:
    """Make all programs of the module, and put those in their places that the part names.

    Raises LocalError: there is no Go, or the build fails.
    """
    go = gotool.find(order.progress)
    programs, fresh = order.folder / "bin", order.folder / "new"
    shutil.rmtree(fresh, ignore_errors=True)
    order.progress(f"Building {order.name}")
    environment = {**os.environ, **order.variables, "GOBIN": str(fresh)}
    for package in order.part.get("go-generate") or ():
        _run([go, "generate", str(package)], order, environment)
    _run([go, "install", *_tags(order.part), "./..."], order, environment)
    _replace(programs, fresh)
    commands: dict[str, sandbox.File | str] = {}
    readable: dict[str, pathlib.Path] = {}
    for path, program in _placed(order, programs):
        folder, name = posixpath.split(path)
        if folder in _ON_PATH:
            commands[name] = str(program)
        else:
            readable[f"/{path}"] = program
    return builds.Made(readable=readable, commands=commands, homes=(programs,))


def _placed(order: builds.Order, programs: pathlib.Path) -> Iterator[tuple[str, pathlib.Path]]:
    made = sorted(path.name for path in programs.glob("*"))
    for pattern, target in order.organize.items():
        names = fnmatch.filter((f"bin/{name}" for name in made), pattern)
        if not names:
            there = ", ".join(made) or "none"
            raise errors.LocalError(f"{order.name} makes no {pattern}; the programs are: {there}")
        for name in names:
            path = posixpath.join(target, posixpath.basename(name) if target.endswith("/") else "")
            yield path.strip("/"), programs / posixpath.basename(name)


def _tags(part: Mapping[str, typing.Any]) -> list[str]:
    tags: list[str] = part.get("go-buildtags") or []
    return [f"-tags={','.join(tags)}"] if tags else []


def _replace(programs: pathlib.Path, fresh: pathlib.Path) -> None:
    """Put what was built in the place of what was built before, which may be running."""
    programs.mkdir(parents=True, exist_ok=True)
    made = {program.name for program in fresh.glob("*")}
    for name in made:
        (fresh / name).replace(programs / name)
    for program in programs.glob("*"):
        if program.name not in made:
            program.unlink()


def _run(command: list[str], order: builds.Order, environment: Mapping[str, str]) -> None:
    done = subprocess.run(
        command, cwd=order.source, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise builds.failure(order, done.stderr or done.stdout)
