"""Ports for the units, which share one machine here, and with the units of other projects."""

from __future__ import annotations

import contextlib
import fcntl
import socket
import typing

from . import cache, errors

_HIGHEST = 65535


class Reserved:
    """Ports that no other run of this user is given while this one lasts.

    A port is free for a moment whenever its server is replaced, so that it can be bound is not
    enough. The reservations are locks on files in the cache: they go with the process.
    """

    def __init__(self) -> None:
        self._locks: dict[int, typing.TextIO] = {}
        self._folder = cache.folder() / "ports"
        self._folder.mkdir(exist_ok=True)

    def choose(self, *, after: int) -> int:
        """Reserve and return the first port from `after` on that can be had.

        Numbers in order, unlike those that the kernel would pick, are told and remembered easily.
        """
        for port in range(after, _HIGHEST + 1):
            if self._take(port):
                return port
        raise errors.LocalError(f"no port from {after} on is free")

    def demand(self, port: int) -> int:
        """Reserve and return the port that the user wants. Raises LocalError."""
        if self._take(port):
            return port
        raise errors.LocalError(f"port {port} is taken by another program: choose another --port")

    def again(self, last: int | None, *, wanted: int | None, otherwise: int) -> int:
        """Reserve and return the port that is wanted, or the last one, or one from another on.

        The last one is given up before, and no other is: a unit that has not begun to listen
        keeps its own, although it could be bound. Raises LocalError.
        """
        if last is not None:
            self.release(last)
        return self.demand(wanted) if wanted else self.choose(after=last or otherwise)

    def _take(self, port: int) -> bool:
        if port in self._locks:
            return False
        lock = (self._folder / str(port)).open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            return False
        if not _is_free(port):
            lock.close()
            return False
        self._locks[port] = lock
        return True

    def release(self, port: int) -> None:
        """Let others have it."""
        lock = self._locks.pop(port, None)
        if lock is not None:
            lock.close()


def _is_free(port: int) -> bool:
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
