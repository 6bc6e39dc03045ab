"""A tracing charm: the library's provider, and what the charm behind it publishes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import ops
from charmlibs.interfaces import tracing

ENDPOINT = "tracing"
HTTP = "http://tempo-0.example:4318"
GRPC = "tempo-0.example:4317"


class Tempo(ops.CharmBase):
    """Has a receiver for every protocol that is asked for, and one that always is."""

    urls: ClassVar[dict[Any, str]] = {"otlp_http": HTTP, "otlp_grpc": GRPC}

    def __init__(self, framework: ops.Framework) -> None:
        super().__init__(framework)
        self.tracing = tracing.TracingEndpointProvider(self, relation_name=ENDPOINT)
        framework.observe(self.tracing.on.request, self._on_request)

    def say(self, data: Any) -> None:
        """Publish a receiver, or none."""
        if self.unit.is_leader():
            self.publish([("otlp_http", str(data.endpoint))] if data else [])

    def hears(self) -> list[str]:
        """Return the protocols that are asked for."""
        return sorted(self.tracing.requested_protocols())

    def publish(self, receivers: Sequence[tuple[Any, str]]) -> None:
        """Publish other receivers."""
        self.tracing.publish_receivers(receivers)

    def _on_request(self, _: ops.EventBase) -> None:
        if self.unit.is_leader():
            asked = self.tracing.requested_protocols() | {"otlp_grpc"}
            self.publish([(one, self.urls[one]) for one in sorted(asked)])


class Agent(Tempo):
    """Passes traces on, and does not know yet where to."""

    def _on_request(self, _: ops.EventBase) -> None:
        if self.unit.is_leader():
            self.publish([])
