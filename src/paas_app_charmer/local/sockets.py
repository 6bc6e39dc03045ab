"""Sockets that only the user who started the runner can connect to."""

from __future__ import annotations

import os
import socket
import typing

if typing.TYPE_CHECKING:
    import pathlib


def listen(path: pathlib.Path) -> socket.socket:
    """Listen at a path, in the place of a process that is gone.

    As in `toolclient.connect`, the name goes by a descriptor of the folder, which may be deep.
    """
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY)
    before = os.umask(0o177)
    try:
        listener.bind(f"/proc/self/fd/{folder}/{path.name}")
    finally:
        os.umask(before)
        os.close(folder)
    listener.listen(64)
    return listener
