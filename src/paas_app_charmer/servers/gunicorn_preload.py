"""Lets a gunicorn that loads the application before it forks (``--preload``) take a reload.

No charm imports this file. It is put beside gunicorn's configuration in the container.

Such a master has the application in its own memory and cannot load it again. So it begins anew:
the same program in the same process, on the same sockets. Its workers serve on meanwhile and
stop when theirs are ready. Another process tries before whether the application can be loaded.
"""

from __future__ import annotations

import os
import pathlib
import runpy
import select
import signal
import sys
import time
import types
from typing import Any

_FORMER = "PAAS_FORMER_WORKERS"
_TELL = "PAAS_TELL_LOADED"
_LIMIT = 300.0
"""Seconds, as for the check of the charm that came before."""
_LOADED = b"1"

# Here, so that the application, which is loaded after this file, sees neither.
_former = [int(pid) for pid in os.environ.pop(_FORMER, "").split()]
_tell = os.environ.pop(_TELL, "")

_handover = runpy.run_path(str(pathlib.Path(__file__).with_name("gunicorn_handover.py")))


def on_starting(_server: Any) -> None:
    """End here where this is only tried: the application is loaded by now."""
    if _tell:
        os.write(int(_tell), _LOADED)
        os._exit(0)


def when_ready(server: Any) -> None:
    """Go on as in a reload if the process had workers before."""
    if not _former:
        return
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGHUP})
    server.maybe_promote_master()  # or the workers would see how it came to its sockets
    server.WORKERS.update((pid, _stand_in(server, pid)) for pid in _former)
    _former.clear()
    server.begins_anew = True
    server.cfg.on_reload(server)
    server.begins_anew = False
    for _ in range(server.num_workers):
        server.spawn_worker()


def on_reload(server: Any) -> None:
    """Begin anew. This returns only where that is not wanted or not possible."""
    if not server.cfg.preload_app or getattr(server, "begins_anew", False):
        return
    loads: bool | None = False
    try:
        loads = _loads(server)
        if loads:
            _begin_anew(server)
    except Exception as error:  # noqa: BLE001 - its workers serve
        server.log.warning("gunicorn cannot begin anew: %r", error)
    server.refused = loads is not None


def _loads(server: Any) -> bool | None:
    """Return whether the application can be loaded; None if the master is to stop."""
    reader, writer = os.pipe()
    try:
        with _handover["signals_kept"](writer):
            # As gunicorn calls a child that is not a worker; it is 0 when that has ended.
            server.reexec_pid = os.fork()
            if not server.reexec_pid:
                _try_to_load(server, writer)
            told = _wait(server, reader)
    finally:
        os.close(reader)
        os.close(writer)
    if server.reexec_pid and told != _LOADED:
        os.kill(server.reexec_pid, signal.SIGKILL)
    return None if told and told != _LOADED else bool(told)


def _try_to_load(server: Any, writer: int) -> None:
    try:
        os.set_inheritable(writer, True)  # noqa: FBT003 - Python's own
        _execute(server, {**os.environ, _TELL: str(writer)})
    finally:
        os._exit(1)


def _wait(server: Any, reader: int) -> bytes:
    """Return what is told first, nothing if the process ends or takes too long."""
    deadline = time.monotonic() + _LIMIT
    while server.reexec_pid and time.monotonic() < deadline:
        if select.select([reader], (), (), 0.2)[0]:
            return os.read(reader, 1)
        server.murder_workers()
        server.reap_workers()
    return b""


def _begin_anew(server: Any) -> None:
    environment = {**os.environ, _FORMER: " ".join(map(str, server.WORKERS))}
    if server.LISTENERS:
        # How gunicorn itself hands its sockets over, at SIGUSR2.
        environment["GUNICORN_PID"] = str(os.getpid())
        environment["GUNICORN_FD"] = ",".join(str(one.fileno()) for one in server.LISTENERS)
    # The next reload waits until there is somebody who hears it, a stop does not.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGHUP})
    try:
        _execute(server, environment)
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGHUP})
        os.chdir(server.cfg.chdir)


def _execute(server: Any, environment: dict[str, str]) -> None:
    os.chdir(server.START_CTX["cwd"])
    # Gunicorn's own notion of the command is wrong where it was started by `python -m`.
    command = [sys.executable, *sys.orig_argv[1:]]
    os.execve(sys.executable, command, environment)  # noqa: S606 - what runs already


def _stand_in(server: Any, pid: int) -> Any:
    """Return what gunicorn needs to know of a worker that it did not start in this life."""
    # Nobody hears whether it is stuck, so it is taken for that some time after it has to be gone.
    seen = time.monotonic() + server.cfg.graceful_timeout
    heart = types.SimpleNamespace(last_update=lambda: seen, close=lambda: None)
    return types.SimpleNamespace(pid=pid, age=0, aborted=False, tmp=heart)
