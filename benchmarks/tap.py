"""Listens in on a socket of a running deployment, and cuts conversations off where it is told to.

The server's socket is moved aside and a relay takes its place, so that every call passes through
here: the charm's to Pebble, and its hook tools' to the runner's agent.
"""

from __future__ import annotations

import contextlib
import dataclasses
import pathlib
import select
import socket
import threading
import time
from collections.abc import Callable, Generator

from paas_app_charmer.local import runner_pebble, toolclient

from . import deployment

_CHUNK = 65536
READING_TOOLS = frozenset(
    {
        "action-get", "config-get", "credential-get", "goal-state", "is-leader", "juju-log",
        "network-get", "opened-ports", "relation-get", "relation-ids", "relation-list",
        "relation-model-get", "resource-get", "secret-get", "secret-ids", "secret-info-get",
        "state-get", "status-get", "unit-get",
    }
)  # fmt: skip
"""Hook tools that change nothing; a line of the log counts as nothing too."""

OF_THE_RUNNER = ("GET /v1/notices", "GET /v1/logs")
"""Requests by which the runner follows Pebble, and no charm does."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Calls:
    """What a charm has asked for, in order."""

    pebble: list[str] = dataclasses.field(default_factory=list[str])
    """Method and path of each request."""
    tools: list[str] = dataclasses.field(default_factory=list[str])
    """Name of each hook tool."""

    def writes(self) -> list[str]:
        """Return the calls that change something, or may."""
        return [
            *(call for call in self.pebble if not call.startswith("GET ")),
            *(tool for tool in self.tools if tool not in READING_TOOLS),
        ]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Cut:
    """How a conversation ends before its time."""

    asked: bool = True
    """Whether the server hears of the request at all, and so does what it asks for."""
    answer: int = 0
    """Bytes of the answer that still arrive."""
    delay: float = 0.0
    """Seconds before anything is said."""


Take = Callable[[bytes], "Cut | None"]
"""Is given the beginning of each conversation, and returns how it ends if that is too soon."""


class Tap:
    """Takes the place of a socket and passes on what is said there, until it is closed.

    Conversations that were there before stay as they are.
    """

    def __init__(self, path: pathlib.Path, take: Take) -> None:
        self._path = path
        self._aside = path.with_suffix(".aside")
        self._take = take
        self._listener = socket.socket(socket.AF_UNIX)
        path.rename(self._aside)
        with runner_pebble.short_name(path) as name:
            self._listener.bind(name)
        self._listener.listen(64)
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Put the server's socket back."""
        with contextlib.suppress(FileNotFoundError):  # it went with the server
            self._aside.replace(self._path)
        # A close alone does not wake the thread that waits in accept.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._relay, args=(client,), daemon=True).start()

    def _relay(self, client: socket.socket) -> None:
        """Carry bytes both ways; the charm's libraries open a connection for each call."""
        server = socket.socket(socket.AF_UNIX)
        with client, server, contextlib.suppress(OSError):
            head = client.recv(_CHUNK)
            cut = self._take(head)
            if cut is not None:
                time.sleep(cut.delay)
            if cut is not None and not cut.asked:
                return
            with runner_pebble.short_name(self._aside) as name:
                server.connect(name)
            server.sendall(head)
            _carry(client, server, None if cut is None else cut.answer)


def _carry(client: socket.socket, server: socket.socket, left: int | None) -> None:
    other = {client: server, server: client}
    while True:
        for side in select.select([client, server], [], [])[0]:
            chunk = side.recv(_CHUNK)
            if not chunk:
                return
            if side is server and left is not None:
                client.sendall(chunk[:left])
                left -= len(chunk)
                if left <= 0:
                    return
            else:
                other[side].sendall(chunk)


def request(head: bytes) -> str:
    """Return method and path of a request to Pebble, empty for one of the runner's own."""
    said = head.partition(b"\r\n")[0].decode().removesuffix(" HTTP/1.1")
    return "" if said.startswith(OF_THE_RUNNER) else said


def tool(head: bytes) -> tuple[str, str]:
    """Return the hook that calls a hook tool, and the tool."""
    # The frame's length stands before its fields: the context, the tool, its arguments.
    hook, name, *_ = toolclient.decode(head[4:])
    return hook, name


@contextlib.contextmanager
def listen(to: deployment.Deployment, unit: str, container: str) -> Generator[Calls]:
    """Hear all calls of the one unit that is there, from now to the end of the block."""
    calls = Calls()
    state = to.folder / ".paas"
    pebble = state / "units" / unit.replace("/", "-") / "containers" / container / "pebble.socket"

    def take_request(head: bytes) -> None:
        said = request(head)
        if said:
            calls.pebble.append(said)

    def take_tool(head: bytes) -> None:
        calls.tools.append(tool(head)[1])

    with (
        contextlib.closing(Tap(pebble, take_request)),
        contextlib.closing(Tap(state / "agent.socket", take_tool)),
    ):
        yield calls
