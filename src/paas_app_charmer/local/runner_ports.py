"""Ports for the units, which share one machine here."""

from __future__ import annotations

import contextlib
import socket

from . import errors

_HIGHEST = 65535


def is_free(port: int) -> bool:
    """Tell whether a server could listen there, by TCP and by UDP."""
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        with contextlib.closing(socket.socket(socket.AF_INET, kind)) as attempt:
            if kind == socket.SOCK_STREAM:
                # As servers do: connections of the last run that linger are no obstacle.
                attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                attempt.bind(("", port))
            except OSError:
                return False
    return True


def choose(*, after: int, taken: frozenset[int]) -> int:
    """Return the first free port from `after` on that is promised to nobody else.

    Numbers in order, unlike those that the kernel would pick, are told and remembered easily.
    """
    for port in range(after, _HIGHEST + 1):
        if port not in taken and is_free(port):
            return port
    raise errors.LocalError(f"no port from {after} on is free")
