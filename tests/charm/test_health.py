"""What the unit says while its application starts, fails and comes back."""

from __future__ import annotations

import dataclasses
import json
import time
from typing import Any

import calls as counting
import conftest
import ops
import ops.testing
import pytest

UP, DOWN = ops.pebble.CheckStatus.UP, ops.pebble.CheckStatus.DOWN
READY = ops.pebble.CheckLevel.READY
OFF = ops.pebble.CheckStartup.DISABLED
REQUIRED = {"postgresql": {"interface": "postgresql_client", "optional": False}}
DATA = {"endpoints": "db:5432", "username": "u", "password": "hunter22", "database": "app"}
PEERS = ops.testing.PeerRelation("secret-storage")


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> counting.Calls:
    return counting.record(monkeypatch)


def info(flask: conftest.Deployment, name: str) -> ops.testing.CheckInfo:
    return flask.state.get_container("flask-app").get_check_info(name)


def set_check(flask: conftest.Deployment, name: str, **changes: Any) -> ops.testing.CheckInfo:
    """Let Pebble have come to another result."""
    kept = {n: c for n, c in by_name(flask).items() if n != name}
    one = by_name(flask)[name]
    fields = {"level": one.level, "startup": one.startup, "threshold": one.threshold, **changes}
    changed = ops.testing.CheckInfo(name, **fields)
    flask.set_container(check_infos=frozenset({changed, *kept.values()}))
    return changed


def by_name(flask: conftest.Deployment) -> dict[str, ops.testing.CheckInfo]:
    return {one.name: one for one in flask.state.get_container("flask-app").check_infos}


def states(flask: conftest.Deployment) -> dict[str, str]:
    statuses = flask.state.get_container("flask-app").service_statuses
    return {name: getattr(status, "value", status) for name, status in statuses.items()}


def starting(tmp_path: Any, **fields: Any) -> conftest.Deployment:
    """Return a unit whose web server was started and has not answered yet."""
    flask = conftest.deploy(tmp_path, **fields)
    flask.run()
    set_check(flask, "flask-started", status=DOWN, successes=0, failures=1)
    return flask


def failed(flask: conftest.Deployment, name: str) -> Any:
    container = flask.state.get_container("flask-app")
    return flask.context.on.pebble_check_failed(container, info(flask, name))


def recovered(flask: conftest.Deployment, name: str) -> Any:
    container = flask.state.get_container("flask-app")
    return flask.context.on.pebble_check_recovered(container, info(flask, name))


def test_a_web_server_that_does_not_answer_yet_is_waited_for(tmp_path):
    flask = starting(tmp_path)
    status = flask.run(failed(flask, "flask-started")).unit_status
    assert status == ops.WaitingStatus("Waiting for flask to answer on port 8000")


def test_the_first_answer_is_seen_at_once_and_ends_the_look_out(tmp_path, calls):
    flask = starting(tmp_path)
    flask.run(failed(flask, "flask-started"))
    set_check(flask, "flask-started", status=UP, successes=1)
    calls.clear()
    assert flask.run(recovered(flask, "flask-started")).unit_status == ops.ActiveStatus()
    assert info(flask, "flask-started").status == ops.pebble.CheckStatus.INACTIVE
    assert calls.writes() == ["stop_checks", "status_set", "status_set"]


def test_a_check_that_says_the_same_again_changes_nothing(tmp_path, calls):
    flask = starting(tmp_path)
    flask.run(failed(flask, "flask-started"))
    calls.clear()
    flask.run(failed(flask, "flask-started"))
    assert calls.writes() == []


def logs(*messages: str) -> ops.testing.Exec:
    lines = [json.dumps({"service": "flask", "message": message}) for message in messages]
    return ops.testing.Exec(["/charm/bin/pebble", "logs"], stdout="\n".join(lines))


def ready_again(flask: conftest.Deployment) -> ops.StatusBase:
    set_check(flask, "flask-ready", status=UP, successes=1)
    return flask.run(recovered(flask, "flask-ready")).unit_status


def test_a_web_server_that_stops_answering_blocks_with_its_last_line_until_it_is_back(tmp_path):
    flask = conftest.deploy(tmp_path)
    flask.run()
    everything = ops.testing.Exec([], return_code=0)
    flask.set_container(execs={everything, logs("first", "MemoryError", "  ")})
    set_check(flask, "flask-ready", status=DOWN, failures=3)
    status = flask.run(failed(flask, "flask-ready")).unit_status
    assert status == ops.BlockedStatus("flask does not answer on port 8000: MemoryError")
    assert ready_again(flask) == ops.ActiveStatus()


def test_the_last_line_tells_no_secret_and_no_part_of_one(tmp_path):
    database = ops.testing.Relation("postgresql", remote_app_data=DATA)
    flask = conftest.deploy(tmp_path, requires=REQUIRED, relations=[PEERS, database])
    flask.run()
    line = f"{'x' * 70} hunter22"
    flask.set_container(execs={ops.testing.Exec([], return_code=0), logs(line)})
    set_check(flask, "flask-ready", status=DOWN, failures=3)
    status = flask.run(failed(flask, "flask-ready")).unit_status
    assert status.message.endswith("x ***")
    assert all("hunter" not in line.message for line in flask.context.juju_log)


def test_a_line_that_cannot_be_had_is_done_without(tmp_path):
    flask = conftest.deploy(tmp_path)
    flask.run()
    refused = ops.testing.Exec(["/charm/bin/pebble"], return_code=1)
    flask.set_container(execs={ops.testing.Exec([], return_code=0), refused})
    set_check(flask, "flask-ready", status=DOWN, failures=3)
    status = flask.run(failed(flask, "flask-ready")).unit_status
    assert status == ops.BlockedStatus("flask does not answer on port 8000")


def crash(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the web server be down for a moment, a state that the mock Pebble has no name for."""
    asked = ops.Container.get_services

    def get_services(container: ops.Container, *names: str) -> Any:
        found = asked(container, *names)
        web = ops.pebble.ServiceInfo("flask", ops.pebble.ServiceStartup.ENABLED, "backoff")
        return {**found, "flask": web}

    monkeypatch.setattr(ops.Container, "get_services", get_services)


def test_a_service_that_keeps_crashing_is_left_to_pebble_and_told(tmp_path, calls, monkeypatch):
    flask = conftest.deploy(tmp_path)
    flask.run()
    flask.set_container(
        execs={ops.testing.Exec([], return_code=0), logs("segmentation fault")},
    )
    crash(monkeypatch)
    calls.clear()
    status = flask.run(flask.context.on.update_status()).unit_status
    assert status == ops.BlockedStatus("service flask stops by itself: segmentation fault")
    assert [name for name in calls.writes() if name != "status_set"] == ["exec"]


def test_a_service_that_keeps_crashing_is_started_with_what_has_changed(
    tmp_path, calls, monkeypatch
):
    flask = conftest.deploy(tmp_path)
    flask.run()
    crash(monkeypatch)
    calls.clear()
    flask.run(config={"flask-env": "staging"})
    assert calls.restarts() == [["flask"]]


def test_a_server_that_did_not_take_a_change_is_asked_again_until_it_does(tmp_path, calls):
    flask = conftest.deploy(tmp_path)
    flask.run()
    complaint = flask.folder / "flask/complaint"
    complaint.write_text("the new workers cannot start")
    calls.clear()
    status = flask.run(flask.context.on.update_status()).unit_status
    assert status == ops.BlockedStatus("flask goes on as it was: the new workers cannot start")
    assert calls.signals() == [("SIGHUP", ["flask"])]
    complaint.write_text("")
    calls.clear()
    assert flask.run(flask.context.on.update_status()).unit_status == ops.ActiveStatus()
    assert calls.signals() == []


def with_database(tmp_path: Any) -> conftest.Deployment:
    database = ops.testing.Relation("postgresql", remote_app_data=DATA)
    flask = conftest.deploy(tmp_path, requires=REQUIRED, relations=[PEERS, database])
    flask.run()
    return flask


def later(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + seconds)


def test_a_gap_in_a_required_relation_is_told_and_stops_nothing(tmp_path, calls):
    flask = with_database(tmp_path)
    status = flask.run(relations=[PEERS]).unit_status
    assert status == ops.BlockedStatus("missing integrations: postgresql")
    assert states(flask)["flask"] == "active"
    calls.clear()
    flask.run(flask.context.on.update_status())
    assert calls.writes() == []


def test_one_that_lasts_stops_the_services_and_the_checks_that_would_miss_them(
    tmp_path, monkeypatch
):
    flask = with_database(tmp_path)
    flask.run(relations=[PEERS])
    later(monkeypatch, 61)
    flask.run(flask.context.on.update_status())
    assert set(states(flask).values()) == {"inactive"}
    inactive = ops.pebble.CheckStatus.INACTIVE
    assert {one.status for one in by_name(flask).values()} == {inactive}


def test_what_a_gap_stopped_starts_when_the_relation_is_back(tmp_path, monkeypatch):
    flask = with_database(tmp_path)
    database = flask.state.get_relations("postgresql")[0]
    flask.run(relations=[PEERS])
    later(monkeypatch, 61)
    flask.run(flask.context.on.update_status())
    status = flask.run(relations=[PEERS, database]).unit_status
    assert status == ops.ActiveStatus()
    assert states(flask)["flask"] == "active"
    assert info(flask, "flask-ready").status == UP


def test_a_second_gap_has_its_own_time(tmp_path, monkeypatch):
    flask = with_database(tmp_path)
    database = flask.state.get_relations("postgresql")[0]
    flask.run(relations=[PEERS])
    flask.run(relations=[PEERS, database])
    later(monkeypatch, 61)
    flask.run(relations=[PEERS])
    assert states(flask)["flask"] == "active"


def test_a_worker_whose_check_is_taken_out_of_the_file_is_not_checked_any_more(tmp_path):
    workers = "health: {workers: {mail-worker: python3 check.py}}"
    services = {"mail-worker": conftest.WORKER}
    flask = conftest.deploy(tmp_path, services=services, paas_config=workers)
    flask.run()
    assert info(flask, "mail-worker-ready").status == UP
    (tmp_path / "charm/paas-config.yaml").write_text("")
    flask.run()
    assert info(flask, "mail-worker-ready").startup == OFF
    assert info(flask, "mail-worker-ready").status == ops.pebble.CheckStatus.INACTIVE


def test_a_pebble_that_cannot_stop_checks_keeps_the_application_running(tmp_path, monkeypatch):
    refused = ops.pebble.APIError({}, 404, "Not Found", "no such endpoint")
    for name in ("start_checks", "stop_checks"):
        monkeypatch.setattr(ops.Container, name, raises(refused))
    flask = starting(tmp_path)
    set_check(flask, "flask-started", status=UP, successes=1)
    assert flask.run().unit_status == ops.ActiveStatus()


def raises(error: Exception) -> Any:
    def call(*_: object, **__: object) -> None:
        raise error

    return call


def test_units_restart_one_after_another(tmp_path, monkeypatch):
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    peers = dataclasses.replace(PEERS, peers_data={0: {}, 1: {}, 3: {}})
    services = {"mail-worker": conftest.WORKER}
    flask = conftest.deploy(tmp_path, unit=2, services=services, relations=[peers])
    flask.run()
    assert slept == []
    flask.run(config={"flask-env": "staging"})
    assert slept == [5.0]


def test_the_only_unit_restarts_without_delay(tmp_path, monkeypatch):
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    flask = conftest.deploy(tmp_path, unit=2, services={"mail-worker": conftest.WORKER})
    flask.run()
    flask.run(config={"flask-env": "staging"})
    assert sum(slept) == 0
