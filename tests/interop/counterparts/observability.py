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


def _alerts(found: dict[str, Any]) -> list[str]:
    groups = [group for one in found.values() for group in one["groups"]]
    return sorted(rule["alert"] for group in groups for rule in group["rules"])


class Loki(ops.CharmBase):
    """Each unit takes logs at an address of its own."""

    def __init__(self, framework: ops.Framework) -> None:
        super().__init__(framework)
        self.loki = loki_push_api.LokiPushApiProvider(self, LOGGING)
        own = f"http://{self.unit.name.replace('/', '-')}.example:3100"
        self.loki.update_endpoint(url=str(self.config.get("url") or own))

    def say(self, data: Any) -> None:
        """Publish the address that this unit has, or none."""
        if data is None:
            self.forget()

    def hears(self) -> list[str]:
        """Return the names of the alerts that are read."""
        return _alerts(self.loki.alerts)

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

    def hears(self) -> list[str]:
        """Return what is scraped, and the names of the alerts that are read."""
        static = [one for job in self.metrics.jobs() for one in job["static_configs"]]
        targets = [target for one in static for target in one["targets"]]
        return [*sorted(targets), *_alerts(self.metrics.alerts)]

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

    def hears(self) -> list[str]:
        """Return the titles of what is shown."""
        return sorted(self.contents())

    def contents(self) -> dict[str, dict[str, Any]]:
        """Return what is shown, by title."""
        return {
            one["dashboard_title"]: json.loads(one["content"]) for one in self.grafana.dashboards
        }
