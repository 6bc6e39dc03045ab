"""What the processes other than the web server have in common: log lines and an orderly end."""

from __future__ import annotations

import logging
import signal
import sys
import threading


def log_to_stdout() -> None:
    """Write log lines where the service manager collects them."""
    logging.basicConfig(
        stream=sys.stdout, level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s"
    )


def stop_signal() -> threading.Event:
    """Return an event that is set when the service manager asks this process to end.

    Waiting on it instead of sleeping lets a process stop between two jobs, never within one.
    """
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop
