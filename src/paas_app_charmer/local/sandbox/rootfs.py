"""Turn a `View` into mounts.

Works in the mount namespace of the calling process, which is never the same again: its root
becomes an empty file system in memory, the host's folders are bound to it read-only, and the
view's own parts are put between them. A folder of the host that has to hold something of the
view (say /var/lib) is made anew and its children are bound one by one; the others are bound
whole.
"""

from __future__ import annotations

import os
import pathlib
import typing

from . import namespaces

if typing.TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .container import File, View

_STAGE = "/tmp"  # noqa: S108  a folder that is there on every host
_HOST = "/.host"
_COMMANDS = "/.commands"
_FILES = "/.files"
_LIVE = ("/dev", "/proc")
"""Bound as they are: what is in them is not on a disk."""
_OPEN_TO_ALL = ("/tmp", "/var/tmp")  # noqa: S108  folders of the container
_OWN = (*_OPEN_TO_ALL, "/var/log")
_COMMAND_FOLDERS = ("/usr/local/bin", "/usr/bin", "/bin")


def make(view: View) -> None:
    """Replace the root of this process's mount namespace by the view."""
    namespaces.make_private()
    # It is only a place to stand on: what the host has there is uncovered by the change of root.
    namespaces.mount_tmpfs(_STAGE)
    pathlib.Path(_STAGE + _HOST).mkdir()
    namespaces.change_root(_STAGE, _STAGE + _HOST)
    own = {*_OWN, *view.folders}
    _mirror("/", made=_to_be_made(view, own), own=own)
    for folder in own:
        pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
        if folder in _OPEN_TO_ALL:
            pathlib.Path(folder).chmod(0o1777)
    for path, source in view.readable.items():
        _bind(_HOST + str(source), path, read_only=True)
    for path, source in view.writable.items():
        _bind(_HOST + str(source), path, read_only=False)
    _write_files(view.files)
    _merge_commands(view.commands)
    namespaces.detach(_HOST)
    pathlib.Path(_HOST).rmdir()


def _to_be_made(view: View, own: Iterable[str]) -> set[str]:
    """List the folders of the host that cannot be bound whole."""
    new = {
        path
        for path in (*view.writable, *view.readable, *view.files)
        if not pathlib.Path(_HOST + path).exists()
    }
    return {str(parent) for path in (*own, *new) for parent in pathlib.Path(path).parents}


def _mirror(folder: str, *, made: set[str], own: set[str]) -> None:
    for entry in os.scandir(_HOST + folder):
        path = os.path.join(folder, entry.name)  # noqa: PTH118  text in, text out
        if path in own or path == _HOST:
            continue
        if entry.is_symlink():
            pathlib.Path(path).symlink_to(os.readlink(entry.path))  # noqa: PTH115  may be relative
        elif path in made and entry.is_dir():
            pathlib.Path(path).mkdir()
            _mirror(path, made=made, own=own)
        else:
            _bind(entry.path, path, read_only=path not in _LIVE)


def _bind(source: str, path: str, *, read_only: bool) -> None:
    target = pathlib.Path(path)
    if not target.exists():
        if pathlib.Path(source).is_dir():
            target.mkdir(parents=True)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.touch()
    namespaces.bind(source, path)
    if read_only:
        namespaces.make_read_only(path)


def _write_files(files: Mapping[str, File]) -> None:
    for number, (path, file) in enumerate(files.items()):
        target = pathlib.Path(path)
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            _write(target, file)
            continue
        # The host's file stays as it is, and is covered.
        cover = pathlib.Path(_FILES, str(number))
        _write(cover, file)
        namespaces.bind(str(cover), path)


def _write(path: pathlib.Path, file: File) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(file.text, encoding="utf-8")
    path.chmod(file.mode)


def _merge_commands(commands: Mapping[str, File | str]) -> None:
    for name, command in commands.items():
        path = pathlib.Path(_COMMANDS, name)
        if isinstance(command, str):
            path.parent.mkdir(exist_ok=True)
            path.symlink_to(command)
        else:
            _write(path, command)
    if not commands:
        return
    # On most systems /bin is a link to /usr/bin, which must not be merged twice.
    for folder in {os.path.realpath(folder) for folder in _COMMAND_FOLDERS}:
        if pathlib.Path(folder).is_dir():
            namespaces.mount_merged(folder, _COMMANDS, folder)
