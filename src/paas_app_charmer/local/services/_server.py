"""A server process: its log, whether it is ready, and its end."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import threading
import typing

from paas_app_charmer.local import errors

if typing.TYPE_CHECKING:
    from collections.abc import Callable

_READY_WITHIN = 20.0


class Server:
    """A process that writes its log to stdout, among it a line by which it says that it is ready.

    Nobody has to poll, and a port that somebody else has taken cannot be mistaken for ours.
    """

    def __init__(
        self,
        name: str,
        process: subprocess.Popen[bytes],
        *,
        ready: str,
        log: Callable[[str], None],
        stop_with: signal.Signals = signal.SIGTERM,
    ) -> None:
        self._name = name
        self._process = process
        self._ready = ready
        self._log = log
        self._stop_with = stop_with
        self._settled = threading.Event()
        self._last_line = ""
        self._reader = threading.Thread(target=self._read, name=f"{name}-log", daemon=True)
        self._reader.start()

    def wait_ready(self, within: float = _READY_WITHIN) -> None:
        """Wait until it accepts requests. Raises LocalError with its last line."""
        self._settled.wait(within)
        if not self._settled.is_set() or not self.alive():
            self.stop()
            raise errors.LocalError(
                f"{self._name} did not start: {self._last_line or 'no reason'}"
            )

    def alive(self) -> bool:
        """Tell whether it runs."""
        return self._process.poll() is None

    def stop(self, timeout: float = 1.5) -> None:
        """End it."""
        if self.alive():
            self._process.send_signal(self._stop_with)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout)
        if self.alive():
            self._process.kill()
        self._process.wait()
        self._reader.join(timeout)

    def _read(self) -> None:
        assert self._process.stdout  # noqa: S101  for the type checker; whoever starts it asks for a pipe
        for raw in self._process.stdout:
            line = raw.decode(errors="replace").rstrip()
            self._last_line = line
            self._log(line)
            if self._ready in line:
                self._settled.set()
        # It has closed its output: whoever waits for it to be ready need not wait any longer.
        self._process.wait()
        self._settled.set()
