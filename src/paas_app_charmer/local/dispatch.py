"""Run one hook of one unit: as a process of its own, or as a child of the unit's zygote."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import pathlib
import signal
import socket
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import IO, TYPE_CHECKING, Protocol

from . import toolclient

if TYPE_CHECKING:
    from . import api

_TAIL_LINES = 20
_CONNECT_SECONDS = 20
_GRACE_SECONDS = 0.5
"""How long output is awaited after a hook's end: a daemon of its may hold the pipe open."""

OnLine = Callable[[str], None]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Outcome:
    code: int | None
    """None when the hook was cut short by `interrupt`."""
    tail: tuple[str, ...]
    """The last lines it printed."""


class Dispatch(Protocol):
    def warm(self) -> None:
        """Get ready in the background."""
        ...

    def run(self, variables: Mapping[str, str], on_line: OnLine) -> Outcome: ...

    def interrupt(self) -> None:
        """End the running hook, if there is one, and be of no more use."""
        ...


class Plain:
    """The charm's `dispatch`, or src/charm.py, as one process a hook."""

    def __init__(self, *, spawn: api.Spawn, python: str) -> None:
        self._spawn = spawn
        self._python = python
        self._process: subprocess.Popen[bytes] | None = None
        self._interrupted = False

    def warm(self) -> None:
        return

    def run(self, variables: Mapping[str, str], on_line: OnLine) -> Outcome:
        program = [self._python, "src/charm.py"]
        if has_own_dispatch(pathlib.Path(variables["JUJU_CHARM_DIR"])):
            program = ["./dispatch"]
            variables = {key: variables[key] for key in variables.keys() - {"PYTHONPATH"}}
        # A spawn function has no working directory, as it may enter another mount namespace.
        change = 'cd "$JUJU_CHARM_DIR" && exec "$@"'
        process = self._spawn(["/bin/sh", "-c", change, "sh", *program], variables)
        self._process = process
        output = _Output(on_line, process.stdout, process.stderr)
        code = process.wait()
        tail = output.finish()
        self._process = None
        return Outcome(code=None if self._interrupted else code, tail=tail)

    def interrupt(self) -> None:
        self._interrupted = True
        if self._process is not None:
            kill(self._process)


class Zygote:
    """Forks a hook off a process that has ops imported; falls back to `Plain` if there is none."""

    def __init__(
        self, *, unit: str, address: str, spawn: api.Spawn, python: str, on_line: OnLine
    ) -> None:
        self._unit = unit
        self._address = address
        self._spawn = spawn
        self._python = python
        self._on_line = on_line
        self._plain = Plain(spawn=spawn, python=python)
        self._process: subprocess.Popen[bytes] | None = None
        self._connection: socket.socket | None = None
        self._connected = threading.Event()
        self._interrupted = False

    def warm(self) -> None:
        if self._process is not None or self._interrupted:
            return
        program = str(pathlib.Path(__file__).with_name("zygote.py"))
        variables = {"PATH": os.defpath, "LANG": "C.UTF-8"}
        argv = [self._python, "-I", program, self._unit, self._address]
        self._process = self._spawn(argv, variables)
        _Output(self._on_line, self._process.stdout, self._process.stderr)

    def attach(self, connection: socket.socket) -> None:
        """Take the connection that the process has made to the agent."""
        self._connection = connection
        self._connected.set()

    def run(self, variables: Mapping[str, str], on_line: OnLine) -> Outcome:
        if has_own_dispatch(pathlib.Path(variables["JUJU_CHARM_DIR"])) or not self._ready():
            return self._plain.run(variables, on_line)
        connection = self._connection
        if connection is None or self._interrupted:
            return Outcome(code=None, tail=())
        out, error = os.pipe(), os.pipe()
        pairs = [f"{key}={value}" for key, value in variables.items()]
        frame = toolclient.encode((str(len(pairs)), *pairs, "src/charm.py"))
        output = _Output(on_line, os.fdopen(out[0], "rb"), os.fdopen(error[0], "rb"))
        reply: list[str] | None = None
        with contextlib.suppress(OSError):
            try:
                # A frame's first bytes carry the descriptors, the rest may take several sends.
                sent = socket.send_fds(connection, [frame], [out[1], error[1]])
                connection.sendall(frame[sent:])
            finally:
                os.close(out[1])
                os.close(error[1])
            reply = toolclient.receive(connection.recv)
        return Outcome(code=int(reply[0]) if reply else None, tail=output.finish())

    def interrupt(self) -> None:
        self._interrupted = True
        self._plain.interrupt()
        if self._connection is not None:
            with contextlib.suppress(OSError):
                self._connection.shutdown(socket.SHUT_RDWR)
            self._connection.close()
        if self._process is not None:
            # It ends its child's session, which is not its own, and then itself.
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(_GRACE_SECONDS)
            kill(self._process)

    def _ready(self) -> bool:
        """Wait for the process to connect; one that has ended is started once more."""
        if self._process is not None and self._process.poll() is not None:
            self._process, self._connection = None, None
            self._connected.clear()
        self.warm()
        process = self._process
        deadline = time.monotonic() + _CONNECT_SECONDS
        while process is not None and process.poll() is None and time.monotonic() < deadline:
            if self._connected.wait(0.1):
                return True
        if not self._interrupted:
            self._on_line("the zygote did not start; this hook runs as a process of its own")
        return False


def has_own_dispatch(charm: pathlib.Path) -> bool:
    return os.access(charm / "dispatch", os.X_OK)


def kill(process: subprocess.Popen[bytes]) -> None:
    """End a process and its group, and reap it."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    with contextlib.suppress(Exception):
        process.wait(timeout=1)


class _Output:
    """Reads a hook's standard output and error line by line, and keeps the end of each."""

    def __init__(self, on_line: OnLine, out: IO[bytes] | None, error: IO[bytes] | None) -> None:
        self._on_line = on_line
        self._out: deque[str] = deque(maxlen=_TAIL_LINES)
        self._error: deque[str] = deque(maxlen=_TAIL_LINES)
        self._threads = [
            threading.Thread(target=self._read, args=(stream, tail), daemon=True)
            for stream, tail in ((out, self._out), (error, self._error))
            if stream is not None
        ]
        for thread in self._threads:
            thread.start()

    def finish(self) -> tuple[str, ...]:
        """Return the end of what was said: of standard error if anything was."""
        for thread in self._threads:
            thread.join(_GRACE_SECONDS)
        return tuple(self._error or self._out)

    def _read(self, stream: IO[bytes], tail: deque[str]) -> None:
        with contextlib.suppress(ValueError, OSError), stream:
            for line in stream:
                text = line.decode("utf-8", "replace").rstrip("\n")
                tail.append(text)
                self._on_line(text)
