"""A small HTTP server for services of our own, whose answers are values."""

from __future__ import annotations

import contextlib
import dataclasses
import gzip
import http
import http.server
import io
import threading
import typing
import urllib.parse
import zlib

from paas_app_charmer.local import ports

if typing.TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import TypeAlias

    Respond: TypeAlias = Callable[["Asked"], "Answer"]

LARGEST = 16_000_000
"""Bytes in the body of a request."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Asked:
    """A request, its body unpacked."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = dataclasses.field(default_factory=dict[str, str], repr=False)
    """By name in lower case."""
    body: bytes = dataclasses.field(default=b"", repr=False)

    def parameters(self) -> dict[str, str]:
        """Return what stands behind the question mark."""
        return dict(urllib.parse.parse_qsl(self.query, keep_blank_values=True))

    def form(self) -> dict[str, str]:
        """Return the fields of a form in the body."""
        text = self.body.decode("utf-8", "replace")
        return dict(urllib.parse.parse_qsl(text, keep_blank_values=True))


@dataclasses.dataclass(frozen=True, kw_only=True)
class Answer:
    """What is sent back."""

    status: int = http.HTTPStatus.OK
    type: str = "text/plain; charset=utf-8"
    body: bytes = b""
    headers: Mapping[str, str] = dataclasses.field(default_factory=dict[str, str])


class Web:
    """Serves on a port of loopback, a thread for each connection, until it is stopped."""

    def __init__(self, port: int, respond: Respond) -> None:
        self._server = _Server((ports.LOOPBACK, port), _Receiver)
        self._server.respond = respond
        self.url = f"http://{ports.LOOPBACK}:{port}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), daemon=True
        )
        self._thread.start()

    def alive(self) -> bool:
        """Tell whether it still listens."""
        return self._thread.is_alive()

    def stop(self, timeout: float = 1.5) -> None:
        """End it."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout)


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    respond: Respond


class _Receiver(http.server.BaseHTTPRequestHandler):
    server: _Server  # pyright: ignore[reportIncompatibleVariableOverride]  no other one uses it
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def _serve(self) -> None:
        address = urllib.parse.urlsplit(self.path)
        try:
            body = _unpacked(self._body(), self.headers.get("Content-Encoding", ""))
        except ValueError as error:
            self.close_connection = True
            self._send(Answer(status=http.HTTPStatus.BAD_REQUEST, body=f"{error}\n".encode()))
            return
        asked = Asked(
            method=self.command,
            path=address.path,
            query=address.query,
            headers={name.lower(): value for name, value in self.headers.items()},
            body=body,
        )
        self._send(self.server.respond(asked))

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            length = int(self.headers.get("Content-Length") or 0)
            _refuse_above(length)
            return self.rfile.read(length)
        body = b""
        while size := int(self.rfile.readline().partition(b";")[0], 16):
            _refuse_above(len(body) + size)
            body += self.rfile.read(size)
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass  # trailers, as a rule none
        return body

    def _send(self, answer: Answer) -> None:
        with contextlib.suppress(OSError):
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.type)
            self.send_header("Content-Length", str(len(answer.body)))
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class's name
        """Keep quiet: what is worth a line is said by who answers."""


def _refuse_above(size: int) -> None:
    if size > LARGEST:
        raise ValueError("the request is too large")


def _unpacked(body: bytes, encoding: str) -> bytes:
    match encoding.lower():
        case "" | "identity":
            return body
        case "gzip":
            try:
                with gzip.GzipFile(fileobj=io.BytesIO(body)) as file:
                    unpacked = file.read(LARGEST + 1)
            except (OSError, EOFError, zlib.error):
                raise ValueError("the body is not gzip") from None
            _refuse_above(len(unpacked))
            return unpacked
        case _:
            raise ValueError("only gzip is understood as an encoding")
