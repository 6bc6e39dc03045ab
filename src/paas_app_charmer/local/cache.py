"""What is made once and serves every project: programs, and a database cluster to copy."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pathlib
import typing

if typing.TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from typing import TypeAlias

    Progress: TypeAlias = Callable[[str], None]
    """Takes one short line about what is being done, before anything that lasts above a second."""


def folder() -> pathlib.Path:
    """Return the cache folder of this user, made if missing."""
    base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    path = pathlib.Path(base).expanduser() / "paas-app-charmer"
    path.mkdir(parents=True, exist_ok=True)
    return path


@contextlib.contextmanager
def lock(name: str, progress: Progress) -> Generator[None]:
    """Be alone, among all runs of this user, with the thing of that name.

    The lock goes with the process, so a crash leaves none behind.
    """
    with (folder() / f"{name}.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress(f"Waiting for another run that makes {name}")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
