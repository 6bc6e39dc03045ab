"""Every interface, and who may be on its other side: the rows of the compat table."""

from __future__ import annotations

import dataclasses
from typing import Any

import object_storage
from charmlibs.interfaces import openfga, tracing
from charms.data_platform_libs.v0 import data_interfaces, s3
from charms.grafana_k8s.v0 import grafana_dashboard
from charms.loki_k8s.v1 import loki_push_api
from charms.prometheus_k8s.v0 import prometheus_scrape
from charms.traefik_k8s.v2 import ingress as fetched_ingress

from . import (
    brokers,
    databases,
    identity,
    ingress,
    integrators,
    observability,
    ours,
    proxies,
    redis,
    storage,
    tempo,
    valkey,
)
from .sides import APP, PUBLIC_URL, Side


def _hosts(data: Any, units: int) -> Any:
    hosts = tuple(f"rabbitmq-{number}.example" for number in range(units))
    return data.model_copy(update={"hosts": hosts})


def _one_host(data: Any, _units: int) -> Any:
    return data.model_copy(update={"hosts": (data.host,)})


def _targets(data: Any, units: int) -> Any:
    (first,) = data.targets.values()
    urls = {f"loki/{n}": first.replace("loki-0", f"loki-{n}") for n in range(units)}
    return data.model_copy(update={"targets": urls})


def _database(charm: type[databases.Database], client: str, **more: Any) -> Side:
    return Side(
        interface=f"{charm.scheme}_client",
        charm=charm,
        endpoint=databases.ENDPOINT,
        library=data_interfaces,
        client=client,
        heard=(APP,),
        **more,
    )


def _login(kind: str) -> Side:
    return Side(
        interface="oauth",
        kind=kind,
        charm=identity.login(kind),
        endpoint=identity.LOGIN,
        library=identity.OAUTH[kind],
        heard=(f"{PUBLIC_URL}callback", "openid profile email"),
        behind_ingress=True,
    )


def _fetchable(client: str) -> tuple[Side, ...]:
    """Return those to which a library that an author fetched may speak for us."""
    return (
        _database(databases.PostgreSQL, client),
        _database(databases.MySQL, client, keeps=("endpoints",)),
        _database(databases.MongoDB, client),
        Side(
            interface="ingress",
            charm=ingress.Ingress,
            endpoint=ingress.ENDPOINT,
            library=fetched_ingress,
            client=client,
            heard=("10.1.7.1", "10.1.7.2"),
        ),
        Side(
            interface="loki_push_api",
            charm=observability.Loki,
            endpoint=observability.LOGGING,
            library=loki_push_api,
            client=client,
            heard=("ManyErrors",),
            answers="joined",
            gives=_targets,
        ),
        Side(
            interface="prometheus_scrape",
            charm=observability.Prometheus,
            endpoint=observability.METRICS,
            library=prometheus_scrape,
            client=client,
            heard=("10.1.7.1:9102", "10.1.7.2:9102", "FlaskTargetMissing", "Slow"),
        ),
        Side(
            interface="grafana_dashboard",
            charm=observability.Grafana,
            endpoint=observability.DASHBOARDS,
            library=grafana_dashboard,
            client=client,
            heard=("Flask Operator", "Posts"),
            peers=observability.GRAFANA_PEERS,
        ),
    )


SIDES = (
    *_fetchable(ours.BUILT_IN),
    *_fetchable(ours.LIBRARIES),
    Side(interface="redis", charm=redis.Redis, endpoint=redis.ENDPOINT, library=None),
    Side(
        interface="valkey_client",
        charm=valkey.Valkey,
        endpoint=valkey.ENDPOINT,
        library=valkey.interfaces,
        heard=("*",),
        juju=valkey.JUJU,
    ),
    Side(
        interface="rabbitmq",
        kind="kubernetes",
        charm=brokers.OnKubernetes,
        endpoint=brokers.ENDPOINT,
        library=None,
        heard=(APP, "/"),
        answers="joined",
        gives=_one_host,
    ),
    Side(
        interface="rabbitmq",
        kind="machines",
        charm=brokers.OnMachines,
        endpoint=brokers.ENDPOINT,
        library=None,
        heard=(APP, "/"),
        answers="joined",
        gives=_hosts,
    ),
    Side(
        interface="s3",
        kind="first",
        charm=storage.FirstGeneration,
        endpoint=storage.ENDPOINT,
        library=s3,
        heard=(APP,),
    ),
    Side(
        interface="s3",
        kind="second",
        charm=storage.SecondGeneration,
        endpoint=storage.ENDPOINT,
        library=object_storage,
        heard=(APP,),
    ),
    _login("installed"),
    _login("fetched"),
    Side(
        interface="openfga",
        charm=identity.Store,
        endpoint=identity.STORE,
        library=openfga,
        heard=("app-store",),
    ),
    Side(interface="saml", charm=integrators.Saml, endpoint=integrators.ENDPOINT, library=None),
    Side(interface="smtp", charm=integrators.Smtp, endpoint=integrators.ENDPOINT, library=None),
    Side(
        interface="tracing",
        charm=tempo.Tempo,
        endpoint=tempo.ENDPOINT,
        library=tracing,
        heard=("otlp_http",),
        answers="joined",
    ),
    Side(
        interface="http_proxy",
        charm=proxies.Proxy,
        endpoint=proxies.ENDPOINT,
        library=None,
        heard=("[[], []]",),
    ),
)


def find(name: str, **changes: Any) -> Side:
    """Return the other side of this name, with some of it changed."""
    side = next(side for side in SIDES if side.name == name)
    return dataclasses.replace(side, **changes)
