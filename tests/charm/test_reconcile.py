"""One handler for every event: what changes is done by the gentlest action, and nothing else."""

from __future__ import annotations

import dataclasses
from typing import Any

import conftest
import ops
import ops.testing
import pytest
from calls import Calls, record

POSTGRESQL = {"postgresql": {"interface": "postgresql_client", "optional": True}}
DATA = {"endpoints": "db:5432", "username": "u", "password": "secret!", "database": "flask-k8s"}


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Calls:
    return record(monkeypatch)


def database(**data: str) -> ops.testing.Relation:
    return ops.testing.Relation("postgresql", remote_app_data={**DATA, **data})


def everything(tmp_path: Any) -> conftest.Deployment:
    relations = [
        ops.testing.PeerRelation("secret-storage", peers_data={1: {}, 2: {}}),
        database(),
        ops.testing.Relation("ingress", remote_app_data={"ingress": '{"url": "http://x/y"}'}),
        ops.testing.Relation(
            "logging",
            remote_units_data={0: {"endpoint": '{"url": "http://loki:3100/loki/api/v1/push"}'}},
        ),
        ops.testing.Relation("metrics-endpoint"),
        ops.testing.Relation("grafana-dashboard"),
    ]
    return conftest.deploy(
        tmp_path,
        requires=POSTGRESQL,
        relations=relations,
        services={"mail-worker": conftest.WORKER, "night-scheduler": conftest.WORKER},
    )


def test_every_service_is_started_with_the_environment(tmp_path):
    flask = everything(tmp_path)
    state = flask.run()
    container = state.get_container("flask-app")
    assert state.unit_status == state.app_status == ops.ActiveStatus()
    assert {s.value for s in container.service_statuses.values()} == {"active"}
    for name in ("flask", "mail-worker", "night-scheduler"):
        environment = container.plan.services[name].environment
        assert environment["POSTGRESQL_DB_PASSWORD"] == "secret!"
        assert environment["FLASK_BASE_URL"] == "http://x/y"


@pytest.mark.parametrize("leader", [True, False])
def test_b06_b32_an_event_that_changes_nothing_writes_nothing(tmp_path, calls, leader):
    flask = everything(tmp_path)
    flask.run()
    flask.run(leader=leader)
    relation = flask.state.get_relations("postgresql")[0]
    on = flask.context.on
    for event in (
        on.config_changed(),
        on.update_status(),
        on.leader_elected() if leader else on.start(),
        on.relation_changed(relation),
        on.upgrade_charm(),
        on.pebble_ready(flask.state.get_container("flask-app")),
    ):
        calls.clear()
        flask.run(event)
        assert calls.writes() == [], event


def test_b32_the_status_does_not_flap(tmp_path):
    flask = everything(tmp_path)
    flask.run()
    flask.context.unit_status_history.clear()
    flask.run()
    assert flask.context.unit_status_history == [ops.ActiveStatus()] or not (
        flask.context.unit_status_history
    )


def test_a_changed_variable_reloads_gunicorn_and_restarts_workers(tmp_path, calls):
    flask = everything(tmp_path)
    flask.run()
    calls.clear()
    flask.run(config={"flask-env": "staging"})
    assert calls.signals() == [("SIGHUP", ["flask"])]
    assert calls.restarts() == [["mail-worker", "night-scheduler"]]
    assert flask.environment["FLASK_ENV"] == "staging"
    assert "raw_env = ['FLASK_ENV=staging']" in flask.settings


def test_a_reload_removes_what_is_gone_and_keeps_what_came_back(tmp_path):
    flask = everything(tmp_path)
    flask.run(config={"flask-env": "staging"})
    flask.run(config={})
    assert "for name in ['FLASK_ENV']:\n    os.environ.pop(name, None)" in flask.settings
    flask.run(config={"flask-env": "staging"})
    assert "raw_env = ['FLASK_ENV=staging']" in flask.settings
    assert "pop" not in flask.settings


def test_a_gunicorn_setting_reloads_and_leaves_workers_alone(tmp_path, calls):
    flask = everything(tmp_path)
    flask.run()
    calls.clear()
    flask.run(config={"webserver-workers": 3})
    assert calls.signals() == [("SIGHUP", ["flask"])]
    assert calls.restarts() == []


def test_a_changed_command_restarts_gunicorn(tmp_path, calls):
    flask = everything(tmp_path)
    flask.run()
    calls.clear()
    flask.run(config={"webserver-worker-class": "gevent"})
    assert calls.restarts() == [["flask"]]
    assert calls.signals() == []
    assert "-k [ gevent ]" in flask.state.get_container("flask-app").plan.services["flask"].command


def test_a_restart_starts_from_a_configuration_without_environment(tmp_path):
    flask = everything(tmp_path)
    flask.run()
    flask.run(config={"flask-env": "staging"})
    flask.run(config={"flask-env": "staging", "webserver-worker-class": "gevent"})
    assert "raw_env" not in flask.settings


def test_gunicorns_configuration_is_for_its_user_only(tmp_path, calls):
    flask = everything(tmp_path)
    flask.run()
    pushed = [c for c in calls.of("push") if c.args[0].endswith("gunicorn.conf.py")]
    assert [(c.kwargs["permissions"], c.kwargs["user"]) for c in pushed] == [(0o600, "_daemon_")]


def test_a_service_that_crashed_is_started_again(tmp_path, calls):
    flask = everything(tmp_path)
    flask.run()
    flask.set_container(
        service_statuses={
            **flask.state.get_container("flask-app").service_statuses,
            "mail-worker": ops.pebble.ServiceStatus.ERROR,
        }
    )
    calls.clear()
    flask.run(flask.context.on.update_status())
    assert calls.restarts() == [["mail-worker"]]


def test_a_scheduler_runs_on_the_first_unit_only(tmp_path):
    services = {"night-scheduler": conftest.WORKER, "mail-worker": conftest.WORKER}
    flask = conftest.deploy(tmp_path, services=services, unit=1)
    container = flask.run().get_container("flask-app")
    assert container.plan.services["night-scheduler"].startup == "disabled"
    active = {n for n, s in container.service_statuses.items() if s.value == "active"}
    assert active == {"flask", "statsd-exporter", "mail-worker"}


def test_b04_the_rocks_own_variables_stay_underneath(tmp_path):
    worker = {**conftest.WORKER, "environment": {"QUEUE": "mail", "FLASK_ENV": "rock"}}
    flask = conftest.deploy(tmp_path, services={"mail-worker": worker})
    flask.run(config={"flask-env": "staging"})
    environment = flask.state.get_container("flask-app").plan.services["mail-worker"].environment
    assert flask.environment["FROM_THE_ROCK"] == "kept"
    assert (environment["QUEUE"], environment["FLASK_ENV"]) == ("mail", "staging")


def test_b26a_a_worker_with_a_merged_definition_loses_removed_variables(tmp_path):
    worker = {**conftest.WORKER, "override": "merge"}
    flask = conftest.deploy(tmp_path, services={"mail-worker": worker})
    flask.run(config={"flask-env": "staging"})
    flask.run(config={})
    plan = flask.state.get_container("flask-app").plan
    assert "FLASK_ENV" not in plan.services["mail-worker"].environment


def test_b26b_the_exporter_follows_the_metrics_port(tmp_path):
    flask = conftest.deploy(tmp_path, paas_config="metrics-port: 9200\n")
    flask.run()
    command = flask.state.get_container("flask-app").plan.services["statsd-exporter"].command
    assert command.endswith("--web.listen-address=:9200")


def test_b42_a_lost_memory_does_not_freeze_what_the_charm_set(tmp_path):
    flask = everything(tmp_path)
    flask.run(config={"flask-env": "staging"})
    (tmp_path / "container" / "tmp" / "flask" / "state" / "release.json").unlink()
    flask.run(config={})
    assert "FLASK_ENV" not in flask.environment


def test_the_port_of_the_application_is_the_only_one_opened(tmp_path):
    flask = conftest.deploy(tmp_path, paas_config="port: 8080\n")
    assert flask.run().opened_ports == {ops.testing.TCPPort(8080)}
    assert "bind = ['0.0.0.0:8080']" in flask.settings


def test_log_files_are_used_where_pebble_cannot_forward(tmp_path):
    flask = conftest.deploy(tmp_path, juju="3.3.0")
    flask.run()
    assert "accesslog = '/var/log/flask/access.log'" in flask.settings


def test_the_second_generation_of_charms_is_served(tmp_path):
    flask = conftest.deploy(tmp_path, base="ubuntu@26.04")
    state = flask.run()
    assert state.unit_status == ops.ActiveStatus()
    assert flask.environment["FLASK_METRICS_PORT"] == "9102"
    assert flask.environment["FLASK_METRICS_PATH"] == "/metrics"


def test_the_older_snapshot_of_the_rock_is_taken_over(tmp_path):
    flask = conftest.deploy(tmp_path)
    folder = tmp_path / "container" / "tmp" / "flask" / "state"
    folder.mkdir(parents=True)
    service = '{"flask": {"command": "python3 -m gunicorn x:y", "startup": "enabled"}}'
    (folder / "original-services.json").write_text(service)
    flask.run()
    assert dataclasses.asdict(flask.state)["unit_status"]
    plan = flask.state.get_container("flask-app").plan
    assert plan.services["flask"].command == "python3 -m gunicorn x:y"
