"""Our side: a Flask charm with every integration that has a library on the other side."""

from __future__ import annotations

import dataclasses
import json
import os
import pathlib
import shutil
import socket
import sys
import textwrap
from typing import Any

import ops
import ops.testing
import pytest

import paas_app_charmer.charm_libs
import paas_app_charmer.flask
from paas_app_charmer import project as projects
from paas_app_charmer.suites import charm

from . import applications

NAME = "blog"
MODEL = ops.testing.Model("newsroom", type="kubernetes")

_REQUIRES = {
    "postgresql": "postgresql_client",
    "mysql": "mysql_client",
    "mongodb": "mongodb_client",
    "valkey": "valkey_client",
    "redis": "redis",
    "rabbitmq": "rabbitmq",
    "tracing": "tracing",
    "s3": "s3",
    "saml": "saml",
    "smtp": "smtp",
    "my-login": "oauth",
    "oidc": "oauth",
    "openfga": "openfga",
    "http-proxy": "http_proxy",
}
"""Interfaces by endpoint."""
_PROJECT: dict[str, Any] = {
    "name": "blog-k8s",
    "type": "charm",
    "base": "ubuntu@24.04",
    "platforms": {"amd64": None},
    "summary": "A blog",
    "description": "A blog.",
    "extensions": ["flask-framework"],
}


class WithLibraries(paas_app_charmer.flask.Charm):
    """A charm whose author prefers the fetched libraries."""

    integrations = paas_app_charmer.charm_libs.ALL


BUILT_IN = "built-in"
LIBRARIES = "charm_libs"
CHARMS: dict[str, type[ops.CharmBase]] = {
    BUILT_IN: paas_app_charmer.flask.Charm,
    LIBRARIES: WithLibraries,
}
"""What may speak for us."""
speaking = BUILT_IN
"""What does in the test that runs."""

_METADATA = ("name", "containers", "resources", "peers", "requires", "provides")
_CONTAINER = "flask-app"
_PEERS = "secret-storage"
PROVIDES = ("metrics-endpoint", "grafana-dashboard")
_ROCK = ops.pebble.Layer(
    {
        "services": {
            "flask": {
                "override": "replace",
                "startup": "enabled",
                "user": "_daemon_",
                "command": "/bin/python3 -m gunicorn -c /flask/gunicorn.conf.py app:app",
            }
        }
    }
)

_AUTHORS_FILES = {
    "paas-config.yaml": """
        prometheus:
          scrape_configs:
          - job_name: cron
            static_configs:
            - targets: ["@scheduler:9200"]
              labels: {part: cron}
          - job_name: workers
            metrics_path: /worker-metrics
            static_configs:
            - targets: ["*:9300", "gateway.example:9400"]
    """,
    "cos_custom/prometheus_alert_rules/slow.rule": """
        alert: Slow
        expr: avg(latency{%%juju_topology%%}) > 2
        for: 5m
        labels: {severity: warning}
    """,
    "cos_custom/loki_alert_rules/errors.rules": """
        groups:
        - name: errors
          rules:
          - alert: ManyErrors
            expr: sum(rate({%%juju_topology%%} |= "error" [5m])) > 1
            labels: {severity: warning}
    """,
    "cos_custom/grafana_dashboards/posts.json": """
        {"title": "Posts", "version": 3, "panels": [
          {"title": "Posts", "type": "stat", "targets": [{"expr": "sum(posts)"}]}]}
    """,
}


def fqdn(unit: str) -> str:
    """Return the name that Kubernetes gives the pod of a unit in this model."""
    app = unit.partition("/")[0]
    return f"{unit.replace('/', '-')}.{app}-endpoints.{MODEL.name}.svc.cluster.local"


def speak_by(client: str, patch: pytest.MonkeyPatch) -> None:
    """Let this speak for us from now on."""
    patch.setattr(sys.modules[__name__], "speaking", client)
    # Some libraries ask the pod for its name.
    patch.setattr(socket, "getfqdn", lambda: fqdn(os.environ["JUJU_UNIT_NAME"]))


def pack(folder: pathlib.Path) -> None:
    """Lay down what an author may put beside the charm, for applications from this folder."""
    for name, text in _AUTHORS_FILES.items():
        path = folder / "charm" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), encoding="utf-8")


def application(
    endpoint: str, folder: pathlib.Path, *, units: int = 2, **kind: str
) -> applications.Application:
    """Return the application, seen from one endpoint. Unit 0 leads; every container is ready.

    ``folder`` is for the units' disks, and holds what an author packed, if ``pack`` was called.
    """
    members = [unit(number, folder, units=units, **kind) for number in range(units)]
    return applications.Application(kind.get("app", NAME), endpoint, members)


def unit(number: int, folder: pathlib.Path, *, units: int, **kind: str) -> applications.Unit:
    """Return a unit of an application that has so many."""
    root = folder / str(number) / "charm"
    root.mkdir(parents=True)
    packed = folder / "charm"
    if packed.exists():
        shutil.copytree(packed, root, dirs_exist_ok=True)
    # What goes is to be missed at once: that a gap stops nothing for a while is tested elsewhere.
    with (root / "paas-config.yaml").open("a", encoding="utf-8") as config:
        config.write("\nchange: {gap: 0s}\n")
    state = ops.testing.State(
        leader=number == 0,
        model=MODEL,
        containers=[_container(folder / str(number))],
        relations=[
            ops.testing.PeerRelation(
                _PEERS, id=1, peers_data={n: {} for n in range(units) if n != number}
            )
        ],
        networks=[_network(binding, number) for binding in (_PEERS, *PROVIDES)],
    )
    return applications.Unit(number, context(number, folder, **kind), state)


def context(
    number: int, folder: pathlib.Path, *, app: str = NAME, juju: str = "3.6.0", needed: str = ""
) -> ops.testing.Context[ops.CharmBase]:
    """Return what runs the charm of a unit; its files are there already.

    Every endpoint is optional but the one that is ``needed``.
    """
    requires = {
        endpoint: {"interface": interface, "optional": endpoint != needed, "limit": 1}
        for endpoint, interface in _REQUIRES.items()
    }
    folder_of_charm = projects.Project(paths=frozenset(), texts={})
    project = charm.expand(folder_of_charm, {**_PROJECT, "requires": requires}).content
    return ops.testing.Context(
        CHARMS[speaking],
        meta={key: project[key] for key in _METADATA},
        config=project["config"],
        actions=project["actions"],
        charm_root=folder / str(number) / "charm",
        juju_version=juju,
        app_name=app,
        unit_id=number,
    )


def open_to(unit: applications.Unit, url: str) -> None:
    """Let an ingress give a unit this URL. No hook tells it yet."""
    data = {"ingress": json.dumps({"url": url})}
    others = [one for one in unit.state.relations if one.endpoint != "ingress"]
    ingress = ops.testing.Relation("ingress", id=50, remote_app_data=data)
    unit.state = dataclasses.replace(unit.state, relations=[*others, ingress])


def _container(disk: pathlib.Path) -> ops.testing.Container:
    # Scenario empties whatever is not mounted before each hook.
    for place in ("tmp", "flask/app", "var/log"):
        (disk / place).mkdir(parents=True)
    return ops.testing.Container(
        _CONTAINER,
        can_connect=True,
        layers={"001-rock": _ROCK},
        mounts={
            place: ops.testing.Mount(location=f"/{place}", source=disk / place)
            for place in ("tmp", "flask", "var")
        },
        execs={ops.testing.Exec(["/bin/python3"], return_code=0)},
    )


def _network(binding: str, number: int) -> ops.testing.Network:
    address = ops.testing.Address(f"10.1.7.{number + 1}")
    return ops.testing.Network(binding, bind_addresses=[ops.testing.BindAddress([address])])
