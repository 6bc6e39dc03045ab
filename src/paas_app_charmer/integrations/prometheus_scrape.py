"""Metrics: where Prometheus finds them, and what it shall raise an alert about."""

from __future__ import annotations

import json
from typing import Any

from .. import integration

_SCHEDULER = "@scheduler"


class Prometheus(integration.Data):
    """Prometheus publishes nothing that the application needs."""


def _request(site: integration.Site) -> integration.Databag:
    fqdn = site.fqdn(site.unit)
    return integration.Databag(
        app={
            "scrape_metadata": site.observability.topology,
            "scrape_jobs": json.dumps(_jobs(site)),
            "alert_rules": site.observability.prometheus_rules,
        },
        unit={
            "prometheus_scrape_unit_address": site.address or fqdn,
            "prometheus_scrape_unit_path": "",
            "prometheus_scrape_unit_name": f"{site.app}/{site.unit}",
            "prometheus_scrape_unit_fqdn": fqdn,
        },
    )


def _jobs(site: integration.Site) -> list[dict[str, Any]]:
    own: dict[str, Any] = {
        "metrics_path": site.metrics_path,
        "static_configs": [{"targets": [f"*:{site.metrics_port}"]}],
    }
    return [own, *(_resolved(job.model_dump(exclude_none=True), site) for job in site.jobs)]


def _resolved(job: dict[str, Any], site: integration.Site) -> dict[str, Any]:
    # Schedulers run on unit 0 only, and only Juju's own name for it outlives its pod.
    for static in job["static_configs"]:
        static["targets"] = [
            site.fqdn(0) + target.removeprefix(_SCHEDULER)
            if target.startswith(_SCHEDULER)
            else target
            for target in static["targets"]
        ]
    return job


INTEGRATION = integration.Integration(
    interface="prometheus_scrape",
    category="telemetry",
    endpoint="metrics-endpoint",
    data=Prometheus,
    request=_request,
    read=lambda _remote: Prometheus(),
    properties=integration.no_properties,
    essential=False,
    example=Prometheus(),
)
