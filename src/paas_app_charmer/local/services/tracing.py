"""`tracing`: takes traces in by OTLP over HTTP and keeps them.

`paas-app-charmer traces` shows what it has.
"""

from __future__ import annotations

import http
import json
import threading
import typing

from paas_app_charmer.local import ports, traces

from . import Context, Offer, Request, _otlp, _web

if typing.TYPE_CHECKING:
    import urllib.parse

REMOTE = "tempo-coordinator-k8s"

_PATH = "/v1/traces"
_PROTOCOL = "otlp_http"
_KEPT = 20_000_000
"""Bytes after which a new run starts a new file, keeping one old one."""


class Tracing:
    """The receiver that the interface calls `otlp_http`."""

    def __init__(self, context: Context, port: int) -> None:
        path = context.folder / traces.FILE
        if path.exists() and path.stat().st_size > _KEPT:
            path.replace(path.with_name(f"old-{traces.FILE}"))
        self._file = path.open("a", encoding="utf-8", buffering=1)
        self._writing = threading.Lock()
        self._log = context.log
        self._web = _web.Web(port, self.respond)
        self.alive = self._web.alive

    @property
    def description(self) -> str:
        """What runs where."""
        return f"trace receiver on {self._web.url}; `paas-app-charmer traces` shows what it keeps"

    def offer(self, request: Request) -> Offer:
        """Tell where to send traces, to who asks for the one protocol that is spoken here."""
        return address(self._web.url, request)

    def withdraw(self, relation_id: int) -> None:
        """Keep the traces."""

    def stop(self, timeout: float = 1.5) -> None:
        """End it."""
        self._web.stop(timeout)
        with self._writing:
            self._file.close()

    def respond(self, asked: _web.Asked) -> _web.Answer:
        """Take an export in. Metrics and logs have no place here, as in what it stands for."""
        if (asked.method, asked.path) != ("POST", _PATH):
            return _web.Answer(status=http.HTTPStatus.NOT_FOUND)
        kind = asked.headers.get("content-type", _otlp.PROTOBUF)
        try:
            spans = _otlp.spans(asked.body, kind)
        except _otlp.MalformedError:
            self._log("an export of traces could not be read")
            return _web.Answer(status=http.HTTPStatus.BAD_REQUEST)
        with self._writing:
            if self._file.closed:
                return _web.Answer(status=http.HTTPStatus.SERVICE_UNAVAILABLE)
            self._file.writelines(f"{traces.record(span)}\n" for span in spans)
        # The empty message, in either form.
        is_json = kind.startswith(_otlp.JSON)
        return _web.Answer(type=kind, body=b"{}" if is_json else b"")


def address(url: str, request: Request) -> Offer:
    """Return the databag that leads to a receiver, if this protocol is asked for."""
    if f'"{_PROTOCOL}"' not in request.app.get("receivers", ""):
        return Offer()
    receiver = {"protocol": {"name": _PROTOCOL, "type": "http"}, "url": url}
    return Offer(app={"receivers": json.dumps([receiver])})


def elsewhere(url: urllib.parse.SplitResult, request: Request) -> Offer:
    """Return what leads to a receiver at `http[s]://HOST:4318`."""
    return address(url.geturl(), request)


def start(context: Context) -> Tracing:
    """Start it; at once."""
    context.folder.mkdir(parents=True, exist_ok=True)
    return Tracing(context, ports.remembered(context.folder / "port"))
