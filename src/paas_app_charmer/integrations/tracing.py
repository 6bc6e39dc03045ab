"""Traces: where the application sends them, by OTLP over HTTP."""

from __future__ import annotations

import json
from typing import Any

import pydantic

from .. import env, errors, integration

_PROTOCOL = "otlp_http"


class Tracing(integration.Data):
    """Where traces go, and whose they are."""

    endpoint: pydantic.AnyHttpUrl
    service: str


class _Protocol(integration.Data):
    name: str


class _Receiver(integration.Data):
    protocol: _Protocol
    url: str
    """A receiver that is no HTTP server gives host and port only."""


class _Published(integration.Data):
    receivers: tuple[_Receiver, ...]


def _request(_site: integration.Site) -> integration.Databag:
    return integration.Databag(app={"receivers": json.dumps([_PROTOCOL])})


def _read(remote: integration.RemoteData) -> Tracing | None:
    text = remote.app.get("receivers")
    if not text:
        return None
    try:
        given: Any = json.loads(text)
    except (ValueError, RecursionError):
        raise errors.RelationDataError("receivers is not JSON") from None
    published = _Published.model_validate({"receivers": given})
    # An agent that passes traces on has no receiver of this kind before it knows where to.
    urls = [one.url for one in published.receivers if one.protocol.name == _PROTOCOL]
    if not urls:
        return None
    return Tracing.model_validate({"endpoint": urls[0], "service": remote.site.app})


INTEGRATION = integration.Integration(
    interface="tracing",
    category="telemetry",
    endpoint="tracing",
    data=Tracing,
    request=_request,
    read=_read,
    namespace="OTEL",
    properties=lambda data: {
        "exporter_otlp_endpoint": str(data.endpoint),
        "service_name": data.service,
    },
    ecosystem={
        "OTEL_EXPORTER_OTLP_ENDPOINT": env.Alias(of="exporter_otlp_endpoint"),
        "OTEL_SERVICE_NAME": env.Alias(of="service_name"),
    },
    traces=True,
    example=Tracing.model_validate({"endpoint": "http://tempo-0.example:4318", "service": "app"}),
)
