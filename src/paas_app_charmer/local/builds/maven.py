"""Java applications: the jars that `mvn package` makes of a copy of the project.

It is a copy because Maven writes among the sources, where each file written would ask for the next
build. Tests are left out: they take longer than all else, and their author runs them anyway.
"""

from __future__ import annotations

import fnmatch
import os
import pathlib
import posixpath
import re
import shutil
import subprocess
import typing

from paas_app_charmer.local import builds, errors, java

if typing.TYPE_CHECKING:
    from collections.abc import Iterator

SOURCES = (
    *(".java", ".kt", ".groovy", ".xml", ".properties"),
    *(".mustache", ".ftl", ".ftlh", ".css", ".js", ".json", ".sql", ".svg"),  # inside of the jar
)
_ABOUT = "pom.xml"
_MADE = "target"
"""Beside each of the former, once it was built."""
_NOT_COPIED = frozenset((".git", ".paas"))
_QUIET = ("--batch-mode", "--quiet", "-Dstyle.color=never", "-Dmaven.test.skip=true")
_HELP = "-> [Help"
_COLOUR = re.compile(r"\x1b\[[\d;]*m")
"""Some of it comes even where none is asked for."""


def locate() -> pathlib.Path:
    """Return Maven, unless there is no JDK for it. Raises LocalError."""
    java.find("javac")  # Maven's own words for its absence are many
    found = shutil.which("mvn")
    if found is None:
        raise errors.LocalError(
            "Maven is needed, and it is not on this machine. Install it (Debian and Ubuntu: the "
            "package maven), or add its wrapper mvnw to the project."
        )
    return pathlib.Path(found)


def build(order: builds.Order) -> builds.Made:
    """Make the jars if a file has changed, and put them where the part names.

    Raises LocalError: there is no Maven or no JDK, or the build fails.
    """
    java.find("javac")
    copy, jars, done = (order.folder / name for name in ("source", "jars", "done"))
    command = _command(order, copy)
    with_what = f"{command} {dict(order.variables)}"
    is_new = _update(order.source, copy)
    if is_new or not done.is_file() or done.read_text(encoding="utf-8") != with_what:
        done.unlink(missing_ok=True)
        order.progress(f"Building {order.name}")
        _run(command, order, copy)
        _replace(jars, list(_made(copy)))
        done.write_text(with_what, encoding="utf-8")
    placed = dict(_placed(order, jars))
    if not placed:
        raise errors.LocalError(f"{order.name} makes no jar")
    return builds.Made(readable=placed, homes=(jars,))


def _command(order: builds.Order, copy: pathlib.Path) -> list[str]:
    program = str(copy / "mvnw")
    if not order.part.get("maven-use-wrapper"):
        program = str(locate())
    given: list[str] = order.part.get("maven-parameters") or []
    return [program, *_QUIET, "package", *given]


def _update(source: pathlib.Path, copy: pathlib.Path) -> bool:
    """Make the copy like the source, and tell whether it was not."""
    wanted, there = dict(_files(source)), dict(_files(copy))
    gone = there.keys() - wanted.keys()
    for path in gone:
        (copy / path).unlink()
    if gone:
        # What was made of them would stay in the jar.
        for about in list(copy.rglob(_ABOUT)):
            shutil.rmtree(about.with_name(_MADE), ignore_errors=True)
    changed = [path for path, stamp in wanted.items() if there.get(path) != stamp]
    for path in changed:
        (copy / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source / path, copy / path)
    return bool(gone or changed)


def _files(folder: pathlib.Path) -> Iterator[tuple[str, tuple[int, int]]]:
    for above, folders, names in os.walk(folder):
        passed_over = {*_NOT_COPIED, *((_MADE,) if _ABOUT in names else ())}
        folders[:] = [name for name in folders if name not in passed_over]
        for name in names:
            path = posixpath.join(above, name)
            if os.path.exists(path):  # noqa: PTH110  ten times as fast; links may lead nowhere
                status = os.stat(path)  # noqa: PTH116
                yield os.path.relpath(path, folder), (status.st_mtime_ns, status.st_size)


def _made(copy: pathlib.Path) -> Iterator[pathlib.Path]:
    for about in copy.rglob(_ABOUT):
        yield from about.with_name(_MADE).glob("*.jar")


def _replace(jars: pathlib.Path, made: list[pathlib.Path]) -> None:
    """Put what was built in the place of what was built before, which may be running."""
    jars.mkdir(exist_ok=True)
    for jar in made:
        fresh = jars / f".{jar.name}"
        shutil.copyfile(jar, fresh)
        fresh.replace(jars / jar.name)
    names = {jar.name for jar in made}
    for jar in jars.iterdir():
        if jar.name not in names:
            jar.unlink()


def _placed(order: builds.Order, jars: pathlib.Path) -> Iterator[tuple[str, pathlib.Path]]:
    # The plug-in collects all jars in a folder of this name.
    names = {f"jar/{jar.name}": jar for jar in sorted(jars.iterdir())}
    listed: list[str] = order.part.get("stage") or []
    left_out = [entry.removeprefix("-") for entry in listed if entry.startswith("-")]
    for pattern, target in order.organize.items():
        for name in fnmatch.filter(names, pattern):
            path = posixpath.join(target, posixpath.basename(name) if target.endswith("/") else "")
            if not any(fnmatch.fnmatchcase(path, pattern) for pattern in left_out):
                yield f"/{path.strip('/')}", names[name]


def _run(command: list[str], order: builds.Order, copy: pathlib.Path) -> None:
    environment = {**os.environ, **order.variables}
    done = subprocess.run(
        command, cwd=copy, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        # Behind the first pointer to its manual Maven says everything again.
        told, _, _ = _COLOUR.sub("", done.stdout or done.stderr).partition(_HELP)
        raise builds.failure(order, told.replace(f"{copy}/", "").removesuffix("[ERROR] "))
