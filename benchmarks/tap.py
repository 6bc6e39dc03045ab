"""Listens in on a socket of a running deployment, without standing in for anybody.

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


@contextlib.contextmanager
def listen(to: deployment.Deployment, unit: str, container: str) -> Generator[Calls]:
    """Hear all calls of the one unit that is there, from now to the end of the block."""
    calls = Calls()
    state = to.folder / ".paas"
    pebble = state / "units" / unit.replace("/", "-") / "containers" / container / "pebble.socket"

    def take_request(head: bytes) -> None:
        request = head.partition(b"\r\n")[0].decode().removesuffix(" HTTP/1.1")
        if not request.startswith(OF_THE_RUNNER):
            calls.pebble.append(request)

    def take_tool(head: bytes) -> None:
        # The frame's length stands before its fields: the context, the tool, its arguments.
        calls.tools.append(toolclient.decode(head[4:])[1])

    with _tapped(pebble, take_request), _tapped(state / "agent.socket", take_tool):
        yield calls


@contextlib.contextmanager
def _tapped(path: pathlib.Path, take: Callable[[bytes], None]) -> Generator[None]:
    aside = path.with_suffix(".aside")
    path.rename(aside)
    listener = socket.socket(socket.AF_UNIX)
    with runner_pebble.short_name(path) as name:
        listener.bind(name)
    listener.listen(64)
    threading.Thread(target=_accept, args=(listener, aside, take), daemon=True).start()
    try:
        yield
    finally:
        aside.replace(path)
        # A close alone does not wake the thread that waits in accept.
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def _accept(listener: socket.socket, server: pathlib.Path, take: Callable[[bytes], None]) -> None:
    while True:
        try:
            client, _ = listener.accept()
        except OSError:
            return
        threading.Thread(target=_relay, args=(client, server, take), daemon=True).start()


def _relay(client: socket.socket, path: pathlib.Path, take: Callable[[bytes], None]) -> None:
    """Carry bytes both ways; the charm's libraries open a connection for each call."""
    server = socket.socket(socket.AF_UNIX)
    other = {client: server, server: client}
    with client, server, contextlib.suppress(OSError):
        with runner_pebble.short_name(path) as name:
            server.connect(name)
        head = client.recv(_CHUNK)
        take(head)
        server.sendall(head)
        while True:
            for side in select.select([client, server], [], [])[0]:
                chunk = side.recv(_CHUNK)
                if not chunk:
                    return
                other[side].sendall(chunk)
