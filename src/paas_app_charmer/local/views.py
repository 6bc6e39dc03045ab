"""The two file systems of a unit, as Kubernetes gives it two containers."""

from __future__ import annotations

import os
import pathlib
import shlex
import sys
import typing

import yaml

from . import pebble as service_manager
from . import sandbox

if typing.TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from . import rock, venv

_COVERED = ("/tmp", "/var/tmp", "/var/log")  # noqa: S108  every container has its own
_EXPORTER = "/charm/bin/statsd_exporter"


def workload(
    image: rock.Image,
    *,
    project: pathlib.Path,
    environment: venv.Environment,
    pebble: pathlib.Path,
    pebble_folder: pathlib.Path,
    exporter: pathlib.Path | None,
) -> sandbox.View:
    """Return the workload container.

    The application's folder is the project's source, live. `python3`, and whatever else the
    virtual environment has as a program, is in /bin, as in the rock. Pebble's folders are as in
    a new container: empty but for the rock's layer. `pebble_folder` is where on the host
    Pebble's socket will be.
    """
    readable = {service_manager.PROGRAM: pebble}
    commands = {**_commands(environment), "pebble": service_manager.PROGRAM}
    if exporter:
        readable[_EXPORTER] = exporter
        commands["statsd_exporter"] = _EXPORTER
    layer = yaml.safe_dump(image.layer, sort_keys=False)
    return sandbox.View(
        readable={**readable, **_uncovered(_homes(environment))},
        writable={
            # Beside the source it has the virtual environment, at the path that its programs name.
            str(project): project,
            image.app_folder: (project / image.source).resolve(),
            service_manager.SOCKET_FOLDER: pebble_folder,
        },
        files={
            **image.files,
            **_accounts(),
            f"{service_manager.LAYERS_FOLDER}/001-{image.name}.yaml": sandbox.File(text=layer),
        },
        folders=image.folders,
        commands=commands,
    )


def charm(
    *,
    project: pathlib.Path,
    pebble_folders: Mapping[str, pathlib.Path],
    python: pathlib.Path = pathlib.Path(sys.executable),
) -> sandbox.View:
    """Return the charm container: Pebble's sockets where Juju has them, project and library."""
    sockets = {f"/charm/containers/{name}": folder for name, folder in pebble_folders.items()}
    home = str(python.resolve().parent.parent)
    own = map(pathlib.Path, (sys.prefix, sys.base_prefix, home, *filter(None, sys.path)))
    return sandbox.View(readable=_uncovered(own), writable={str(project): project, **sockets})


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


def _uncovered(paths: Iterable[pathlib.Path]) -> dict[str, pathlib.Path]:
    """Show what would be hidden because a container has its own folder in that place."""
    return {str(path): path for path in paths if path.exists() and _is_covered(path)}


def _is_covered(path: pathlib.Path) -> bool:
    return any(path.is_relative_to(folder) for folder in _COVERED)


def _accounts() -> dict[str, sandbox.File]:
    """Make the rock's user another name of the current one, to whom Pebble need not change.

    Its name comes first, so that it is the one that the ids are shown by.
    """
    uid, gid = os.geteuid(), os.getegid()
    users = f"_daemon_:x:{uid}:{gid}::{service_manager.HOME}:/bin/sh\n"
    groups = f"_daemon_:x:{gid}:\n"
    return {
        path: sandbox.File(text=line + pathlib.Path(path).read_text(encoding="utf-8"))
        for path, line in (("/etc/passwd", users), ("/etc/group", groups))
    }
