"""Traces of what gunicorn's workers serve, sent by OTLP over HTTP to where ``OTEL_*`` say.

No charm imports this file. It is put beside gunicorn's configuration in the container. Whatever
is wrong with OpenTelemetry there costs the traces and never the site.
"""

from __future__ import annotations

import importlib
import sys
import threading
from typing import Any

_INSTRUMENTATION = "opentelemetry.instrumentation.wsgi"
_MODULES = (
    "opentelemetry.sdk.trace",
    "opentelemetry.sdk.trace.export",
    "opentelemetry.exporter.otlp.proto.http.trace_exporter",
    _INSTRUMENTATION,
)
_ADVICE = (
    "No traces are sent, because the rock has no OpenTelemetry that works: add opentelemetry-sdk, "
    "opentelemetry-exporter-otlp-proto-http and opentelemetry-instrumentation-wsgi to "
    "requirements.txt"
)
_LAST = 1.0
"""Seconds for a worker's last spans: a receiver that is away must not hold up a restart."""


def problem() -> str:
    """Return what to add to the rock so that traces can be sent, empty if they can."""
    try:
        for module in _MODULES:
            importlib.import_module(module)
    except Exception as error:  # noqa: BLE001 - packages that do not fit raise anything
        return f"{_ADVICE} ({type(error).__name__}: {error})"
    return ""


def post_fork(_server: Any, worker: Any) -> None:
    """Have spans sent from before the application is loaded, which may want to start some.

    It takes a while to import what that needs, and a worker does not hear signals yet when it is
    forked. It does when it loads the application, and gevent has patched what it patches by then.
    """
    worker.log.cfg = worker.cfg  # or after a reload it writes lines in the format of the start
    load = worker.load_wsgi

    def load_wsgi() -> None:
        try:
            worker.spans = _send_spans()
        except Exception as error:  # noqa: BLE001 - as above
            worker.log.warning("%s (%s: %s)", _ADVICE, type(error).__name__, error)
        load()

    worker.load_wsgi = load_wsgi


def instrument(worker: Any) -> None:
    """Have a span for each request, unless the application has seen to that itself."""
    if not hasattr(worker, "spans") or _INSTRUMENTATION in sys.modules:
        return
    try:
        module: Any = importlib.import_module(_INSTRUMENTATION)
        worker.wsgi = module.OpenTelemetryMiddleware(worker.wsgi)
    except Exception as error:  # noqa: BLE001 - as above
        worker.log.warning("%s (%s: %s)", _ADVICE, type(error).__name__, error)


def worker_exit(_server: Any, worker: Any) -> None:
    """Send what is left. Gunicorn calls this in its master too, which has no spans."""
    spans = getattr(worker, "spans", None)
    if spans is not None:
        ending = threading.Thread(target=spans.shutdown, daemon=True)
        ending.start()
        ending.join(_LAST)


def _send_spans() -> Any:
    """Return what makes the spans; None if the application has something of its own."""
    api: Any = importlib.import_module("opentelemetry.trace")
    if not isinstance(api.get_tracer_provider(), api.ProxyTracerProvider):
        return None
    sdk, export, otlp = (importlib.import_module(name) for name in _MODULES[:3])
    provider = sdk.TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(export.BatchSpanProcessor(otlp.OTLPSpanExporter()))
    api.set_tracer_provider(provider)
    return provider


if "--check-config" in sys.argv:
    # The charm has gunicorn check each new configuration once, and logs what that prints.
    sys.stderr.write(problem())
