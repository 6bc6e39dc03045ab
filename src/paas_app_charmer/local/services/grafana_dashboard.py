"""`grafana_dashboard`: keeps the dashboards that the charm publishes, for their check."""

from __future__ import annotations

from . import Context, _keeper

REMOTE = "grafana-k8s"

PUBLISHED = _keeper.FILE
"""Where in its folder the databags of our side are kept."""


class Grafana(_keeper.Keeper):
    """No Grafana: what would be drawn is asked of Prometheus instead."""

    @property
    def description(self) -> str:
        """How to look."""
        return "dashboards are kept; `paas-app-charmer dashboards` tells which queries give data"


def start(context: Context) -> Grafana:
    """Start it; at once."""
    return Grafana(context)
