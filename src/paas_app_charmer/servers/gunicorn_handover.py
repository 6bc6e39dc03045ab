"""Lets gunicorn's old workers stop when the new ones are ready, and go on if those cannot start.

No charm imports this file. It is put beside gunicorn's configuration in the container. What is
wrong with it costs a reload this and never the site.

By itself gunicorn stops the old workers as soon as it has forked the new ones. Nobody accepts
while those load the application, and if they cannot, gunicorn ends.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import pathlib
import select
import signal
import socket
import struct
import time
from collections.abc import Callable, Generator
from typing import Any

_UNLIMITED = 60.0
"""Seconds for workers that may take as long as they like."""
_PID = struct.Struct("i")
_NOBODY = _PID.pack(0)
_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT, signal.SIGHUP)
"""What the master is told, in the order in which it matters. The last one can wait."""

_FOLDER = pathlib.Path(__file__).parent
_COMPLAINT = _FOLDER / "complaint"
"""Says what is wrong with a server that goes on nevertheless. The charm looks for it."""
_PEBBLE = "/charm/container/pebble.socket"
_BODY = b'{"action": "add", "type": "custom", "key": "paas-app-charmer.io/complaint"}'
_NOTICE = (
    b"POST /v1/notices HTTP/1.0\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    b"Content-Length: %d\r\n\r\n%b" % (len(_BODY), _BODY)
)
"""Has Juju tell the charm at once."""

_REFUSED = "the new workers cannot start"
_pipe: list[int] = []
"""While a reload waits: where its workers tell that they are ready, to read and to write."""


def on_starting(server: Any) -> None:
    """Note what the master runs with, for a reload that fails."""
    server.settled = server.cfg, dict(os.environ)
    if not getattr(server, "goes_back", False):
        _complain("")


def on_reload(server: Any) -> None:
    """Have the old workers stop later. Gunicorn calls this just before it forks the new ones."""
    before = frozenset(server.WORKERS)
    settled = getattr(server, "settled", None)
    # A master that listens somewhere else by now cannot go back to where the old ones do.
    is_here = settled is not None and settled[0].address == server.cfg.address
    server.settled = settled if is_here else None
    try:
        _pipe[:] = os.pipe()
    except OSError as error:
        server.log.warning("the old workers stop before the new ones are ready: %s", error)
        return

    def manage_workers() -> None:
        del server.manage_workers
        try:
            with signals_kept(_pipe[1]):
                _hand_over(server, frozenset(server.WORKERS) - before)
        except Exception as error:  # noqa: BLE001 - then it is as it is without this
            server.settled = None
            server.log.warning("the old workers stop before the new ones are ready: %r", error)
        finally:
            while _pipe:
                os.close(_pipe.pop())
        server.manage_workers()

    server.manage_workers = manage_workers


def post_fork(server: Any, _worker: Any) -> None:
    """Have the master go on if this worker cannot start, where others serve."""
    if _pipe and server.settled:
        server.WORKER_BOOT_ERROR = server.APP_LOAD_ERROR = 1


def post_worker_init(worker: Any) -> None:
    """Tell the master that this worker is ready."""
    if _pipe:
        with contextlib.suppress(OSError):  # it does not wait any more
            os.write(_pipe[1], _PID.pack(worker.pid))
        while _pipe:
            os.close(_pipe.pop())


def _hand_over(server: Any, fresh: frozenset[int]) -> None:
    refused = _cannot_start(server, fresh) or getattr(server, "refused", False)
    server.refused = False
    if refused and server.settled:
        _go_back(server)
        _renumber(server, leaving=fresh)
        server.log.error("%s: the old ones go on with what they have", _REFUSED)
    else:
        server.settled = server.cfg, dict(os.environ)
        _renumber(server, leaving=frozenset())
    _complain(_REFUSED if refused else "")


def _cannot_start(server: Any, fresh: frozenset[int]) -> bool:
    """Wait for the new workers, but not for ever nor when told to stop."""
    starting = set(fresh)
    deadline = time.monotonic() + (server.timeout or _UNLIMITED) + 1
    while starting and time.monotonic() < deadline:
        if select.select(_pipe[:1], (), (), 1.0)[0]:
            told = {pid for (pid,) in _PID.iter_unpack(os.read(_pipe[0], 1024 * _PID.size))}
            if 0 in told:
                return False
            starting -= told
        server.murder_workers()
        server.reap_workers()
        if starting - server.WORKERS.keys():
            return True
    return False


def _go_back(server: Any) -> None:
    """Give the master what it had before, or it would start each worker with what has failed."""
    server.app.cfg, environment = server.settled
    os.environ.clear()
    os.environ.update(environment)
    server.setup(server.app)
    server.log.reopen_files()
    # The file that is called was loaded by the settings from before: it knows of no reload.
    server.goes_back = True
    server.cfg.on_starting(server)
    server.goes_back = False


def _renumber(server: Any, leaving: frozenset[int]) -> None:
    """Have those that are to leave, and then the oldest, be the first that gunicorn stops.

    Newer ones do nothing else until all that are older than the reload have ended, for as long
    as requests may take: neither stop nor reload again. So none is older.
    """
    workers = sorted(server.WORKERS.values(), key=lambda one: (one.pid not in leaving, one.age))
    for worker in workers:
        server.worker_age += 1
        worker.age = server.worker_age


@contextlib.contextmanager
def signals_kept(tell: int) -> Generator[None]:
    """Keep what the master is told meanwhile, each once, and wake it up for all but a reload."""
    told: set[int] = set()

    def keep(number: int, _frame: Any) -> None:
        told.add(number)
        if number != signal.SIGHUP:
            os.write(tell, _NOBODY)

    before: dict[int, Callable[..., Any] | int | None] = {}
    try:
        for number in _SIGNALS:
            before[number] = signal.signal(number, keep)
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        for number in _SIGNALS:
            if number in told:
                signal.raise_signal(number)


def _complain(about: str) -> None:
    """Tell the charm what is wrong, or that nothing is any more; only what is news."""
    with contextlib.suppress(OSError):
        before = _COMPLAINT.read_text(encoding="utf-8") if _COMPLAINT.exists() else ""
        if about == before:
            return
        _COMPLAINT.write_text(about, encoding="utf-8")
        # Not by Pebble's own program: gunicorn takes any child that ends for a worker of its own.
        with socket.socket(socket.AF_UNIX) as pebble:
            pebble.settimeout(1)
            pebble.connect(os.environ.get("PEBBLE_SOCKET", _PEBBLE))
            pebble.sendall(_NOTICE)
            pebble.recv(1024)


def _forget_byte_code() -> None:
    """Remove what Python keeps of gunicorn's file, which it is reading.

    It would take that for current if the next text has the same length and is written in the
    same second, as two changes that come one after the other may have it.
    """
    with contextlib.suppress(OSError, NotImplementedError):
        cached = importlib.util.cache_from_source(str(_FOLDER / "gunicorn.conf.py"))
        pathlib.Path(cached).unlink()


_forget_byte_code()
