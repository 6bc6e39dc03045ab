"""`loki_push_api`: takes the log lines that Pebble forwards, keeps them and hands them on."""

from __future__ import annotations

import contextlib
import datetime as dt
import http
import http.server
import json
import threading
import typing

from paas_app_charmer.local import ports

from . import Context, Offer, Request

if typing.TYPE_CHECKING:
    from collections.abc import Callable, Iterator

REMOTE = "loki-k8s"

_PUSH = "/loki/api/v1/push"
_READY = "/ready"
_FILE = "forwarded.log"
_LARGEST_PUSH = 16_000_000


class LogSink:
    """The part of Loki that takes lines in."""

    def __init__(self, context: Context, port: int) -> None:
        self._lock = threading.Lock()
        self._file = (context.folder / _FILE).open("a", encoding="utf-8", buffering=1)
        self._log = context.log
        self._server = _Server((ports.LOOPBACK, port), _Receiver)
        self._server.take = self._take
        self._port = port
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), daemon=True
        )
        self._thread.start()

    @property
    def description(self) -> str:
        """What runs where."""
        return f"log sink on {ports.LOOPBACK}:{self._port}, written to {self._file.name}"

    def offer(self, request: Request) -> Offer:  # noqa: ARG002  the same for everybody
        """Tell where it is."""
        return address(f"http://{ports.LOOPBACK}:{self._port}{_PUSH}")

    def withdraw(self, relation_id: int) -> None:
        """Keep the lines."""

    def alive(self) -> bool:
        """Tell whether it still listens."""
        return self._thread.is_alive()

    def stop(self, timeout: float = 1.5) -> None:
        """End it."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout)
        self._file.close()

    def _take(self, line: str) -> None:
        with self._lock:
            self._file.write(f"{line}\n")
        self._log(line)


def address(url: str) -> Offer:
    """Return the databag that leads to a log service."""
    return Offer(units={f"{REMOTE}/0": {"endpoint": json.dumps({"url": url})}})


def start(context: Context) -> LogSink:
    """Start it; at once."""
    context.folder.mkdir(parents=True, exist_ok=True)
    return LogSink(context, ports.remembered(context.folder / "port"))


def lines(push: object) -> Iterator[str]:
    """Yield each line of a push in Loki's JSON form, with its time, unit and service.

    Raises KeyError, TypeError or ValueError if it has another form.
    """
    body: typing.Any = push
    for stream in body["streams"]:
        labels = stream["stream"]
        origin = " ".join(
            labels[label] for label in ("juju_unit", "pebble_service") if label in labels
        )
        for nanoseconds, text in stream["values"]:
            moment = dt.datetime.fromtimestamp(int(nanoseconds) / 1e9, dt.timezone.utc)
            yield f"{moment:%Y-%m-%dT%H:%M:%S.%fZ} {origin} {text}"


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    take: Callable[[str], None]


class _Receiver(http.server.BaseHTTPRequestHandler):
    server: _Server  # pyright: ignore[reportIncompatibleVariableOverride]  no other one uses it
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        known = self.path == _READY
        self._answer(http.HTTPStatus.OK if known else http.HTTPStatus.NOT_FOUND)

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        if self.path != _PUSH or length > _LARGEST_PUSH:
            self.close_connection = True
            self._answer(http.HTTPStatus.NOT_FOUND)
            return
        body = self.rfile.read(length)
        try:
            for line in lines(json.loads(body)):
                self.server.take(line)
        except (KeyError, TypeError, ValueError):
            # Compressed protobuf is Loki's other form; Pebble never sends it.
            self._answer(
                http.HTTPStatus.BAD_REQUEST, b"only Loki's JSON form is understood here\n"
            )
            return
        self._answer(http.HTTPStatus.NO_CONTENT)

    def _answer(self, status: http.HTTPStatus, text: bytes = b"") -> None:
        with contextlib.suppress(OSError):
            self.send_response(status)
            if status is not http.HTTPStatus.NO_CONTENT:
                self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class's name
        """Keep quiet: a request per batch of lines is of no interest."""
