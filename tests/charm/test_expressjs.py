"""An Express charm: an application that `npm start` starts, and that variables tell its place."""

from __future__ import annotations

import json
import pathlib
from typing import Any

import ops.testing
import pytest

from .conftest import Deployment, deploy, plain_rock

FIRST, SECOND = "ubuntu@24.04", "ubuntu@26.04"
METRICS = ops.testing.Relation("metrics-endpoint")
INGRESS = ops.testing.Relation("ingress")


def expressjs(tmp_path: pathlib.Path, **more: Any) -> Deployment:
    return deploy(
        tmp_path, framework="expressjs", layer=plain_rock("expressjs", "npm start"), **more
    )


def related(tmp_path: pathlib.Path, **more: Any) -> Deployment:
    relations = [ops.testing.PeerRelation("secret-storage"), INGRESS, METRICS]
    return expressjs(tmp_path, relations=relations, **more)


def told(after: ops.testing.State) -> tuple[str, dict[str, Any]]:
    """Return the port that the ingress knows, and the first job of Prometheus."""
    bag = after.get_relation(INGRESS.id).local_app_data
    jobs = json.loads(after.get_relation(METRICS.id).local_app_data["scrape_jobs"])
    return bag["port"], jobs[0]


@pytest.mark.parametrize(("base", "metrics_port"), [(FIRST, "8080"), (SECOND, "9464")])
def test_both_generations_are_told_their_place_by_the_same_names(tmp_path, base, metrics_port):
    charm = expressjs(tmp_path, base=base)
    after = charm.run()
    assert after.unit_status == ops.ActiveStatus()
    assert after.opened_ports == {ops.testing.TCPPort(8080)}
    names = {name for name in charm.environment if name.endswith(("PORT", "PATH"))}
    assert names == {"PORT", "METRICS_PORT", "METRICS_PATH"}
    assert charm.environment["METRICS_PORT"] == metrics_port
    assert charm.environment["FROM_THE_ROCK"] == "kept"


def test_the_application_is_started_as_the_rock_says(tmp_path):
    charm = expressjs(tmp_path)
    service = charm.run().get_container("app").plan.services["expressjs"]
    assert (service.command, service.working_dir, service.user) == (
        "npm start",
        "/app",
        "_daemon_",
    )


def test_another_port_is_told_to_the_application_to_juju_and_to_neighbours(tmp_path):
    charm = related(
        tmp_path, config={"app-port": 9000, "metrics-port": 9100, "metrics-path": "/m"}
    )
    after = charm.run()
    assert charm.environment["PORT"] == "9000"
    assert after.opened_ports == {ops.testing.TCPPort(9000)}
    port, job = told(after)
    assert port == "9000"
    assert job["metrics_path"] == "/m"
    assert job["static_configs"] == [{"targets": ["*:9100"]}]


def test_paas_config_says_where_a_charm_of_the_second_generation_listens(tmp_path):
    config = "port: 9000\nmetrics-port: 9100\nmetrics-path: /m\n"
    charm = expressjs(tmp_path, base=SECOND, paas_config=config)
    after = charm.run()
    assert after.opened_ports == {ops.testing.TCPPort(9000)}
    found = [charm.environment[name] for name in ("PORT", "METRICS_PORT", "METRICS_PATH")]
    assert found == ["9000", "9100", "/m"]


@pytest.mark.parametrize(
    ("option", "value"), [("app-port", 0), ("metrics-port", 70000), ("metrics-path", "/")]
)
def test_b25_a_wrong_option_is_a_status_and_what_runs_goes_on(tmp_path, option, value):
    charm = related(tmp_path, config={"app-port": 9000})
    before = charm.run()
    after = charm.run(config={"app-port": 9000, option: value})
    assert after.unit_status.name == "blocked"
    assert option in after.unit_status.message
    assert (told(after), after.opened_ports) == (told(before), before.opened_ports)
    assert charm.environment["PORT"] == "9000"
    assert charm.run(config={"app-port": 9001}).unit_status == ops.ActiveStatus()


@pytest.mark.parametrize("base", [FIRST, SECOND])
def test_b05_a_key_that_is_set_is_the_only_one_that_is_handed_out(tmp_path, base):
    secret = ops.testing.Secret({"value": "pinned"})
    option = "app-secret-key-id" if base == FIRST else "app-secret-key"
    charm = expressjs(tmp_path, base=base, secrets=[secret], config={option: secret.id})
    charm.run()
    keys = {name: value for name, value in charm.environment.items() if "SECRET_KEY" in name}
    assert keys == {"APP_SECRET_KEY": "pinned"}


def test_a_log_as_json_is_refused_as_the_application_writes_it(tmp_path):
    charm = expressjs(tmp_path, paas_config="framework_logging_format: json\n")
    after = charm.run()
    assert after.unit_status.name == "blocked"
    assert after.unit_status.message == (
        "Invalid paas-config.yaml: framework_logging_format 'json' is not supported for the "
        "'expressjs' framework"
    )


def test_another_option_of_the_author_reaches_the_application(tmp_path):
    charm = expressjs(
        tmp_path, options={"greeting": {"type": "string"}}, config={"greeting": "Hello"}
    )
    charm.run()
    assert charm.environment["APP_GREETING"] == "Hello"
    charm.run(config={"greeting": "Well met"})
    assert charm.environment["APP_GREETING"] == "Well met"


def test_libraries_take_it_for_production_unless_an_option_of_the_author_says_otherwise(tmp_path):
    charm = expressjs(tmp_path)
    charm.run()
    assert charm.environment["NODE_ENV"] == "production"
    (tmp_path / "other").mkdir()
    other = expressjs(
        tmp_path / "other",
        options={"node-env": {"type": "string"}},
        config={"node-env": "staging"},
    )
    other.run()
    assert other.environment["NODE_ENV"] == "staging"


def test_an_event_that_brings_nothing_new_changes_nothing(tmp_path):
    charm = related(tmp_path)
    before = charm.run()
    after = charm.run(charm.context.on.update_status())
    assert (after.containers, after.relations) == (before.containers, before.relations)
