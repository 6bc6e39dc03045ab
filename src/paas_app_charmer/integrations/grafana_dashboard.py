"""Dashboards: the framework's own, and those that the author put into the charm."""

from __future__ import annotations

from .. import integration


class Grafana(integration.Data):
    """Grafana publishes nothing that the application needs."""


INTEGRATION = integration.Integration(
    interface="grafana_dashboard",
    category="telemetry",
    endpoint="grafana-dashboard",
    data=Grafana,
    request=lambda site: integration.Databag(app={"dashboards": site.observability.dashboards}),
    read=lambda _remote: Grafana(),
    properties=integration.no_properties,
    essential=False,
    example=Grafana(),
)
