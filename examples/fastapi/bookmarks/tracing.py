"""Traces of the requests, where the charm is integrated with a receiver of them."""

from __future__ import annotations

import fastapi
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http import trace_exporter
from opentelemetry.instrumentation import fastapi as instrumentation
from opentelemetry.sdk.trace import TracerProvider, export


def instrument(app: fastapi.FastAPI) -> None:
    """Have each request traced. Where to is in the OTEL variables, which the exporter reads."""
    provider = TracerProvider()
    provider.add_span_processor(export.BatchSpanProcessor(trace_exporter.OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    instrumentation.FastAPIInstrumentor.instrument_app(app)
