"""Libraries that an author fetched: missing, unsuitable, and one that no test can have."""

from __future__ import annotations

import json
import pathlib
import subprocess
import sys
import textwrap
from typing import Any

import conftest
import ops
import ops.testing
import pytest

import paas_app_charmer.charm_libs
import paas_app_charmer.flask

PEERS = ops.testing.PeerRelation("secret-storage")
ENDPOINTS = {
    "postgresql": "charms.data_platform_libs.v0.data_interfaces",
    "mysql": "charms.data_platform_libs.v0.data_interfaces",
    "mongodb": "charms.data_platform_libs.v0.data_interfaces",
    "redis": "charms.redis_k8s.v0.redis",
    "ingress": "charms.traefik_k8s.v2.ingress",
    "metrics-endpoint": "charms.prometheus_k8s.v0.prometheus_scrape",
    "logging": "charms.loki_k8s.v1.loki_push_api",
    "grafana-dashboard": "charms.grafana_k8s.v0.grafana_dashboard",
}
"""What to fetch for each endpoint."""
LIBRARIES = [
    "charms.data_platform_libs.v0.data_interfaces",
    "charms.redis_k8s.v0.redis",
    "charms.traefik_k8s.v2.ingress",
    "charms.prometheus_k8s.v0.prometheus_scrape",
    "charms.loki_k8s.v1.loki_push_api",
    "charms.grafana_k8s.v0.grafana_dashboard",
]
REQUIRES = {
    "redis": {"interface": "redis", "optional": True},
    **{
        name: {"interface": f"{name}_client", "optional": True}
        for name in ("postgresql", "mysql", "mongodb")
    },
}
REDIS = """
    # As much of a library for Redis as its users see.
    import ops

    class RedisRelationUpdatedEvent(ops.EventBase):
        pass

    class RedisRequires(ops.Object):
        def __init__(self, charm, relation_name):
            super().__init__(charm, relation_name)
            self.charm = charm
            self.name = relation_name
            for kind in ("joined", "changed", "broken"):
                event = getattr(charm.on[relation_name], f"relation_{kind}")
                self.framework.observe(event, self._on_relation_changed)

        def _on_relation_changed(self, event):
            self.charm.on.redis_relation_updated.emit()

        @property
        def app_data(self):
            relation = self.model.get_relation(self.name)
            return relation.data[relation.app] if relation else None

        @property
        def relation_data(self):
            relation = self.model.get_relation(self.name)
            if not relation or not relation.units:
                return None
            return relation.data[next(iter(relation.units))]
"""


class Charm(paas_app_charmer.flask.Charm):
    integrations = paas_app_charmer.charm_libs.ALL


def deploy(
    folder: pathlib.Path, *relations: ops.testing.Relation, **state: Any
) -> conftest.Deployment:
    return conftest.deploy(
        folder, charm=Charm, requires=REQUIRES, relations=[PEERS, *relations], **state
    )


@pytest.fixture
def none_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    """A charm without any of the libraries."""
    for name in LIBRARIES:
        monkeypatch.setitem(sys.modules, name, None)


@pytest.fixture
def fetch(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch):
    """Put a library for Redis into the charm."""

    def fetch(text: str) -> None:
        path = tmp_path / "lib" / "charms" / "redis_k8s" / "v0" / "redis.py"
        path.parent.mkdir(parents=True)
        path.write_text(textwrap.dedent(text), encoding="utf-8")
        monkeypatch.syspath_prepend(tmp_path / "lib")

    yield fetch
    for name in [name for name in sys.modules if name.startswith("charms.redis_k8s")]:
        del sys.modules[name]


@pytest.fixture
def redis(fetch) -> None:
    fetch(REDIS)


def test_naming_the_libraries_imports_none_of_them():
    code = "import json, sys, paas_app_charmer.charm_libs; print(json.dumps(list(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)

    loaded = {name.partition(".")[0] for name in json.loads(done.stdout)}
    assert not {"charms", "cosl"} & loaded


@pytest.mark.usefixtures("none_fetched")
def test_a_library_is_not_missed_before_its_endpoint_has_a_relation(tmp_path):
    assert deploy(tmp_path).run().unit_status == ops.ActiveStatus()


@pytest.mark.usefixtures("none_fetched")
@pytest.mark.parametrize("leader", [True, False])
@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_the_status_says_which_library_to_fetch(tmp_path, endpoint, leader):
    flask = deploy(tmp_path, ops.testing.Relation(endpoint), leader=leader)

    status = flask.run().unit_status

    assert isinstance(status, ops.BlockedStatus)
    add = "add it to charm-libs, fetch it and pack again"
    assert status.message == f"{endpoint} needs {ENDPOINTS[endpoint]}: {add}"


@pytest.mark.usefixtures("none_fetched")
@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_nothing_is_published_in_the_place_of_a_missing_library(tmp_path, endpoint):
    flask = deploy(tmp_path, ops.testing.Relation(endpoint))

    (relation,) = flask.run().get_relations(endpoint)

    assert relation.local_app_data == {}


@pytest.mark.usefixtures("none_fetched")
def test_what_runs_goes_on_while_a_library_is_missing(tmp_path):
    flask = deploy(tmp_path)
    flask.run()

    state = flask.run(relations=[PEERS, ops.testing.Relation("ingress")])

    service = state.get_container("flask-app").service_statuses["flask"]
    assert service is ops.pebble.ServiceStatus.ACTIVE


@pytest.mark.usefixtures("none_fetched")
def test_the_groups_can_be_chosen(tmp_path):
    class Chosen(paas_app_charmer.flask.Charm):
        integrations = (*paas_app_charmer.charm_libs.REDIS, *paas_app_charmer.charm_libs.INGRESS)

    database = ops.testing.Relation("postgresql")
    flask = conftest.deploy(tmp_path, charm=Chosen, requires=REQUIRES, relations=[PEERS, database])

    assert flask.run().unit_status == ops.ActiveStatus()
    asked = flask.state.get_relations("postgresql")[0].local_app_data
    assert asked["database"] == "flask-k8s"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("import no_such_module", "the Python module no_such_module, for charms.redis_k8s.v0"),
        ("RedisRequires = None", "another charms.redis_k8s.v0.redis: fetch it and pack again"),
        ("from ops import Missing", "another charms.redis_k8s.v0.redis: fetch it and pack again"),
    ],
)
def test_a_library_that_cannot_be_attached_is_told(tmp_path, fetch, text, wanted):
    fetch(text)

    status = deploy(tmp_path, ops.testing.Relation("redis")).run().unit_status

    assert isinstance(status, ops.BlockedStatus)
    assert status.message.startswith(f"redis needs {wanted}")


@pytest.mark.usefixtures("redis")
def test_redis_gives_the_same_variables_by_its_library(tmp_path):
    units = {0: {"hostname": "cache-0", "port": "6379"}}
    redis = ops.testing.Relation("redis", remote_units_data=units)
    flask = deploy(tmp_path, redis)
    (tmp_path / "built-in").mkdir()
    builtin = conftest.deploy(tmp_path / "built-in", requires=REQUIRES, relations=[PEERS, redis])

    for one in (flask, builtin):
        one.run(one.context.on.relation_changed(redis, remote_unit=0))

    assert flask.environment["REDIS_DB_CONNECT_STRING"] == "redis://cache-0:6379"
    names = {name for name in builtin.environment if name.startswith("REDIS")}
    assert {n: flask.environment[n] for n in names} == {n: builtin.environment[n] for n in names}


@pytest.mark.usefixtures("redis")
def test_the_leader_of_redis_counts_by_its_library(tmp_path):
    redis = ops.testing.Relation(
        "redis",
        remote_app_data={"leader-host": "cache-1"},
        remote_units_data={0: {"hostname": "cache-0", "port": "6379"}},
    )
    flask = deploy(tmp_path, redis)
    flask.run()

    assert flask.environment["REDIS_DB_HOSTNAME"] == "cache-1"


@pytest.mark.usefixtures("redis")
@pytest.mark.parametrize("units", [{}, {0: {}}, {0: {"hostname": "h", "port": "None"}}])
def test_redis_is_waited_for_by_its_library(tmp_path, units):
    flask = deploy(tmp_path, ops.testing.Relation("redis", remote_units_data=units))

    assert flask.run().unit_status == ops.ActiveStatus()
    assert not any(name.startswith("REDIS") for name in flask.environment)


@pytest.mark.usefixtures("redis")
def test_unusable_data_are_told_as_ever(tmp_path):
    units = {0: {"hostname": "h", "port": "many"}}
    flask = deploy(tmp_path, ops.testing.Relation("redis", remote_units_data=units))

    status = flask.run().unit_status

    assert isinstance(status, ops.BlockedStatus)
    assert status.message.startswith("Invalid redis relation data: port: should be a valid int")


@pytest.mark.usefixtures("redis")
def test_variables_go_with_the_relation_by_the_library(tmp_path):
    units = {0: {"hostname": "cache-0", "port": "6379"}}
    flask = deploy(tmp_path, ops.testing.Relation("redis", remote_units_data=units))
    flask.run()

    flask.run(flask.context.on.relation_broken(flask.state.get_relations("redis")[0]))

    assert not any(name.startswith("REDIS") for name in flask.environment)
