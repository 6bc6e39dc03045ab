"""What the operator sees when the container, the rock or a migration is at fault."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import conftest
import ops
import ops.testing
import pytest
from ops._private.harness import _TestingPebbleClient
from scenario.mocking import _MockPebbleClient

REQUIRED = {"postgresql": {"interface": "postgresql_client", "optional": True}}
DATA = {"endpoints": "db:5432", "username": "u", "password": "hunter22", "database": "app"}


def migrating(tmp_path: Any, script: str = "migrate.sh", **exec_: Any) -> conftest.Deployment:
    database = ops.testing.Relation("postgresql", remote_app_data=DATA)
    relations = [ops.testing.PeerRelation("secret-storage"), database]
    flask = conftest.deploy(tmp_path, requires=REQUIRED, relations=relations)
    (tmp_path / "container/flask/app" / script).write_text("")
    execs = {
        ops.testing.Exec(["/bin/python3"], return_code=0),
        ops.testing.Exec(["bash"], **exec_),
        ops.testing.Exec(["python3"], **exec_),
        ops.testing.Exec([f"/flask/app/{script}"], **exec_),
    }
    flask.set_container(execs=execs)
    return flask


def commands(flask: conftest.Deployment) -> list[list[str]]:
    history = flask.context.exec_history.get("flask-app", [])
    return [list(call.command) for call in history if "--check-config" not in call.command]


@pytest.mark.parametrize(
    ("script", "command"),
    [
        ("migrate", ["/flask/app/migrate"]),
        ("migrate.sh", ["bash", "-eo", "pipefail", "migrate.sh"]),
        ("migrate.py", ["python3", "migrate.py"]),
        ("manage.py", ["python3", "manage.py", "migrate"]),
    ],
)
def test_the_rocks_migration_runs_with_the_environment(tmp_path, script, command):
    flask = migrating(tmp_path, script, return_code=0)
    flask.run()
    assert commands(flask) == [command]
    call = next(c for c in flask.context.exec_history["flask-app"] if c.command == command)
    assert call.environment["POSTGRESQL_DB_PASSWORD"] == "hunter22"
    assert call.environment["FROM_THE_ROCK"] == "kept"
    assert (call.user, call.working_dir) == ("_daemon_", "/flask/app")
    assert call.timeout


def test_b33_a_migration_runs_again_only_when_its_inputs_change(tmp_path):
    flask = migrating(tmp_path, return_code=0)
    flask.run()
    flask.run(config={"flask-env": "staging"})
    assert len(commands(flask)) == 1
    moved = ops.testing.Relation("postgresql", remote_app_data={**DATA, "endpoints": "new:5432"})
    flask.run(relations=[ops.testing.PeerRelation("secret-storage"), moved])
    assert len(commands(flask)) == 2


def test_b35_a_failed_migration_keeps_the_application_from_starting(tmp_path):
    flask = migrating(tmp_path, return_code=1, stdout="one\ncolumn exists: hunter22\n")
    state = flask.run()
    told = (
        "database migration command ['bash', '-eo', 'pipefail', 'migrate.sh'] failed, "
        "will retry in next update-status: column exists: ***"
    )
    assert state.unit_status == ops.BlockedStatus(f"{told[:60]}…{told[-59:]}")
    assert any(line.message == told for line in flask.context.juju_log)
    assert not any(
        status.value == "active"
        for status in state.get_container("flask-app").service_statuses.values()
    )
    assert all("hunter22" not in line.message for line in flask.context.juju_log)


def test_b36_every_later_event_retries(tmp_path):
    flask = migrating(tmp_path, return_code=1)
    flask.run()
    flask.run(flask.context.on.update_status())
    assert len(commands(flask)) == 2
    flask.set_container(execs={ops.testing.Exec([], return_code=0)})
    assert flask.run(flask.context.on.update_status()).unit_status == ops.ActiveStatus()


def test_a_check_that_passed_is_not_repeated_with_the_migration(tmp_path):
    flask = migrating(tmp_path, return_code=1)
    flask.run()
    flask.run(flask.context.on.update_status())
    checks = [c for c in flask.context.exec_history["flask-app"] if "--check-config" in c.command]
    assert len(checks) == 1


def test_b34_a_failed_migration_lets_the_old_release_serve_on(tmp_path):
    flask = migrating(tmp_path, return_code=0)
    flask.run()
    settings = flask.settings
    flask.set_container(
        execs={
            ops.testing.Exec(["/bin/python3"], return_code=0),
            ops.testing.Exec(["bash"], return_code=1),
        }
    )
    moved = ops.testing.Relation("postgresql", remote_app_data={**DATA, "endpoints": "new:5432"})
    state = flask.run(relations=[ops.testing.PeerRelation("secret-storage"), moved])
    assert isinstance(state.unit_status, ops.BlockedStatus)
    assert state.get_container("flask-app").service_statuses["flask"].value == "active"
    assert flask.settings == settings
    assert flask.environment["POSTGRESQL_DB_HOSTNAME"] == "db"


def test_b37_a_rejected_configuration_is_put_back(tmp_path):
    flask = conftest.deploy(tmp_path)
    flask.run()
    before = flask.settings
    refused = ops.testing.Exec(["/bin/python3"], return_code=1, stdout="boom\nImportError: x\n")
    flask.set_container(execs={refused})
    state = flask.run(config={"webserver-threads": 2})
    assert state.unit_status == ops.BlockedStatus(
        "Webserver configuration check failed, please review your charm configuration "
        "or database relation: ImportError: x"
    )
    assert flask.settings == before


def test_the_rocks_own_configuration_is_put_back_when_the_first_one_is_rejected(tmp_path):
    flask = conftest.deploy(tmp_path)
    (tmp_path / "container/flask/gunicorn.conf.py").write_text("# the rock's\n")
    flask.set_container(execs={ops.testing.Exec([], return_code=1)})
    flask.run()
    assert flask.settings == "# the rock's\n"


def test_pebble_that_does_not_answer_is_waited_for(tmp_path):
    flask = conftest.deploy(tmp_path)
    flask.set_container(can_connect=False)
    assert flask.run().unit_status == ops.WaitingStatus("Waiting for pebble ready")


def test_a_rock_without_the_service_is_told(tmp_path):
    flask = conftest.deploy(tmp_path)
    other = ops.pebble.Layer({"services": {"web": {"override": "replace", "command": "x"}}})
    flask.set_container(layers={"001-rock": other})
    assert flask.run().unit_status == ops.BlockedStatus(
        "the rock has no service 'flask'; build it with the flask-framework extension"
    )


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ("eventlet", "Only 'gevent' and 'sync' are allowed. https://bit.ly/flask-async-doc"),
        (
            "gevent",
            "gunicorn[gevent] must be installed in the rock. https://bit.ly/flask-async-doc",
        ),
    ],
)
def test_a_worker_class_that_the_rock_does_not_have_blocks(tmp_path, config, message):
    flask = conftest.deploy(tmp_path, config={"webserver-worker-class": config})
    flask.set_container(
        execs={
            ops.testing.Exec(["/bin/python3"], return_code=0),
            ops.testing.Exec(["python3", "-c", "import gevent"], return_code=1),
        }
    )
    assert flask.run().unit_status == ops.BlockedStatus(message)


def test_b29_the_probe_runs_as_the_applications_user_and_once(tmp_path):
    flask = conftest.deploy(tmp_path, config={"webserver-worker-class": "gevent"})
    flask.run()
    flask.run()
    probes = [c for c in flask.context.exec_history["flask-app"] if "import gevent" in c.command]
    assert [(probe.user, probe.working_dir) for probe in probes] == [("_daemon_", "/flask/app")]


def test_what_the_charm_remembers_holds_no_secret_value(tmp_path):
    flask = migrating(tmp_path, return_code=0)
    flask.run()
    path = tmp_path / "container/tmp/flask/state/release.json"
    text = path.read_text()
    assert "hunter22" not in text
    assert flask.environment["FLASK_SECRET_KEY"] not in text
    assert "POSTGRESQL_DB_PASSWORD" in json.loads(text)["secrets"]
    source = json.loads(text)["sources"]["FLASK_BASE_URL"]
    assert source == {"kind": "application", "property": "url"}


@pytest.mark.parametrize("text", ["", "[]", "{", '{"services": 5}', '{"files": null}'])
def test_a_damaged_memory_is_made_anew(tmp_path, text):
    flask = conftest.deploy(tmp_path)
    folder = tmp_path / "container/tmp/flask/state"
    folder.mkdir(parents=True)
    (folder / "release.json").write_text(text)
    assert flask.run().unit_status == ops.ActiveStatus()


def failing(summary: str, *log: str) -> ops.pebble.ChangeError:
    now = dt.datetime.now(tz=dt.timezone.utc)
    progress = ops.pebble.TaskProgress(label="", done=1, total=1)
    task = ops.pebble.Task(
        id=ops.pebble.TaskID("1"),
        kind="start",
        summary=summary,
        status="Error",
        log=list(log),
        progress=progress,
        spawn_time=now,
        ready_time=now,
    )
    change = ops.pebble.Change(
        id=ops.pebble.ChangeID("1"),
        kind="restart",
        summary="",
        status="Error",
        tasks=[task],
        ready=True,
        err="cannot perform the following tasks",
        spawn_time=now,
        ready_time=now,
    )
    return ops.pebble.ChangeError("cannot perform the following tasks", change)


def raises(error: Exception) -> Any:
    def call(*_: object, **__: object) -> None:
        raise error

    return call


def test_a_service_that_does_not_come_up_is_told_with_its_last_log_line(tmp_path, monkeypatch):
    flask = conftest.deploy(tmp_path)
    output = "INFO Most recent service output:\n    Traceback\n    ImportError: no app"
    error = failing('Start service "flask"', output, "ERROR cannot start service: exited quickly")
    with monkeypatch.context() as patch:
        patch.setattr(_TestingPebbleClient, "restart_services", raises(error))
        state = flask.run()
    assert state.unit_status == ops.BlockedStatus("service flask failed: ImportError: no app")
    assert flask.run(flask.context.on.update_status()).unit_status == ops.ActiveStatus()


def test_a_change_that_says_nothing_of_a_service_is_told_as_pebble_puts_it(tmp_path, monkeypatch):
    flask = conftest.deploy(tmp_path)
    monkeypatch.setattr(_TestingPebbleClient, "restart_services", raises(failing("Do things")))
    assert flask.run().unit_status == ops.BlockedStatus(
        "service flask failed: cannot perform the following tasks"
    )


@pytest.mark.parametrize(
    "step",
    [
        "push",
        "add_layer",
        "get_plan",
        "restart_services",
        "get_services",
        "get_checks",
    ],
)
@pytest.mark.parametrize(
    "error",
    [
        ops.pebble.ConnectionError("gone"),
        ops.pebble.APIError({}, 500, "Internal", "disk full"),
        ops.pebble.PathError("generic-file-error", "disk full"),
        ops.pebble.TimeoutError("too slow"),
    ],
)
def test_pebble_that_refuses_half_way_is_told_and_made_up_for(tmp_path, monkeypatch, step, error):
    flask = conftest.deploy(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(_MockPebbleClient, step, raises(error))
        status = flask.run().unit_status
    if isinstance(error, ops.pebble.ConnectionError):
        assert status == ops.WaitingStatus("Waiting for pebble ready")
    else:
        assert isinstance(status, ops.BlockedStatus)
        assert str(error).split("(")[0].strip() in status.message
    assert flask.run(flask.context.on.update_status()).unit_status == ops.ActiveStatus()


def probes(flask: conftest.Deployment) -> int:
    history = flask.context.exec_history.get("flask-app", [])
    return sum("import gevent" in call.command for call in history)


@pytest.mark.parametrize(
    ("output", "asked"), [("ModuleNotFoundError: No module named 'gevent'", 1), ("Killed", 3)]
)
def test_a_module_that_is_not_there_is_asked_for_once_and_one_nobody_can_tell_of_again(
    tmp_path, output, asked
):
    flask = conftest.deploy(tmp_path, config={"webserver-worker-class": "gevent"})
    refused = ops.testing.Exec(["python3", "-c"], return_code=1, stdout=output)
    flask.set_container(execs={refused, ops.testing.Exec(["/bin/python3"], return_code=0)})
    for _ in range(3):
        flask.run(flask.context.on.update_status())
    assert probes(flask) == asked
