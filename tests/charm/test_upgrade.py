"""A charm of the library before this one is upgraded: what it left goes on being used."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import conftest
import ops
import ops.testing
import pytest
import upgrades
from calls import Calls, record

GENERATIONS = [("flask", "ubuntu@24.04"), ("flask", "ubuntu@26.04")]
GENERATIONS += [("django", "ubuntu@22.04"), ("django", "ubuntu@26.04")]
MARK = {"secret-key": "in a secret"}


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Calls:
    return record(monkeypatch)


def upgrade(app: conftest.Deployment, event: str = "upgrade_charm") -> ops.testing.State:
    return app.run(getattr(app.context.on, event)())


def plan(app: conftest.Deployment) -> ops.pebble.Plan:
    return app.state.get_container(app.container).plan


def peers(app: conftest.Deployment) -> ops.testing.PeerRelation:
    (found,) = (one for one in app.state.relations if isinstance(one, ops.testing.PeerRelation))
    return found


def left_in_databag(app: conftest.Deployment) -> str | None:
    return peers(app).local_app_data.get("flask_secret_key")


def key_in_secret(app: conftest.Deployment) -> str | None:
    found = [one.latest_content for one in app.state.secrets if one.label == "flask-secret-key"]
    return (found[0] or {})["value"] if found else None


def change_peers(app: conftest.Deployment, **changes: Any) -> None:
    relations = upgrades.replaced(app, peers(app), **changes)
    app.state = dataclasses.replace(app.state, relations=relations)


def migrations(calls: Calls) -> list[str]:
    scripts = {"migrate.sh", "manage.py"}
    return [word for call in calls.of("exec") for word in call.args[0] if word in scripts]


# Sessions


@pytest.mark.parametrize(("framework", "base"), GENERATIONS)
@pytest.mark.parametrize("leader", [True, False])
@pytest.mark.parametrize("event", ["upgrade_charm", "config_changed"])
def test_the_key_that_sessions_are_signed_with_stays(tmp_path, framework, base, leader, event):
    app = upgrades.deploy(tmp_path, framework=framework, base=base, leader=leader)
    upgrades.run_older(app, framework)
    assert upgrade(app, event).unit_status == ops.ActiveStatus()
    environment = plan(app).services[framework].environment
    assert environment[f"{framework.upper()}_SECRET_KEY"] == upgrades.KEY


def test_the_key_stays_in_the_databag_for_units_that_know_no_other_place(tmp_path):
    app = upgrades.deploy(tmp_path, others=(1, 2))
    upgrade(app)
    assert key_in_secret(app) == left_in_databag(app) == upgrades.KEY


def test_a_follower_says_that_it_has_the_secret(tmp_path):
    secret = ops.testing.Secret({"value": upgrades.KEY}, owner="app", label="flask-secret-key")
    app = upgrades.deploy(tmp_path, others=(0,), unit=1, leader=False, secrets=[secret])
    upgrade(app)
    assert peers(app).local_unit_data.items() >= MARK.items()


def test_a_follower_says_nothing_while_it_has_only_the_databag(tmp_path):
    app = upgrades.deploy(tmp_path, others=(0,), unit=1, leader=False)
    upgrade(app)
    assert not peers(app).local_unit_data.items() & MARK.items()


def test_the_databag_is_emptied_when_the_last_unit_has_the_secret(tmp_path):
    app = upgrades.deploy(tmp_path, others=(1, 2))
    upgrade(app)
    change_peers(app, peers_data={1: MARK, 2: {}})
    app.run()
    assert left_in_databag(app) == upgrades.KEY
    change_peers(app, peers_data={1: MARK, 2: MARK})
    app.run()
    assert left_in_databag(app) is None
    assert app.environment["FLASK_SECRET_KEY"] == upgrades.KEY


def test_a_key_that_the_older_charm_made_when_it_came_back_counts(tmp_path):
    stale = ops.testing.Secret({"value": "before"}, owner="app", label="flask-secret-key")
    app = upgrades.deploy(tmp_path, secrets=[stale])
    upgrade(app)
    assert app.environment["FLASK_SECRET_KEY"] == key_in_secret(app) == upgrades.KEY


def test_a_follower_believes_the_databag_before_a_secret_that_differs(tmp_path):
    stale = ops.testing.Secret({"value": "before"}, owner="app", label="flask-secret-key")
    app = upgrades.deploy(tmp_path, others=(0,), unit=1, leader=False, secrets=[stale])
    upgrade(app)
    assert app.environment["FLASK_SECRET_KEY"] == upgrades.KEY
    assert not peers(app).local_unit_data.items() & MARK.items()


def test_a_rotation_half_way_leaves_neither_the_old_nor_the_new_key_in_the_databag(tmp_path):
    app = upgrades.deploy(tmp_path, others=(1,))
    upgrade(app)
    app.run(app.context.on.action("rotate-secret-key"))
    assert left_in_databag(app) is None
    app.run()
    assert app.environment["FLASK_SECRET_KEY"] == key_in_secret(app) != upgrades.KEY


# Processes


@pytest.mark.parametrize(("framework", "base"), GENERATIONS)
@pytest.mark.parametrize("state", [upgrades.TO_1_5, upgrades.FROM_1_6])
def test_gunicorn_is_reloaded_and_nothing_is_restarted(tmp_path, calls, framework, base, state):
    app = upgrades.deploy(tmp_path, framework=framework, base=base)
    upgrades.run_older(app, framework, state=state)
    upgrade(app)
    assert calls.signals() == [("SIGHUP", [framework])]
    assert calls.restarts() == []


@pytest.mark.parametrize(("framework", "base"), GENERATIONS)
def test_the_next_event_does_nothing(tmp_path, calls, framework, base):
    app = upgrades.deploy(tmp_path, framework=framework, base=base)
    upgrades.run_older(app, framework)
    upgrade(app)
    calls.clear()
    app.run()
    assert calls.writes() == []


def test_the_reload_sets_every_variable_whatever_the_process_was_started_with(tmp_path):
    app = upgrades.deploy(tmp_path)
    upgrades.run_older(app)
    upgrade(app)
    for name, value in app.environment.items():
        assert f"'{name}={value}'" in app.settings


def test_the_reload_removes_what_the_older_charm_gave_and_this_one_does_not(tmp_path):
    app = upgrades.deploy(tmp_path)
    given = {**upgrades.variables(app, "flask"), "FLASK_GONE": "x"}
    upgrades.run_older(app, environment=given)
    upgrade(app)
    assert "for name in ['FLASK_GONE']:\n    os.environ.pop(name, None)" in app.settings


def test_what_was_set_by_the_first_reload_is_set_by_the_later_ones(tmp_path):
    app = upgrades.deploy(tmp_path)
    upgrades.run_older(app)
    upgrade(app)
    app.run(config={"flask-env": "staging"})
    assert f"'FLASK_SECRET_KEY={upgrades.KEY}'" in app.settings
    assert "'FLASK_ENV=staging'" in app.settings


def test_a_worker_whose_variables_are_the_same_goes_on(tmp_path, calls):
    app = upgrades.deploy(tmp_path, services={"mail-worker": conftest.WORKER})
    upgrades.run_older(app)
    upgrade(app)
    assert calls.restarts() == []


def test_a_worker_whose_variables_differ_is_restarted_and_nothing_else(tmp_path, calls):
    worker = {**conftest.WORKER, "environment": {"FROM_THE_ROCK": "kept"}}
    app = upgrades.deploy(tmp_path, services={"mail-worker": worker})
    upgrades.run_older(app)
    upgrade(app)
    assert calls.restarts() == [["mail-worker"]]
    assert plan(app).services["mail-worker"].environment["FROM_THE_ROCK"] == "kept"


def test_a_worker_that_does_not_run_is_started(tmp_path, calls):
    app = upgrades.deploy(tmp_path, services={"mail-worker": conftest.WORKER})
    upgrades.run_older(app, stopped=("mail-worker",))
    upgrade(app)
    assert calls.restarts() == [["mail-worker"]]


def test_a_scheduler_of_another_unit_stays_down(tmp_path, calls):
    services = {"night-scheduler": conftest.WORKER}
    app = upgrades.deploy(tmp_path, services=services, unit=1, others=(0,))
    upgrades.run_older(app)
    upgrade(app)
    assert calls.restarts() == []
    statuses = app.state.get_container(app.container).service_statuses
    assert statuses["night-scheduler"] is ops.pebble.ServiceStatus.INACTIVE


def test_another_command_is_a_restart(tmp_path, calls):
    app = upgrades.deploy(tmp_path)
    upgrades.run_older(app)
    app.run(app.context.on.upgrade_charm(), config={"webserver-worker-class": "gevent"})
    assert calls.restarts() == [["flask"]]


def test_a_worker_class_that_the_older_charm_set_is_no_restart(tmp_path, calls):
    """It put the command together again without the quotes that had stood in it."""
    app = upgrades.deploy(tmp_path)
    gevent = "/bin/python3 -m gunicorn -c /flask/gunicorn.conf.py app:app -k [ gevent ]"
    upgrades.run_older(app, command=gevent)
    app.run(app.context.on.upgrade_charm(), config={"webserver-worker-class": "gevent"})
    assert calls.signals() == [("SIGHUP", ["flask"])]
    assert calls.restarts() == []


# The rock


@pytest.mark.parametrize("state", [upgrades.TO_1_5, upgrades.FROM_1_6])
def test_what_the_rock_declares_comes_from_the_snapshot_and_not_from_the_plan(tmp_path, state):
    app = upgrades.deploy(tmp_path)
    upgrades.run_older(app, state=state)
    assert "FROM_THE_ROCK" not in app.environment
    upgrade(app)
    assert app.environment["FROM_THE_ROCK"] == "kept"


def test_a_snapshot_of_the_first_place_is_nearer_to_the_rock_than_one_of_the_second(tmp_path):
    app = upgrades.deploy(tmp_path)
    upgrades.run_older(app, state=upgrades.TO_1_5)
    later = app.folder / upgrades.FROM_1_6.format(framework="flask")
    later.mkdir(parents=True)
    taken = {name: one.to_dict() for name, one in plan(app).services.items()}
    (later / "original-services.json").write_text(json.dumps(taken))
    upgrade(app)
    assert app.environment["FROM_THE_ROCK"] == "kept"


@pytest.mark.parametrize("text", ["", "no JSON", "[]", '{"flask": 1}', '{"flask": {}}'])
def test_a_damaged_snapshot_raises_nothing(tmp_path, text):
    app = upgrades.deploy(tmp_path)
    upgrades.run_older(app)
    snapshot = app.folder / "tmp/flask/state/original-services.json"
    snapshot.write_text(text)
    upgrade(app)
    assert app.state.unit_status.name in {"active", "blocked"}


def test_what_the_older_charm_needs_to_come_back_is_left_where_it_is(tmp_path):
    app = upgrades.deploy(tmp_path)
    upgrades.run_older(app, migration="COMPLETED")
    folder = app.folder / "tmp/flask/state"
    before = {path.name: path.read_text() for path in folder.iterdir()}
    upgrade(app)
    after = {path.name: path.read_text() for path in folder.iterdir()}
    assert before.items() <= after.items()


# Migrations


@pytest.mark.parametrize("framework", ["flask", "django"])
def test_a_migration_that_the_older_charm_completed_is_not_run_again(tmp_path, calls, framework):
    app = upgrades.deploy(tmp_path, framework=framework, related=True)
    upgrades.script(app, framework)
    upgrades.run_older(app, framework, migration="COMPLETED")
    upgrade(app)
    app.run()
    assert migrations(calls) == []


def test_it_is_not_run_again_after_an_upgrade_that_was_refused_at_first(tmp_path, calls):
    app = upgrades.deploy(tmp_path, related=True)
    upgrades.script(app)
    upgrades.run_older(app, migration="COMPLETED")
    working = app.state.get_container(app.container).execs
    app.set_container(execs={ops.testing.Exec(["/bin/python3"], return_code=1)})
    assert upgrade(app).unit_status.name == "blocked"
    app.set_container(execs=working)
    assert app.run().unit_status == ops.ActiveStatus()
    assert migrations(calls) == []


def test_a_change_of_the_database_that_comes_with_the_upgrade_is_migrated(tmp_path, calls):
    app = upgrades.deploy(tmp_path, related=True)
    upgrades.script(app)
    upgrades.run_older(app, migration="COMPLETED")
    relation = app.state.get_relations("postgresql")[0]
    moved = {**upgrades.DATA, "endpoints": "elsewhere:5432"}
    relations = upgrades.replaced(app, relation, remote_app_data=moved)
    app.state = dataclasses.replace(app.state, relations=relations)
    upgrade(app)
    assert migrations(calls) == ["migrate.sh"]


def test_a_database_that_comes_with_the_upgrade_is_migrated(tmp_path, calls):
    app = upgrades.deploy(tmp_path)
    upgrades.script(app)
    upgrades.run_older(app, migration="COMPLETED")
    app.state = dataclasses.replace(
        app.state, relations=[*app.state.relations, upgrades.database()]
    )
    upgrade(app)
    assert migrations(calls) == ["migrate.sh"]


def test_a_later_change_of_the_database_is_migrated(tmp_path, calls):
    app = upgrades.deploy(tmp_path, related=True)
    upgrades.script(app)
    upgrades.run_older(app, migration="COMPLETED")
    upgrade(app)
    relation = app.state.get_relations("postgresql")[0]
    for endpoints in ("elsewhere:5432", upgrades.DATA["endpoints"]):
        moved = {**upgrades.DATA, "endpoints": endpoints}
        relations = upgrades.replaced(app, relation, remote_app_data=moved)
        app.run(relations=relations)
    assert migrations(calls) == ["migrate.sh", "migrate.sh"]


@pytest.mark.parametrize("status", ["FAILED", "PENDING", "no status"])
def test_one_that_the_older_charm_did_not_complete_is_run_and_all_is_started_anew(
    tmp_path, calls, status
):
    """It broke off between the layer and the start, so what the processes have is not known."""
    worker = {"mail-worker": conftest.WORKER}
    app = upgrades.deploy(tmp_path, related=True, services=worker)
    upgrades.script(app)
    upgrades.run_older(app, migration=status)
    upgrade(app)
    assert migrations(calls) == ["migrate.sh"]
    assert {name for names in calls.restarts() for name in names} >= {"flask", "mail-worker"}


# Memory


@pytest.mark.parametrize("text", [None, "{}"])
def test_a_process_that_this_charm_has_reloaded_is_not_taken_for_one_of_the_older(
    tmp_path, calls, text
):
    app = upgrades.deploy(tmp_path)
    upgrades.run_older(app)
    upgrade(app)
    notes = app.folder / "tmp/flask/state/release.json"
    notes.unlink() if text is None else notes.write_text(text)
    calls.clear()
    app.run()
    assert {name for names in calls.restarts() for name in names} >= {"flask"}


def test_services_that_get_nothing_from_the_charm_keep_theirs_when_its_memory_is_lost(tmp_path):
    helper = {**conftest.WORKER, "startup": "disabled", "environment": {"OF_THE_ROCK": "1"}}
    app = conftest.deploy(tmp_path, services={"helper": helper})
    app.run()
    (app.folder / "tmp/flask/state/release.json").unlink()
    app.run()
    assert plan(app).services["helper"].environment == {"OF_THE_ROCK": "1"}
    assert plan(app).services["helper"].startup == "disabled"
