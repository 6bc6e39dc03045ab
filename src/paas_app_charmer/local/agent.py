"""The socket that hook tools and zygotes talk to."""

from __future__ import annotations

import contextlib
import pathlib
import shlex
import socket
import threading
from collections.abc import Callable

from . import context, hooktools, sockets, toolclient

ZYGOTE = "zygote"
_SHEBANG = 127
"""Bytes that any Linux reads of a program's first line."""
_START = """\
import sys
sys.path.insert(0, {folder!r})
import toolclient
toolclient.main(sys.argv{rest})
"""


class Agent:
    """Serves one thread per connection; a tool runs under the lock of the engine."""

    def __init__(
        self,
        *,
        directory: pathlib.Path,
        python: str,
        lock: threading.Condition,
        on_change: Callable[[], None],
    ) -> None:
        self.address = str(directory / "agent.socket")
        self.tools = directory / "tools"
        self._lock = lock
        self.on_zygote: Callable[[str, socket.socket], None] = _refuse
        self._on_change = on_change
        self._contexts: dict[str, context.Context] = {}
        self._listener: socket.socket | None = None
        _write_tools(self.tools, python)

    def start(self) -> None:
        self._listener = sockets.listen(pathlib.Path(self.address))
        threading.Thread(target=self._accept, name="agent", daemon=True).start()

    def stop(self) -> None:
        if self._listener is not None:
            # A close alone does not wake the thread that waits in accept.
            with contextlib.suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
        pathlib.Path(self.address).unlink(missing_ok=True)

    def open(self, hook: context.Context) -> None:
        """Let tools act for this hook until `close`."""
        self._contexts[hook.id] = hook

    def close(self, hook: context.Context) -> None:
        self._contexts.pop(hook.id, None)

    def _accept(self) -> None:
        listener = self._listener
        while listener is not None:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError):
            fields = toolclient.receive(connection.recv)
            if fields and fields[0] == ZYGOTE:
                self.on_zygote(fields[1], connection)
                return
            if fields:
                changed, *answer = self._answer(fields)
                connection.sendall(toolclient.encode(map(str, answer)))
                if changed:
                    self._on_change()
        connection.close()

    def _answer(self, fields: list[str]) -> tuple[bool, int, str, str]:
        identifier, tool, count, *rest = fields
        argv, named = rest[: int(count)], rest[int(count) :]
        files = dict(zip(named[::2], named[1::2], strict=True))
        with self._lock:
            hook = self._contexts.get(identifier)
            if hook is None:
                return False, 1, "", "ERROR no hook is running in this context\n"
            answer = hooktools.answer(hook, tool, argv, files)
            changed, hook.changed_now = hook.changed_now, False
        return changed, *answer


def _write_tools(directory: pathlib.Path, python: str) -> None:
    """Make the directory for PATH: one program, and a link to it for each tool.

    What it runs is a module, for Python keeps the byte code of modules only.
    """
    folder = directory / ".client"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "toolclient.py").write_text(pathlib.Path(toolclient.__file__).read_text())
    program = directory / ".toolclient"
    program.write_text(_program(python, folder))
    program.chmod(0o755)
    for name in hooktools.NAMES:
        link = directory / name
        if not link.is_symlink():
            link.symlink_to(program.name)


def _program(python: str, folder: pathlib.Path) -> str:
    first = f"#!{python} -IS\n"
    if " " not in python and len(first.encode()) <= _SHEBANG:
        return first + _START.format(folder=str(folder), rest="")
    # A shell has to start the interpreter, which takes a little longer.
    script = folder / "start.py"
    script.write_text(_START.format(folder=str(folder), rest="[1:]"))
    return f'#!/bin/sh\nexec {shlex.join([python, "-IS", str(script)])} "$0" "$@"\n'


def _refuse(unit: str, connection: socket.socket) -> None:
    del unit
    connection.close()
