"""An ingress charm: the library's provider, and the URL that it publishes."""

from __future__ import annotations

from typing import Any

import ops
from charms.traefik_k8s.v2 import ingress

ENDPOINT = "ingress"


class Ingress(ops.CharmBase):
    """Gives every application a path below its own address."""

    def __init__(self, framework: ops.Framework) -> None:
        super().__init__(framework)
        self.ingress = ingress.IngressPerAppProvider(self, ENDPOINT)
        framework.observe(self.ingress.on.data_provided, self._on_data_provided)

    def say(self, data: Any) -> None:
        """Publish a URL, or take back what was published."""
        if data is None and self.unit.is_leader():
            self.wipe()
        elif self.unit.is_leader():
            for relation in self.ingress.relations:
                self.ingress.publish_url(relation, data.url)

    def hears(self) -> list[str]:
        """Return the addresses of all units that requests may be sent to."""
        ready = [one for one in self.ingress.relations if self.ingress.is_ready(one)]
        return sorted(unit.ip for one in ready for unit in self.ingress.get_data(one).units)

    def publish(self, address: str) -> None:
        """Publish URLs below an address to all that are ready."""
        for relation in self.ingress.relations:
            if self.ingress.is_ready(relation):
                app = self.ingress.get_data(relation).app
                self.ingress.publish_url(relation, f"http://{address}/{app.model}-{app.name}")

    def wipe(self) -> None:
        """Take back what was published, as when the address of the gateway is lost."""
        for relation in self.ingress.relations:
            self.ingress.wipe_ingress_data(relation)

    def read(self) -> dict[str, Any]:
        """Return what the library reads from the only relation."""
        (relation,) = self.ingress.relations
        data = self.ingress.get_data(relation)
        return {
            "ready": self.ingress.is_ready(relation),
            "app": data.app.model_dump(),
            "units": sorted((unit.model_dump() for unit in data.units), key=lambda u: u["host"]),
        }

    def _on_data_provided(self, event: Any) -> None:
        if self.unit.is_leader():
            self.ingress.publish_url(
                event.relation, f"http://203.0.113.7/{event.model}-{event.name}"
            )
