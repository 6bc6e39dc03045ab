"""Live reload: what a changed file of the project asks for.

Modification times are polled: a project is some hundred files, a look at them costs a few
milliseconds, and it works on every file system without another dependency.
"""

from __future__ import annotations

import enum
import os
import pathlib
import typing

if typing.TYPE_CHECKING:
    import collections.abc
    import threading

INTERVAL = 0.3
"""Seconds between two looks, and the quiet time that ends a burst of changes."""

IGNORED_FOLDERS = frozenset(
    {"__pycache__", "node_modules", "venv", "env", "build", "dist", "target"}
)
PACKING_FOLDERS = frozenset({"overlay", "parts", "prime", "stage"})
"""What Charmcraft fills beside charmcraft.yaml."""
RELOADED = frozenset(
    {
        ".py", ".html", ".htm", ".jinja", ".jinja2", ".j2", ".mo",
        ".toml", ".yaml", ".yml", ".ini", ".cfg",
    }
)  # fmt: skip
"""Suffixes of what a running server has read. Data that the application itself writes must not be
among them, or it would reload itself for ever."""
PROJECT_FILES = frozenset(
    {
        "charmcraft.yaml", "rockcraft.yaml", "paas-config.yaml", "charm.py",
        "requirements.txt", "pyproject.toml",
        "migrate", "migrate.sh", "migrate.py", "manage.py",
    }
)  # fmt: skip

Snapshot: typing.TypeAlias = "dict[str, tuple[int, int]]"


class Effect(enum.IntEnum):
    """What a change asks for; the greatest of several counts."""

    NOTHING = 0
    RELOAD = 1
    """The server reads its files again."""
    UPGRADE = 2
    """A new revision: the unit gets a new container and the charm its upgrade."""


def effect(path: pathlib.PurePath, sources: frozenset[str] = frozenset()) -> Effect:
    """Tell what a change of this file, given relative to the project's folder, asks for.

    What is not given so is the packed charm. `sources` are the suffixes of what a program is built
    from; with some, nothing is read again that was built.
    """
    folders = path.parts[:-1]
    if path.is_absolute():
        return Effect.UPGRADE
    if _is_ignored(folders) or path.suffix == ".charm":
        return Effect.NOTHING
    if "migrations" in folders and path.suffix in {".py", ".sql"}:
        return Effect.UPGRADE
    if path.name in PROJECT_FILES or folders[:1] == ("charm",):
        return Effect.UPGRADE
    if sources:
        return Effect.UPGRADE if path.suffix in RELOADED | sources else Effect.NOTHING
    return Effect.RELOAD if path.suffix in RELOADED else Effect.NOTHING


def _is_ignored(folders: tuple[str, ...]) -> bool:
    if folders[:1] == ("charm",) and folders[1:2] and folders[1] in PACKING_FOLDERS:
        return True
    return any(name in IGNORED_FOLDERS or name.startswith(".") for name in folders)


def snapshot(
    root: pathlib.Path,
    *,
    packed: pathlib.Path | None = None,
    sources: frozenset[str] = frozenset(),
) -> Snapshot:
    """Return modification time and size of every file that could matter, by relative path.

    With a packed charm that is what counts, and not what it was packed from.
    """
    found: Snapshot = {}
    if packed and (stamp := _stamp(packed)):
        found[str(packed)] = stamp
    folders = [""]
    while folders:
        folder = folders.pop()
        try:
            entries = list(os.scandir(root / folder))
        except OSError:
            continue  # it went away between two looks
        for entry in entries:
            name = os.path.join(folder, entry.name)  # noqa: PTH118  ten times as fast as pathlib
            if entry.is_dir(follow_symlinks=False):
                is_source = packed and (pathlib.Path(entry.path) / "charmcraft.yaml").exists()
                if not is_source and not _is_ignored(pathlib.PurePath(name).parts):
                    folders.append(name)
            elif effect(pathlib.PurePath(name), sources) and (stamp := _stamp(entry)):
                found[name] = stamp
    return found


def _stamp(entry: os.DirEntry[str] | pathlib.Path) -> tuple[int, int] | None:
    try:
        status = entry.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size


def changed(before: Snapshot, after: Snapshot) -> list[str]:
    """Return the files that were added, removed or written between two looks."""
    return sorted(
        name for name in before.keys() | after.keys() if before.get(name) != after.get(name)
    )


def follow(
    root: pathlib.Path,
    act: collections.abc.Callable[[Effect, list[str]], None],
    stop: threading.Event,
    *,
    packed: pathlib.Path | None = None,
    sources: frozenset[str] = frozenset(),
    interval: float = INTERVAL,
) -> None:
    """Call `act` after each burst of changes below `root`, until `stop` is set."""
    settled = latest = snapshot(root, packed=packed, sources=sources)
    while not stop.wait(interval):
        current = snapshot(root, packed=packed, sources=sources)
        if current != latest:
            latest = current  # an editor or `git checkout` is still writing
            continue
        names = changed(settled, latest)
        settled = latest
        if names:
            act(max(effect(pathlib.PurePath(name), sources) for name in names), names)
