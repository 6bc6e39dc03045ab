"""Lets a threaded worker of older gunicorns finish what it has accepted before it ends.

No charm imports this file. It is put beside gunicorn's configuration in the container. Newer
gunicorns do this by themselves.

Told to stop, such a worker leaves its loop at once. Connections that it has accepted and not
read yet are closed without an answer, and so are those that are kept for the next request.
"""

from __future__ import annotations

import contextlib
import functools
import signal
import time
from typing import Any

_LINGER = 2.0
"""Seconds for a request that somebody may be sending already."""


def post_worker_init(worker: Any) -> None:
    """Have the worker drain when it is told to stop, if it is one of those."""
    is_threaded = all(hasattr(worker, name) for name in ("poller", "futures", "murder_keepalived"))
    if is_threaded and not hasattr(worker, "set_accept_enabled"):
        signal.signal(signal.SIGTERM, functools.partial(_leave, worker))


def _leave(worker: Any, *_: Any) -> None:
    if hasattr(worker, "drains_since"):
        return  # the master tells it once a second
    try:
        _drain(worker)
    except Exception:  # noqa: BLE001 - then it ends as it does without this
        worker.alive = False


def _drain(worker: Any) -> None:
    worker.drains_since = time.monotonic()
    for listener in worker.sockets:
        with contextlib.suppress(KeyError, ValueError):
            worker.poller.unregister(listener)
    worker.cfg.set("keepalive", 0)  # each answer ends its connection from now on
    close_idle = worker.murder_keepalived

    def look() -> None:
        """Gunicorn calls this in each turn of its loop."""
        close_idle()
        passed = time.monotonic() - worker.drains_since
        is_idle = passed > _LINGER and not worker.futures
        if is_idle or worker.nr_conns <= 0 or passed > worker.cfg.graceful_timeout:
            worker.alive = False

    worker.murder_keepalived = look
