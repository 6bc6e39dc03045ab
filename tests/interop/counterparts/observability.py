"""The observability charms: each library's other end, and what it needs of its charm."""

from __future__ import annotations

import json
from typing import Any

import ops
from charms.grafana_k8s.v0 import grafana_dashboard
from charms.loki_k8s.v1 import loki_push_api
from charms.prometheus_k8s.v0 import prometheus_scrape

LOGGING = "logging"
METRICS = "metrics-endpoint"
DASHBOARDS = "grafana-dashboard"
GRAFANA_PEERS = "grafana"


class Loki(ops.CharmBase):
    """Each unit takes logs at an address of its own."""

    def __init__(self, framework: ops.Framework) -> None:
        super().__init__(framework)
        self.loki = loki_push_api.LokiPushApiProvider(self, LOGGING)
        own = f"http://{self.unit.name.replace('/', '-')}.loki-endpoints:3100"
        self.loki.update_endpoint(url=str(self.config.get("url") or own))

    def forget(self) -> None:
        """Publish no address, as a unit that is not up again."""
        for relation in self.model.relations[LOGGING]:
            relation.data[self.unit]["endpoint"] = ""


class Prometheus(ops.CharmBase):
    """Scrapes whatever is related."""

    def __init__(self, framework: ops.Framework) -> None:
        super().__init__(framework)
        self.metrics = prometheus_scrape.MetricsEndpointConsumer(self, METRICS)
        framework.observe(self.metrics.on.targets_changed, self._on_targets_changed)

    def _on_targets_changed(self, _: ops.EventBase) -> None:
        # Reading them is when the library answers with what is wrong.
        self.metrics.jobs()
        _ = self.metrics.alerts


class Grafana(ops.CharmBase):
    """Shows every dashboard that it is given."""

    def __init__(self, framework: ops.Framework) -> None:
        super().__init__(framework)
        self.grafana = grafana_dashboard.GrafanaDashboardConsumer(self, DASHBOARDS)

    @property
    def peers(self) -> ops.Relation | None:
        """Where the library keeps the dashboards."""
        return self.model.get_relation(GRAFANA_PEERS)

    def contents(self) -> dict[str, dict[str, Any]]:
        """Return what is shown, by title."""
        return {
            one["dashboard_title"]: json.loads(one["content"]) for one in self.grafana.dashboards
        }
