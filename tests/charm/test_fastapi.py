"""A FastAPI charm: what it does with options that say where the application is found."""

from __future__ import annotations

import json
import pathlib
from typing import Any

import ops.testing
import pytest

from .conftest import Deployment, deploy, plain_rock

COMMAND = "/bin/python3 -m uvicorn app:app"
JSON_LOG = "framework_logging_format: json\n"


def fastapi(tmp_path: pathlib.Path, **more: Any) -> Deployment:
    return deploy(tmp_path, framework="fastapi", layer=plain_rock("fastapi", COMMAND), **more)


def ingress(after: ops.testing.State) -> dict[str, str]:
    return dict(after.get_relations("ingress")[0].local_app_data)


def with_neighbours(tmp_path: pathlib.Path, **more: Any) -> Deployment:
    relations = [
        ops.testing.PeerRelation("secret-storage"),
        ops.testing.Relation("ingress"),
        ops.testing.Relation("metrics-endpoint"),
    ]
    return fastapi(tmp_path, relations=relations, **more)


def job(after: ops.testing.State) -> dict[str, Any]:
    bag = after.get_relations("metrics-endpoint")[0].local_app_data
    return json.loads(bag["scrape_jobs"])[0]


@pytest.mark.parametrize(("base", "port"), [("ubuntu@24.04", "8080"), ("ubuntu@26.04", "8000")])
def test_a_fresh_charm_serves_on_the_port_of_its_generation(tmp_path, base, port):
    peers = "secret-storage" if base == "ubuntu@24.04" else "peers"
    charm = fastapi(tmp_path, base=base, relations=[ops.testing.PeerRelation(peers)])
    after = charm.run()
    assert after.unit_status == ops.ActiveStatus()
    assert after.opened_ports == {ops.testing.TCPPort(int(port))}
    assert charm.environment["UVICORN_PORT"] == charm.environment["METRICS_PORT"] == port
    assert charm.environment["FROM_THE_ROCK"] == "kept"


def test_another_port_is_told_to_the_application_to_juju_and_to_neighbours(tmp_path):
    charm = with_neighbours(tmp_path)
    charm.run()
    after = charm.run(config={"webserver-port": 9000, "metrics-port": 9100})
    assert charm.environment["UVICORN_PORT"] == "9000"
    assert after.opened_ports == {ops.testing.TCPPort(9000)}
    assert ingress(after)["port"] == "9000"
    assert job(after)["static_configs"] == [{"targets": ["*:9100"]}]


def test_b25_an_option_that_is_wrong_is_a_status_and_neighbours_keep_what_they_were_told(tmp_path):
    charm = with_neighbours(tmp_path, config={"webserver-port": 9000})
    before = charm.run()
    after = charm.run(config={"webserver-port": 9000, "webserver-workers": 0})
    assert after.unit_status.name == "blocked"
    assert "webserver-workers" in after.unit_status.message
    assert ingress(after) == ingress(before)
    assert job(after) == job(before)
    assert after.opened_ports == before.opened_ports
    assert charm.environment["WEB_CONCURRENCY"] == "1"


def test_b25_once_the_option_is_right_the_charm_goes_on(tmp_path):
    charm = with_neighbours(tmp_path, config={"webserver-port": -1})
    assert charm.run().unit_status.name == "blocked"
    after = charm.run(config={"webserver-port": 9000})
    assert after.unit_status == ops.ActiveStatus()
    assert ingress(after)["port"] == "9000"


def test_an_event_that_brings_nothing_new_restarts_nothing(tmp_path):
    charm = with_neighbours(tmp_path)
    before = charm.run()
    after = charm.run(charm.context.on.update_status())
    assert (after.containers, after.relations) == (before.containers, before.relations)


def test_the_log_becomes_json_where_uvicorn_looks_for_its_configuration(tmp_path):
    charm = fastapi(tmp_path, paas_config=JSON_LOG)
    charm.run()
    folder = charm.folder / "tmp" / "fastapi" / "log_config"
    assert {file.name for file in folder.iterdir()} == {
        "uvicorn_log_handler.py",
        "uvicorn-log-config.json",
    }
    assert charm.environment["UVICORN_LOG_CONFIG"] == (
        "/tmp/fastapi/log_config/uvicorn-log-config.json"
    )
    assert charm.environment["PYTHONPATH"] == "/tmp/fastapi/log_config"


def test_b02_both_spellings_of_the_key_are_taken(tmp_path):
    charm = fastapi(tmp_path, config={"app-secret-key": "pinned"})
    charm.run()
    assert charm.environment["APP_SECRET_KEY"] == "pinned"


@pytest.mark.parametrize(
    ("base", "peers", "store"),
    [("ubuntu@24.04", "secret-storage", "app-store"), ("ubuntu@26.04", "peers", "fastapi-k8s")],
)
def test_the_store_of_permissions_is_named_as_its_generation_does(tmp_path, base, peers, store):
    relations = [ops.testing.PeerRelation(peers), ops.testing.Relation("openfga")]
    requires = {"openfga": {"interface": "openfga", "optional": True}}
    charm = fastapi(tmp_path, base=base, relations=relations, requires=requires)
    after = charm.run()
    assert after.get_relations("openfga")[0].local_app_data["store_name"] == store
