"""Interfaces spoken through the libraries that charms conventionally fetch from Charmhub.

`paas_app_charmer` speaks these interfaces by itself, and no charm needs this package. An author
who prefers the fetched libraries says so in one line::

    import paas_app_charmer.charm_libs
    import paas_app_charmer.flask

    class Charm(paas_app_charmer.flask.Charm):
        integrations = paas_app_charmer.charm_libs.ALL

A library is imported when its endpoint has a relation. It has to be among the ``charm-libs`` of
the charm's charmcraft.yaml; where it is missing, the status says so.
"""

from __future__ import annotations

from . import (
    grafana_dashboard,
    ingress,
    loki_push_api,
    mongodb_client,
    mysql_client,
    postgresql_client,
    prometheus_scrape,
    redis,
)

DATABASES = (
    postgresql_client.INTEGRATION,
    mysql_client.INTEGRATION,
    mongodb_client.INTEGRATION,
)
REDIS = (redis.INTEGRATION,)
INGRESS = (ingress.INTEGRATION,)
TELEMETRY = (
    prometheus_scrape.INTEGRATION,
    loki_push_api.INTEGRATION,
    grafana_dashboard.INTEGRATION,
)
ALL = (*DATABASES, *REDIS, *INGRESS, *TELEMETRY)

__all__ = ["ALL", "DATABASES", "INGRESS", "REDIS", "TELEMETRY"]
