"""Uvicorn's log as JSON: one object a line, with OpenTelemetry's names.

No charm imports this file. It is put into the container, on the path of uvicorn's process, where
it has nothing but the standard library.
"""

from __future__ import annotations

import contextvars
import json
import logging
import sys
import time
import traceback
from typing import Any

Ids = tuple[str, str]
"""Of a trace and of a span in it."""

_SEVERITIES = {"WARNING": "WARN", "CRITICAL": "FATAL"}
_ACCESS = "uvicorn.access"
_API = "opentelemetry.trace"

_last: contextvars.ContextVar[Ids | None] = contextvars.ContextVar("last", default=None)
"""Of the request that this task answers. Its span is over when a failure is logged."""


class Span(logging.Filter):
    """Notes on each record in which span it was made, and lets all of them through."""

    def filter(self, record: logging.LogRecord) -> bool:
        ids = _live()
        if ids or record.name == _ACCESS:
            # An access line without a span is of a request that is not traced. What the request
            # before it on this connection was traced with is not this one's.
            _last.set(ids)
        record.span = ids or _last.get()
        return True


class Formatter(logging.Formatter):
    """Renders a record of uvicorn as one line."""

    def format(self, record: logging.LogRecord) -> str:
        ids: Ids | None = getattr(record, "span", None)
        date = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(int(record.created)))
        line: dict[str, Any] = {
            "timestamp": f"{date}.{int(record.msecs):03d}Z",
            "severityText": _SEVERITIES.get(record.levelname, record.levelname),
            "body": _body(record),
        }
        if ids:
            line["traceId"], line["spanId"] = ids
        attributes: dict[str, Any] = {"logger.name": record.name}
        if record.name == _ACCESS:
            attributes.update(_request(record.args))
        if record.exc_info and record.exc_info[1] is not None:
            attributes.update(_exception(record.exc_info[1]))
        # Escaped to ASCII, as halves of characters cannot be written otherwise.
        return json.dumps({**line, "attributes": attributes}, separators=(",", ":"))


def _body(record: logging.LogRecord) -> str:
    try:
        return _printable(record.getMessage())
    except Exception:  # noqa: BLE001 - a line without its text is better than no line
        return _printable(str(record.msg))


def _request(arguments: Any) -> dict[str, Any]:
    """Return what an access line tells, of which uvicorn gives the parts."""
    try:
        client, method, target, _version, status = arguments
    except (TypeError, ValueError):
        return {}  # somebody else's line
    path, _, query = str(target).partition("?")
    host = str(client).rpartition(":")[0] or str(client)
    return {
        "http.request.method": str(method),
        "url.path": path,
        **({"url.query": query} if query else {}),
        **({"http.response.status_code": int(status)} if str(status).isdecimal() else {}),
        "client.address": host or "-",
    }


def _exception(error: BaseException) -> dict[str, str]:
    kind = type(error)
    module = "" if kind.__module__ == "builtins" else f"{kind.__module__}."
    try:
        message = str(error)
    except Exception:  # noqa: BLE001 - of the application's making
        message = ""
    stack = "".join(traceback.format_exception(kind, error, error.__traceback__))
    return {
        "exception.type": module + kind.__qualname__,
        "exception.message": _printable(message),
        "exception.stacktrace": _printable(stack),
    }


def _live() -> Ids | None:
    """Return the ids of the span that goes on here. There is none if nobody loaded the API."""
    current: Any = getattr(sys.modules.get(_API), "get_current_span", None)
    context = current and current().get_span_context()
    if not (context and context.is_valid):
        return None
    return format(context.trace_id, "032x"), format(context.span_id, "016x")


def _printable(text: str) -> str:
    """Return the text without halves of characters, which many readers of JSON refuse."""
    return text if text.isascii() else text.encode(errors="replace").decode()
