"""The two file systems of a unit, as Kubernetes gives it two containers."""

from __future__ import annotations

import os
import pathlib
import sys
import typing

import yaml

from . import pebble as service_manager
from . import sandbox

if typing.TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from . import builds, rock

_COVERED = ("/tmp", "/var/tmp", "/var/log")  # noqa: S108  every container has its own
_EXPORTER = "/charm/bin/statsd_exporter"


def workload(
    image: rock.Image,
    *,
    project: pathlib.Path,
    made: builds.Made,
    pebble: pathlib.Path,
    pebble_folder: pathlib.Path,
    exporter: pathlib.Path | None,
) -> sandbox.View:
    """Return the workload container.

    The application's folder is the project's source, live, unless the program is built. What the
    parts made is where the rock has it. Pebble's folders are as in a new container: empty but
    for the rock's layer. `pebble_folder` is where on the host Pebble's socket will be.
    """
    readable = {service_manager.PROGRAM: pebble}
    commands = {**made.commands, "pebble": service_manager.PROGRAM}
    if exporter:
        readable[_EXPORTER] = exporter
        commands["statsd_exporter"] = _EXPORTER
    live = {image.app_folder: (project / image.source).resolve()} if image.source else {}
    layer = yaml.safe_dump(image.layer, sort_keys=False)
    return sandbox.View(
        readable={**readable, **made.readable, **_uncovered(made.homes)},
        writable={
            # Beside the source it has what was built, at the path that programs name.
            str(project): project,
            **live,
            **made.writable,
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
