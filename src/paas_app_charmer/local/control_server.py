"""The runner's end of the control socket: one thread for each connection."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import typing

from . import api, control, errors, sockets

if typing.TYPE_CHECKING:
    import collections.abc
    import pathlib

Answer: typing.TypeAlias = (
    "collections.abc.Callable[[str, dict[str, control.Json], control.OnEvent], control.Json]"
)

REFUSALS = (errors.LocalError, api.EngineError)
"""What the parts of the runner raise for the user to read."""
ANY_VERSION = frozenset({"down"})
"""What a newer or older command may still ask, so that it can always stop a runner."""


class Server:
    """Listens in the folder `state` and lets `answer` serve each request.

    `answer` gets the request's name, its arguments and a function that sends an event. It refuses
    by raising one of REFUSALS. When the other side hangs up, that function raises ConnectionError.
    """

    def __init__(self, state: pathlib.Path, answer: Answer) -> None:
        self._state = state
        self._answer = answer
        self._listener: socket.socket | None = None

    def start(self) -> None:
        """Listen, and replace the socket of an earlier runner: the lock says that it is gone."""
        self._listener = sockets.listen(self._state / control.SOCKET)
        accept = threading.Thread(
            target=self._accept, args=(self._listener,), name="control", daemon=True
        )
        accept.start()

    def close(self) -> None:
        """Stop listening; requests in progress go on."""
        (self._state / control.SOCKET).unlink(missing_ok=True)
        if self._listener is not None:
            self._listener.close()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                channel, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(channel,), daemon=True).start()

    def _serve(self, channel: socket.socket) -> None:
        # The client may go away at any time, for example with Ctrl-C in `logs -f`.
        with (
            contextlib.suppress(ConnectionError, ValueError),
            channel,
            channel.makefile("rw", encoding="utf-8") as stream,
        ):
            control.write(stream, self._reply(stream))

    def _reply(self, stream: typing.TextIO) -> control.Json:
        message: dict[str, control.Json] = json.loads(stream.readline() or "{}")
        version, request = message.get("version"), message.get("request")
        if version != control.VERSION and request not in ANY_VERSION:
            return {
                "refused": f"the runner speaks version {control.VERSION} of the control protocol, "
                f"this command version {version}: `paas-app-charmer down`, then run it again"
            }

        def emit(event: control.Json) -> None:
            control.write(stream, {"event": event})

        try:
            return {"answer": self._answer(str(request), message.get("arguments", {}), emit)}
        except REFUSALS as refusal:
            return {"refused": str(refusal)}
        except ConnectionError:
            raise
        except Exception as defect:  # noqa: BLE001  the client must hear of it and others be served
            return {"refused": f"the runner failed on {request!r}: {defect!r}"}
