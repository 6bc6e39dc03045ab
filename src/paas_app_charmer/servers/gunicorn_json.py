"""Gunicorn's log as JSON: one object a line, with OpenTelemetry's names.

No charm imports this file. It is put beside gunicorn's configuration in the container, where it
has nothing but the standard library and gunicorn, of whatever version the rock has.

It runs once for each request. So the lines are put together here from strings that the JSON
module quoted: made from dictionaries, they cost about a twentieth of what a worker can serve.
"""

from __future__ import annotations

import contextvars
import importlib
import json.encoder
import logging
import sys
import time
import traceback
import types
from collections.abc import Callable, Iterable
from typing import Any

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
Ids = tuple[str, str]
"""Of a trace and of a span in it."""

_SEVERITIES = {"WARNING": "WARN", "CRITICAL": "FATAL"}
_API = "opentelemetry.trace"
_REQUEST = "told of the request"
"""Among the parts of an access line: what gunicorn does not know."""

_quoted = json.encoder.encode_basestring_ascii
_last: contextvars.ContextVar[Ids | None] = contextvars.ContextVar("last", default=None)
"""Of the request that this thread or greenlet serves. Its span is over when it is logged."""


def logger_class() -> type:
    """Return the class of gunicorn's logger; gunicorn calls this when it reads its settings.

    It counts requests like the one that gunicorn takes by itself when it has a statsd_host.
    """
    base: Any = importlib.import_module("gunicorn.instrument.statsd").Statsd

    class Logger(base):
        server: Any = None
        needs_all_parts = True

        def setup(self, cfg: Any) -> None:
            base.setup(self, cfg)
            self.needs_all_parts = "%({" in cfg.access_log_format
            for log in (self.error_log, self.access_log):
                for handler in log.handlers:
                    handler.setFormatter(Formatter())
            # Newer ones have loggers besides these two, which nobody handles.
            _share(self.error_log.handlers)

        def atoms(self, resp: Any, req: Any, environ: Any, request_time: Any) -> dict[str, Any]:
            atoms: dict[str, Any]
            if self.needs_all_parts:
                atoms = base.atoms(self, resp, req, environ, request_time)
            else:
                # To make a part of each header and variable takes longer than all that is added.
                sent = getattr(resp, "sent", None)
                brief = types.SimpleNamespace(status=resp.status, sent=sent, headers=())
                atoms = base.atoms(self, brief, (), _Unlisted(environ), request_time)
            # In a tuple, because gunicorn escapes the quotes of strings.
            atoms[_REQUEST] = (request(atoms, req, environ, request_time.total_seconds()),)
            return atoms

        def access(self, *request: Any) -> None:
            base.access(self, *request)
            if _last.get() is not None:
                _last.set(None)

        def reopen_files(self) -> None:
            base.reopen_files(self)
            if self.server is not None:
                follow(self.server)

    return Logger


class _Unlisted(dict[str, Any]):
    """A WSGI environment that is asked for single variables only."""

    def items(self) -> Any:
        return ()


def follow(server: Any) -> None:
    """Give the master the logger of its present settings; by itself it keeps its first one."""
    wanted = server.cfg.logger_class
    if type(server.log) is not wanted:
        _share([])
        server.log = wanted(server.cfg)
    server.log.server = server


def _share(handlers: list[logging.Handler]) -> None:
    """Let all of gunicorn's loggers write where one does; with no handlers, as they were."""
    family = logging.getLogger("gunicorn")
    family.handlers = list(handlers)
    family.propagate = not handlers


def capture(worker: Any) -> None:
    """Have the worker remember the span of each request until the request is logged."""
    worker.wsgi = remembering(worker.wsgi)


def remembering(application: Application) -> Application:
    """Return the application; the span that it answers a request in is remembered."""

    def remember(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        def start(*arguments: Any) -> Any:
            _last.set(_live() or _last.get())
            return start_response(*arguments)

        if _API not in sys.modules:
            return application(environ, start_response)
        _last.set(_live())
        return application(environ, start)

    return remember


class Formatter(logging.Formatter):
    """Renders a record of gunicorn. Its handler's lock is held meanwhile."""

    _second = -1
    _date = ""

    def format(self, record: logging.LogRecord) -> str:
        parts: Any = record.args
        told: tuple[str] | None = parts.get(_REQUEST) if hasattr(parts, "get") else None
        second = int(record.created)
        if second != self._second:
            self._second = second
            self._date = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(second))
        severity = _SEVERITIES.get(record.levelname, record.levelname)
        ids = _live() or _last.get()
        span = f',"traceId":"{ids[0]}","spanId":"{ids[1]}"' if ids else ""
        error = record.exc_info[1] if record.exc_info else None
        return (
            f'{{"timestamp":"{self._date}.{int(record.msecs):03d}Z"'
            f',"severityText":{_quoted(severity)}'
            f',"body":{_quoted(_body(record, is_access=told is not None))}{span}'
            f',"attributes":{{"logger.name":{_quoted(record.name)}'
            f"{told[0] if told else ''}{'' if error is None else _exception(error)}}}}}"
        )


def request(atoms: dict[str, Any], req: Any, environ: dict[str, Any], seconds: float) -> str:
    """Return the members that tell of a request; gunicorn makes its lines of ``atoms``."""
    path = getattr(req, "path", None) or atoms["U"] or ""
    told = f',"http.request.method":{_quoted(str(atoms["m"]))},"url.path":{_quoted(_text(path))}'
    if atoms["q"]:
        told += f',"url.query":{_quoted(_text(atoms["q"]))}'
    if str(atoms["s"]).isdecimal():  # an application may answer with anything
        told += f',"http.response.status_code":{int(atoms["s"])}'
    told += f',"client.address":{_quoted(atoms["h"] or "-")},"duration_ms":{seconds * 1000:.3f}'
    name = environ.get("HTTP_X_REQUEST_ID")
    if name is None and "PATH_INFO" not in environ:  # gunicorn has not all after a failure
        headers: list[tuple[str, str]] = getattr(req, "headers", [])
        name = dict(headers).get("X-REQUEST-ID")
    if name is not None:
        told += f',"http.request.header.x-request-id":{_quoted(_text(name))}'
    return told


def _body(record: logging.LogRecord, *, is_access: bool) -> str:
    try:
        return _printable(record.getMessage())
    except Exception:  # noqa: BLE001 - a line without its text is better than no line
        if not is_access:
            return _printable(str(record.msg))
        parts: Any = record.args
        return f'{parts["h"]} - "{parts["m"]} {parts["U"]} {parts["H"]}" {parts["s"]}'


def _exception(error: BaseException) -> str:
    kind = type(error)
    module = "" if kind.__module__ == "builtins" else f"{kind.__module__}."
    stack = "".join(traceback.format_exception(kind, error, error.__traceback__))
    try:
        message = str(error)
    except Exception:  # noqa: BLE001 - of the application's making
        message = ""
    return (
        f',"exception.type":{_quoted(module + kind.__qualname__)}'
        f',"exception.message":{_quoted(_printable(message))}'
        f',"exception.stacktrace":{_quoted(_printable(stack))}'
    )


def _live() -> Ids | None:
    """Return the ids of the span that goes on here. There is none if nobody loaded the API."""
    # One that another thread is importing right now may not have the function yet.
    current: Any = getattr(sys.modules.get(_API), "get_current_span", None)
    context = current and current().get_span_context()
    if not (context and context.is_valid):
        return None
    return format(context.trace_id, "032x"), format(context.span_id, "016x")


def _text(value: str) -> str:
    """Return what stood in a request, of which gunicorn has the bytes as if they were Latin-1."""
    if value.isascii():
        return value
    try:
        return value.encode("latin-1").decode()
    except ValueError:
        return value


def _printable(text: str) -> str:
    """Return the text without halves of characters, which many readers of JSON refuse."""
    return text if text.isascii() else text.encode(errors="replace").decode()
