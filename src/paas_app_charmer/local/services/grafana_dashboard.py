"""`grafana_dashboard`: keeps the dashboards that the charm publishes."""

from __future__ import annotations

from ._keeper import start

REMOTE = "grafana-k8s"

__all__ = ["REMOTE", "start"]
