"""`prometheus_scrape`: keeps the scrape jobs and alert rules that the charm publishes."""

from __future__ import annotations

from ._keeper import start

REMOTE = "prometheus-k8s"

__all__ = ["REMOTE", "start"]
