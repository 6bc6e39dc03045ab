"""The Java of this machine, which is nothing that the runner can fetch."""

from __future__ import annotations

import os
import pathlib
import shutil

from . import errors


def find(program: str) -> pathlib.Path:
    """Return a program of the JDK by its real path: that of JAVA_HOME, or else that on the path.

    Raises LocalError.
    """
    home = os.environ.get("JAVA_HOME")
    named = pathlib.Path(home, "bin", program) if home else None
    if named and named.is_file():
        return named.resolve()
    found = shutil.which(program)
    if found is None:
        raise errors.LocalError(
            f"There is no {program} on this machine: install a JDK (Debian and Ubuntu: the "
            "package default-jdk), or set JAVA_HOME to one."
        )
    return pathlib.Path(found).resolve()
