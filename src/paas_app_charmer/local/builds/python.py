"""Python packages: the virtual environment that has what the rock's requirements name."""

from __future__ import annotations

import os
import pathlib
import shlex
import typing

from paas_app_charmer.local import builds, sandbox, venv

if typing.TYPE_CHECKING:
    from collections.abc import Iterator


def build(order: builds.Order) -> builds.Made:
    """Make the environment, or use the project's own if that has all."""
    environment = venv.ensure(
        order.project,
        packages=order.part.get("python-packages") or (),
        state=order.state,
        progress=order.progress,
    )
    return of(environment)


def of(environment: venv.Environment) -> builds.Made:
    """Return what a virtual environment brings into a container.

    `python3`, and whatever else it has as a program, is in /bin, as in the rock.
    """
    return builds.Made(commands=_commands(environment), homes=tuple(_homes(environment)))


def _commands(environment: venv.Environment) -> dict[str, sandbox.File | str]:
    programs: dict[str, sandbox.File | str] = {
        entry.name: str(entry)
        for entry in (environment.folder / "bin").iterdir()
        if os.access(entry, os.X_OK) and not entry.name.startswith("python")
    }
    # Python finds its packages from the name it is called by, so a link at /bin/python3 would
    # not do. The program is named by its own path: the environment's usually leads to
    # /usr/bin/python3, that is, back here.
    name, program = map(shlex.quote, map(str, (environment.python, environment.python.resolve())))
    launcher = sandbox.File(text=f'#!/bin/bash\nexec -a {name} {program} "$@"\n', mode=0o755)
    return {**programs, "python": launcher, "python3": launcher}


def _homes(environment: venv.Environment) -> Iterator[pathlib.Path]:
    """Name the folders of every interpreter on the way from the environment's to the real one."""
    python = environment.python
    yield environment.folder
    while python.is_symlink():
        python = python.parent / python.readlink()
        yield python.parent.parent
