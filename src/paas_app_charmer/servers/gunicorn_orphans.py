"""Lets gunicorn's workers end with a master that is killed, so that the next one can serve.

No charm imports this file. It is put beside gunicorn's configuration in the container. What is
wrong with it costs a worker this and never the site.

A master that is killed tells nobody. Its workers would go on with the port, and with the log by
which Pebble sees whether the service still runs: nothing could start another master.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import os
import signal
from typing import Any

_PR_SET_PDEATHSIG = 1
"""From Linux's prctl.h: which signal this process gets when its parent ends."""
_ORPHANED = signal.SIGRTMAX
"""No other one: gunicorn has a use for most, and applications for some of the rest."""


try:
    # Here, so that the master does it once for all workers.
    _prctl: Any = importlib.import_module("ctypes").CDLL(None).prctl
except Exception:  # noqa: BLE001 - not every Python can call C
    _prctl = None


def post_fork(_server: Any, worker: Any) -> None:
    """Have this worker killed with its master while it has no request to finish."""
    if _prctl is None:
        worker.log.warning("this worker would outlive a master that is killed: no ctypes")
    else:
        _ask_for(signal.SIGKILL, worker)


def post_worker_init(worker: Any) -> None:
    """Have this worker leave when its master ends, and finish what is in flight.

    The kernel is asked anew, because it forgets what it was asked before a change of user.
    """
    if _prctl is not None:
        signal.signal(_ORPHANED, functools.partial(_leave, worker))
        _ask_for(_ORPHANED, worker)


def _ask_for(number: int, worker: Any) -> None:
    _prctl(_PR_SET_PDEATHSIG, number)
    if os.getppid() != worker.ppid:
        os.kill(os.getpid(), number)  # it had ended before the kernel was asked


def _leave(worker: Any, *_: Any) -> None:
    try:
        _finish(worker)
    except Exception:  # noqa: BLE001 - a worker that stays would keep the next master from serving
        os._exit(1)


def _finish(worker: Any) -> None:
    # Gunicorn would end it at once, with what is in flight, when it saw that the parent changed.
    worker.ppid = os.getppid()
    # There is no master to end it, should a request never end.
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(max(1, worker.cfg.graceful_timeout))
    signal.raise_signal(signal.SIGTERM)
    _stop_listening(worker)
    # Pebble takes the service for running for as long as anybody can write to its log.
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)


def _stop_listening(worker: Any) -> None:
    if hasattr(worker, "set_accept_enabled"):  # threads of newer ones would trip over it
        worker.set_accept_enabled(False)
    for listener in worker.sockets:
        # For all who share it: a worker that is too busy to hear the signal does not keep the
        # port. Closed, it could not be asked for its address, which requests are told.
        with contextlib.suppress(OSError):
            listener.shutdown(2)
