"""A port that a backing service keeps from run to run."""

from __future__ import annotations

import contextlib
import socket
import typing

if typing.TYPE_CHECKING:
    import pathlib

LOOPBACK = "127.0.0.1"


def remembered(path: pathlib.Path) -> int:
    """Return the port that `path` notes if it is still free, else a free one, and note that.

    With the same port a restarted service has the same address, and nothing has to follow it.
    """
    wanted = 0
    with contextlib.suppress(OSError, ValueError):
        wanted = int(path.read_text())
    for port in (wanted, 0):
        with contextlib.suppress(OSError, OverflowError), socket.socket() as attempt:
            # As servers do: connections of the last run that linger are no obstacle.
            attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            attempt.bind((LOOPBACK, port))
            chosen: int = attempt.getsockname()[1]
            path.write_text(f"{chosen}\n")
            return chosen
    raise OSError(f"no port is free on {LOOPBACK}")
