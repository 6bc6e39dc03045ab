"""The Python that runs a packed charm: Juju has the one of the charm's base, we have to look.

A charm brings its packages along but no Python. Those that are compiled fit one version only.
"""

from __future__ import annotations

import os
import pathlib
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator

from . import errors

NAMES = ("python3", "python")
_COMPILED = re.compile(r"\.cpython-3(\d+)-[^/]*\.so$|/venv/lib/python3\.(\d+)/site-packages$")
_ASK = "import os, sys; print(sys.version_info[1], os.path.realpath(sys.executable))"


def ensure(charm: pathlib.Path, folder: pathlib.Path) -> pathlib.Path:
    """Put a Python that fits an unpacked charm into a folder for PATH, and return it there.

    It is none of a virtual environment's, whose packages the charm would see. Raises LocalError.
    """
    program = find(version(charm))
    folder.mkdir(parents=True, exist_ok=True)
    for name in NAMES:
        link = folder / name
        link.unlink(missing_ok=True)
        link.symlink_to(program)
    return folder / NAMES[0]


def version(charm: pathlib.Path) -> int | None:
    """Return for which Python 3 a charm's packages were compiled, None if that does not matter."""
    for folder, folders, names in os.walk(charm / "venv"):
        for name in (*folders, *names):
            found = _COMPILED.search(f"{folder}/{name}")
            if found:
                return int(found[1] or found[2])
    return None


def find(minor: int | None) -> pathlib.Path:
    """Return a Python 3 of that minor version, or any. Raises LocalError."""
    for candidate in filter(None, _candidates(minor)):
        found, program = _ask(candidate)
        if found is not None and minor in {None, found}:
            return pathlib.Path(program)
    raise errors.LocalError(
        f"the charm was packed for Python 3.{minor}, and there is none on this machine: "
        f"install python3.{minor}, or pack the charm here"
    )


def _candidates(minor: int | None) -> Iterator[str | None]:
    yield shutil.which("python3", path=os.defpath)
    if minor is not None:
        yield shutil.which(f"python3.{minor}")
    yield shutil.which("python3")
    yield sys.executable


def _ask(python: str) -> tuple[int | None, str]:
    asked = subprocess.run([python, "-I", "-c", _ASK], capture_output=True, text=True, check=False)
    minor, _, program = asked.stdout.strip().partition(" ")
    return (int(minor) if minor.isdigit() else None), program
