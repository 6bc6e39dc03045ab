"""The control socket: how every other command talks to the runner of a project.

One connection carries one request, as lines of JSON: the client sends `{"version", "request",
"arguments"}`; the runner answers with any number of `{"event": ...}` and ends with one
`{"answer": ...}` or `{"refused": "one line for the user"}`.
"""

from __future__ import annotations

import contextlib
import json
import socket
import typing

from . import errors, toolclient

if typing.TYPE_CHECKING:
    import collections.abc
    import pathlib

VERSION = 1
SOCKET = "control.socket"

Json: typing.TypeAlias = typing.Any
OnEvent: typing.TypeAlias = "collections.abc.Callable[[Json], None]"


class Refused(errors.LocalError):
    """A request that was not served; its text is the one line that the user sees."""


class NotRunning(Refused):
    """No runner listens in this project."""


def _ignore(_: Json) -> None:
    pass


def ask(
    state: pathlib.Path, request: str, /, *, on_event: OnEvent = _ignore, **arguments: Json
) -> Json:
    """Send one request to the runner that owns the folder `state` and return its answer.

    Raises Refused with the runner's own words, and NotRunning when nobody listens.
    """
    with connection(state) as channel, channel.makefile("rw", encoding="utf-8") as stream:
        write(stream, {"version": VERSION, "request": request, "arguments": arguments})
        for line in stream:
            message = json.loads(line)
            if "answer" in message:
                return message["answer"]
            if "refused" in message:
                raise Refused(message["refused"])
            if message["event"] is not None:  # which only asks whether we still listen
                on_event(message["event"])
    raise NotRunning("the runner stopped before it answered; see `paas-app-charmer logs`")


@contextlib.contextmanager
def connection(state: pathlib.Path) -> collections.abc.Generator[socket.socket]:
    """Connect to the runner of `state`."""
    channel = socket.socket(socket.AF_UNIX)
    try:
        toolclient.connect(channel, str(state / SOCKET))
    except OSError:
        channel.close()
        raise NotRunning("not running: start it with `paas-app-charmer run`") from None
    with channel:
        yield channel


def write(stream: typing.TextIO, message: Json) -> None:
    """Send one message."""
    stream.write(json.dumps(message) + "\n")
    stream.flush()
