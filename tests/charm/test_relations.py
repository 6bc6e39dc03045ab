"""Integrations, seen from Juju: required, missing, arriving, unusable, gone."""

from __future__ import annotations

import dataclasses

import conftest
import ops
import ops.testing
import pytest

PEERS = ops.testing.PeerRelation("secret-storage")
REQUIRED = {"postgresql": {"interface": "postgresql_client", "optional": False}}
OPTIONAL = {"postgresql": {"interface": "postgresql_client", "optional": True}}
DATA = {"endpoints": "db:5432", "username": "u", "password": "pass word", "database": "app"}


def test_a_missing_integration_blocks_in_the_order_of_the_metadata(tmp_path):
    requires = {
        "redis": {"interface": "redis"},
        "mysql": {"interface": "mysql_client", "optional": False},
    }
    flask = conftest.deploy(tmp_path, requires=requires)
    assert flask.run().unit_status == ops.BlockedStatus("missing integrations: mysql, redis")


AT_ONCE = "change: {gap: 0s}"


def test_a_required_integration_that_goes_stops_the_services(tmp_path):
    database = ops.testing.Relation("postgresql", remote_app_data=DATA)
    flask = conftest.deploy(
        tmp_path, requires=REQUIRED, relations=[PEERS, database], paas_config=AT_ONCE
    )
    flask.run()
    relation = flask.state.get_relations("postgresql")[0]
    state = flask.run(flask.context.on.relation_broken(relation))
    assert state.unit_status == ops.BlockedStatus("missing integrations: postgresql")
    assert states(flask) == {"inactive"}


def states(flask: conftest.Deployment) -> set[str]:
    statuses = flask.state.get_container("flask-app").service_statuses
    return {status.value for status in statuses.values()}


@pytest.mark.parametrize(("departing", "acts"), [("flask-k8s/1", False), ("flask-k8s/0", True)])
def test_a_unit_that_goes_does_nothing_for_each_relation_that_it_leaves(tmp_path, departing, acts):
    peers = dataclasses.replace(PEERS, peers_data={0: {}, 2: {}})
    flask = conftest.deploy(tmp_path, unit=1, relations=[peers])
    flask.run()
    before = flask.environment["FLASK_PEER_FQDNS"]
    left = dataclasses.replace(peers, peers_data={2: {}})
    event = flask.context.on.relation_departed(
        left, remote_unit=0, departing_unit=int(departing.rpartition("/")[2])
    )
    flask.run(event, relations=[left])
    assert (flask.environment["FLASK_PEER_FQDNS"] != before) is acts


def test_b20b_data_still_arriving_is_waited_for(tmp_path):
    database = ops.testing.Relation("postgresql")
    flask = conftest.deploy(tmp_path, requires=REQUIRED, relations=[PEERS, database])
    assert flask.run().unit_status == ops.WaitingStatus(
        "waiting for data of integrations: postgresql"
    )


def test_data_of_an_optional_integration_still_arriving_hold_nothing_back(tmp_path):
    database = ops.testing.Relation("postgresql")
    flask = conftest.deploy(tmp_path, requires=OPTIONAL, relations=[PEERS, database])
    assert flask.run().unit_status == ops.ActiveStatus()


def test_b20a_unusable_data_block_with_the_cause(tmp_path):
    redis = ops.testing.Relation("redis", remote_units_data={0: {"hostname": "h", "port": "x"}})
    flask = conftest.deploy(
        tmp_path, requires={"redis": {"interface": "redis"}}, relations=[PEERS, redis]
    )
    status = flask.run().unit_status
    assert isinstance(status, ops.BlockedStatus)
    assert status.message.startswith("Invalid redis relation data: port: should be a valid int")


@pytest.mark.parametrize(
    "value", ["not json", "[]", '{"url": 5}', '{"url": "ftp://x"}', '{"url": "http://x:bad/"}']
)
def test_b20_a_malformed_ingress_never_raises(tmp_path, value):
    ingress = ops.testing.Relation("ingress", remote_app_data={"ingress": value})
    flask = conftest.deploy(tmp_path, relations=[PEERS, ingress])
    status = flask.run().unit_status
    assert isinstance(status, ops.BlockedStatus)
    assert status.message.startswith("Invalid ingress relation data: ")


def test_the_variables_of_a_relation_go_with_it(tmp_path):
    database = ops.testing.Relation("postgresql", remote_app_data=DATA)
    flask = conftest.deploy(tmp_path, requires=OPTIONAL, relations=[PEERS, database])
    flask.run()
    assert flask.environment["POSTGRESQL_DB_PASSWORD"] == "pass word"
    relation = flask.state.get_relations("postgresql")[0]
    flask.run(flask.context.on.relation_broken(relation))
    assert not any(name.startswith("POSTGRESQL") for name in flask.environment)
    assert "os.environ.pop" in flask.settings


def test_credentials_come_from_the_secret_that_the_databag_names(tmp_path):
    secret = ops.testing.Secret({"username": "u", "password": "p@ss"})
    data = {"endpoints": "db:5432", "secret-user": secret.id, "database": "app"}
    database = ops.testing.Relation("postgresql", remote_app_data=data)
    flask = conftest.deploy(
        tmp_path, requires=OPTIONAL, relations=[PEERS, database], secrets=[secret]
    )
    flask.run()
    url = "postgresql://u:p%40ss@db:5432/app"
    assert flask.environment["POSTGRESQL_DB_CONNECT_STRING"] == url


def test_b11_a_secret_of_a_neighbour_that_is_not_granted_blocks(tmp_path):
    data = {"endpoints": "db:5432", "secret-user": "secret:d0erdgfmp25c762i8np0"}
    database = ops.testing.Relation("postgresql", remote_app_data=data)
    flask = conftest.deploy(tmp_path, requires=OPTIONAL, relations=[PEERS, database])
    assert flask.run().unit_status == ops.BlockedStatus(
        "Invalid postgresql relation data: "
        "its secret is missing or not granted to this application"
    )


def test_b14_two_databases_of_one_interface_have_their_own_variables(tmp_path):
    endpoint = {"interface": "postgresql_client", "optional": True}
    other = {**DATA, "endpoints": "other:5432"}
    flask = conftest.deploy(
        tmp_path,
        requires={"postgresql": endpoint, "big-orders": endpoint},
        relations=[
            PEERS,
            ops.testing.Relation("postgresql", remote_app_data=DATA),
            ops.testing.Relation("big-orders", remote_app_data=other),
        ],
    )
    flask.run()
    assert flask.environment["POSTGRESQL_DB_HOSTNAME"] == "db"
    assert flask.environment["BIG_ORDERS_HOSTNAME"] == "other"


def test_only_the_leader_writes_the_application_databag(tmp_path):
    database = ops.testing.Relation("postgresql")
    for leader, expected in ((False, {}), (True, {"database", "requested-secrets"})):
        flask = conftest.deploy(
            tmp_path, requires=OPTIONAL, relations=[PEERS, database], leader=leader
        )
        flask.run()
        written = flask.state.get_relations("postgresql")[0].local_app_data
        assert written.keys() == set(expected)


def test_what_neighbours_need_is_published_before_the_container_is_ready(tmp_path):
    relations = [PEERS, ops.testing.Relation("postgresql"), ops.testing.Relation("ingress")]
    flask = conftest.deploy(tmp_path, requires=REQUIRED, relations=relations)
    flask.set_container(can_connect=False)
    flask.run()
    assert flask.state.get_relations("postgresql")[0].local_app_data["database"] == "flask-k8s"
    ingress = flask.state.get_relations("ingress")[0]
    assert ingress.local_app_data == {
        "model": '"test-model"',
        "name": '"flask-k8s"',
        "port": "8000",
        "strip-prefix": "true",
    }
    fqdn = '"flask-k8s-0.flask-k8s-endpoints.test-model.svc.cluster.local"'
    assert ingress.local_unit_data["host"] == fqdn
    assert ingress.local_unit_data["ip"] == '"192.0.2.0"'


def test_django_needs_a_database(tmp_path):
    django = conftest.deploy(tmp_path, framework="django")
    assert django.run().unit_status == ops.BlockedStatus(
        "Django requires a database integration to work"
    )


def test_b13_every_kind_of_integration_takes_its_variables_with_it(tmp_path):
    requires = {
        name: {"interface": interface, "optional": True}
        for name, interface in (
            ("postgresql", "postgresql_client"),
            ("mysql", "mysql_client"),
            ("mongodb", "mongodb_client"),
            ("redis", "redis"),
        )
    }
    relations = [ops.testing.Relation(n, remote_app_data=DATA) for n in list(requires)[:3]]
    units = {0: {"hostname": "cache", "port": "6379"}}
    relations.append(ops.testing.Relation("redis", remote_units_data=units))
    flask = conftest.deploy(tmp_path, requires=requires, relations=[PEERS, *relations])
    flask.run()
    for name in requires:
        assert flask.environment[f"{name.upper()}_DB_HOSTNAME"]
        flask.run(flask.context.on.relation_broken(flask.state.get_relations(name)[0]))
        assert not any(key.startswith(f"{name.upper()}_DB") for key in flask.environment)
        remaining = [r for r in flask.state.relations if r.endpoint != name]
        flask.run(relations=remaining)


def test_b31_redis_is_read_from_its_units_in_numeric_order(tmp_path):
    units = {n: {"hostname": f"cache-{n}", "port": "6379"} for n in (10, 2, 3)}
    redis = ops.testing.Relation("redis", remote_units_data=units)
    flask = conftest.deploy(
        tmp_path, requires={"redis": {"interface": "redis"}}, relations=[PEERS, redis]
    )
    flask.run()
    assert flask.environment["REDIS_DB_HOSTNAME"] == "cache-2"


def test_an_interface_that_nobody_knows_is_left_alone(tmp_path):
    requires = {"odd": {"interface": "no-such_interface", "optional": False}}
    flask = conftest.deploy(tmp_path, requires=requires)
    assert flask.run().unit_status == ops.ActiveStatus()


def test_a_second_relation_blocks_where_only_one_can_be_used(tmp_path):
    relations = [PEERS, ops.testing.Relation("valkey"), ops.testing.Relation("valkey")]
    flask = conftest.deploy(
        tmp_path, requires={"valkey": {"interface": "valkey_client"}}, relations=relations
    )
    assert flask.run().unit_status == ops.BlockedStatus(
        "Invalid valkey relation data: 2 relations, and only one can be used"
    )


@pytest.mark.parametrize(
    ("password", "told"),
    [
        ("a\0secret", "password holds a character that no variable can hold"),
        ("a\ud800secret", "a text in it is not Unicode"),
    ],
)
def test_what_no_variable_can_hold_is_refused(tmp_path, password, told):
    data = {**DATA, "password": password}
    database = ops.testing.Relation("postgresql", remote_app_data=data)
    flask = conftest.deploy(tmp_path, requires=OPTIONAL, relations=[PEERS, database])
    assert flask.run().unit_status == ops.BlockedStatus(
        f"Invalid postgresql relation data: {told}"
    )
