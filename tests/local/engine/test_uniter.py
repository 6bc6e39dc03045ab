"""The order of events, what is coalesced, and what happens when a hook fails."""

from __future__ import annotations

import shutil
import time

import pytest

from paas_app_charmer.local import api, errors, model

START = [
    *("install", "peers-relation-created", "leader-elected", "config-changed", "start"),
]


def fresh(deployment, since):
    return deployment.events()[since:]


def test_a_first_unit_starts_in_jujus_order(running):
    assert running.events() == START
    assert running.unit()["workload-status"]["current"] == "active"
    assert running.unit()["juju-status"]["current"] == "idle"


def test_a_second_unit_follows_and_its_peers_hear_of_it(running):
    before = len(running.events())
    running.engine.add_unit()
    running.settle()
    events = running.events("probe/1")
    assert events[:5] == [
        *("install", "peers-relation-created", "leader-settings-changed"),
        *("config-changed", "start"),
    ]
    joined = events.index("peers-relation-joined")
    assert events[joined + 1] == "peers-relation-changed"
    assert fresh(running, before)[:2] == ["peers-relation-joined", "peers-relation-changed"]


def test_relations_that_exist_are_created_before_the_leader_is_elected(deploy):
    deployment = deploy()
    deployment.engine.integrate("database", "postgresql")
    deployment.engine.add_unit()
    deployment.settle()
    assert deployment.events() == [
        *("install", "peers-relation-created", "database-relation-created", "leader-elected"),
        *("config-changed", "start"),
        *("database-relation-joined", "database-relation-changed"),
    ]


def test_pebble_ready_waits_for_the_start(deploy):
    deployment = deploy()
    unit = deployment.engine.add_unit()
    deployment.engine.pebble_ready(unit, "app")
    deployment.settle()
    assert deployment.events() == [*START, "app-pebble-ready"]
    assert deployment.seen()[-1]["env"]["JUJU_WORKLOAD_NAME"] == "app"


def test_application_data_comes_before_the_join(running):
    before = len(running.events())
    running.engine.integrate("database", "postgresql", app={"endpoints": "db"})
    running.settle()
    assert fresh(running, before) == [
        *("database-relation-created", "database-relation-changed"),
        *("database-relation-joined", "database-relation-changed"),
    ]
    changed = running.seen()[before + 1]["env"]
    assert (changed["JUJU_REMOTE_APP"], changed["JUJU_REMOTE_UNIT"]) == ("postgresql", "")


def test_several_settings_of_config_are_one_event(running):
    before = len(running.events())
    with running.engine._lock:
        running.engine.set_config({"greeting": "a"})
        running.engine.set_config({"port": "8001"})
        running.engine.set_config({"greeting": "b"})
    running.settle()
    assert fresh(running, before) == ["config-changed"]
    assert running.unit()["open-ports"] == ["8001/tcp"]


def test_config_that_is_set_to_what_it_is_fires_nothing(running):
    before = len(running.events())
    running.engine.set_config({"greeting": "hello", "loud": "False"})
    running.engine.reset_config("greeting")
    running.settle()
    assert fresh(running, before) == []


def test_several_changes_of_a_databag_are_one_event(running):
    relation = running.engine.integrate("database", "postgresql")
    running.settle()
    before = len(running.events())
    with running.engine._lock:
        for number in range(3):
            assert running.engine.provider_set(relation, app={"key": str(number)})
    running.settle()
    assert fresh(running, before) == ["database-relation-changed"]


def test_a_databag_that_is_written_back_fires_nothing(running):
    relation = running.engine.integrate("database", "postgresql", app={"key": "a"})
    running.settle()
    before = len(running.events())
    assert not running.engine.provider_set(relation, app={"key": "a", "none": ""})
    running.settle()
    assert fresh(running, before) == []


def test_a_provider_hears_what_our_side_publishes_and_answers(deploy):
    answered = []

    def answer(view: api.RelationView) -> None:
        if view.app_data.get("database"):
            answered.append(view)
            deployment.engine.provider_set(view.id, app={"endpoints": "db:5432"})

    deployment = deploy(on_relation_data=answer)
    deployment.engine.add_unit()
    deployment.engine.integrate("database", "postgresql")
    deployment.settle()
    assert len(answered) == 1
    assert answered[0].unit_data["probe/0"]["greeting"] == "hello"
    assert deployment.engine.relations()[0].remote_app_data == {"endpoints": "db:5432"}
    assert deployment.events()[-1] == "database-relation-changed"


def test_a_removed_relation_departs_and_breaks_and_is_gone(running):
    running.engine.integrate("database", "postgresql")
    running.settle()
    before = len(running.events())
    running.engine.remove_relation("database")
    running.settle()
    assert fresh(running, before) == ["database-relation-departed", "database-relation-broken"]
    departed = running.seen()[before]["env"]
    assert departed["JUJU_DEPARTING_UNIT"] == departed["JUJU_REMOTE_UNIT"] == "postgresql/0"
    assert running.engine.relations() == ()


def test_a_unit_that_is_removed_leaves_in_order(running):
    running.engine.integrate("database", "postgresql")
    running.engine.add_unit()
    running.settle()
    copy = running.folder / "units" / "probe-1" / "charm" / ".seen"
    before, others = len(running.events("probe/1")), len(running.events())
    assert running.engine.remove_unit() == "probe/1"
    running.settle()
    assert copy.exists()
    assert sorted(running.events("probe/1")[before:-2]) == sorted(
        ["peers-relation-departed", "database-relation-departed", "database-relation-broken"]
    )
    assert running.events("probe/1")[-2:] == ["stop", "remove"]
    departed = running.seen()[others]
    assert departed["hook"] == "peers-relation-departed"
    assert departed["env"]["JUJU_DEPARTING_UNIT"] == "probe/1"
    assert running.engine.units() == ("probe/0",)


def test_the_last_unit_can_go_and_a_new_one_leads(running):
    running.engine.remove_unit()
    assert running.engine.units() == ()
    assert running.engine.add_unit() == "probe/1"
    running.settle()
    assert "leader-elected" in running.events("probe/1")


# --- failure -------------------------------------------------------------------------------------
@pytest.fixture
def broken(running):
    running.engine.integrate("database", "postgresql")
    running.settle()
    running.engine.set_config({"fail-on": "config-changed", "greeting": "lost"})
    assert not running.engine.wait_idle(20)
    return running


def test_a_failed_hook_shows_its_traceback_and_leaves_the_databags(broken):
    unit = broken.unit()
    assert unit["workload-status"]["message"] == 'hook failed: "config-changed"'
    assert unit["workload-status"]["current"] == "error"
    assert unit["error"]["reason"] == "exit status 1"
    assert unit["error"]["tail"][-1] == "RuntimeError: asked to fail on config-changed"
    assert any("charm.py" in line for line in unit["error"]["tail"])
    (relation,) = broken.engine.relations()
    assert relation.unit_data["probe/0"]["greeting"] == "hello"


def test_nothing_else_runs_while_a_hook_is_failed(broken):
    before = len(broken.events())
    broken.engine.provider_set(broken.engine.relations()[0].id, app={"key": "value"})
    broken.engine.fire("update-status")
    time.sleep(0.3)
    assert fresh(broken, before) == []


def test_an_action_runs_while_a_hook_is_failed(broken):
    assert broken.engine.run_action("echo", {"times": 1}).status == "completed"
    assert broken.unit()["workload-status"]["current"] == "error"


def test_resolve_runs_the_hook_again_with_what_is_set_by_then(broken):
    broken.engine.reset_config("fail-on")
    broken.engine.resolve("probe/0")
    broken.settle()
    assert broken.events()[-2:] == ["config-changed", "config-changed"]
    assert broken.engine.relations()[0].unit_data["probe/0"]["greeting"] == "lost"
    assert broken.unit()["error"] is None


def test_resolve_without_retry_goes_on_without_the_hook(broken):
    before = len(broken.events())
    broken.engine.resolve("probe/0", retry=False)
    broken.settle()
    assert fresh(broken, before) == []
    assert broken.engine.relations()[0].unit_data["probe/0"]["greeting"] == "hello"


def test_resolve_of_a_healthy_unit_is_refused(running):
    with pytest.raises(api.EngineError, match="not in an error state"):
        running.engine.resolve("probe/0")


def test_a_failed_hook_is_retried_by_itself(deploy):
    deployment = deploy(retry_seconds=(0.2, 1))
    deployment.engine.add_unit()
    deployment.settle()
    deployment.engine.set_config({"fail-on": "config-changed"})
    assert not deployment.engine.wait_idle(20)
    deployment.engine.reset_config("fail-on")
    deadline = time.monotonic() + 10
    while not deployment.engine.wait_idle(1) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert deployment.unit()["error"] is None


def test_a_refresh_of_the_charm_retries_a_failed_hook(broken):
    broken.engine.reset_config("fail-on")
    broken.engine.upgrade("probe/0")
    broken.settle()
    assert broken.events()[-3:] == ["config-changed", "upgrade-charm", "config-changed"]


# --- resume and upgrade --------------------------------------------------------------------------
def test_a_unit_resumes_as_after_a_restart_of_its_pod(running, deploy):
    relation = running.engine.integrate("database", "postgresql", app={"key": "value"})
    running.settle()
    running.engine.stop()
    before = len(running.events())
    again = deploy(running.folder)
    again.engine.pebble_ready("probe/0", "app")
    again.settle()
    assert fresh(again, before) == ["config-changed", "start", "app-pebble-ready"]
    (view,) = again.engine.relations()
    assert (view.id, view.remote_app_data) == (relation, {"key": "value"})


def test_a_changed_charm_is_upgraded_on_resume(deploy, tmp_path):
    charm = tmp_path / "charm"
    shutil.copytree(deploy().charm_dir, charm)
    first = deploy(tmp_path / "other", charm)
    first.engine.add_unit()
    first.settle()
    first.engine.stop()
    before = len(first.events())
    with (charm / "src" / "charm.py").open("a") as file:
        file.write("# changed\n")
    again = deploy(tmp_path / "other", charm)
    again.settle()
    assert fresh(again, before) == ["upgrade-charm", "config-changed", "start"]


def test_what_changed_while_nothing_ran_is_noticed_on_resume(running, deploy):
    relation = running.engine.integrate("database", "postgresql")
    running.settle()
    running.engine.stop()
    before = len(running.events())
    running.engine.provider_set(relation, app={"key": "value"})
    again = deploy(running.folder)
    again.settle()
    assert fresh(again, before) == ["config-changed", "start", "database-relation-changed"]


def test_an_upgrade_runs_the_new_code(deploy, tmp_path):
    charm = tmp_path / "charm"
    shutil.copytree(deploy().charm_dir, charm)
    deployment = deploy(tmp_path / "other", charm)
    deployment.engine.add_unit()
    deployment.settle()
    before = len(deployment.events())
    source = charm / "src" / "charm.py"
    source.write_text(source.read_text().replace("ActiveStatus(str", 'ActiveStatus("new " + str'))
    deployment.engine.upgrade("probe/0")
    deployment.settle()
    assert fresh(deployment, before) == ["upgrade-charm", "config-changed"]
    assert deployment.unit()["workload-status"]["message"] == "new hello"


def test_a_new_pod_is_stopped_replaced_and_started(running):
    before = len(running.events())
    replaced = []
    running.engine.upgrade("probe/0", pod=lambda: replaced.append(running.events()[-1]))
    running.settle()
    assert replaced == ["stop"]
    assert fresh(running, before) == ["stop", "upgrade-charm", "config-changed", "start"]


def test_a_pod_that_cannot_be_replaced_leaves_the_unit_alive(running):
    def fail():
        raise errors.LocalError("no Pebble to be had")

    running.engine.upgrade("probe/0", pod=fail)
    deadline = time.monotonic() + 10
    while "LocalError: no Pebble to be had" not in running.logged("uniter"):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    running.settle()
    assert running.events()[-1] == "start"


# --- secrets, Pebble, timers, by hand ------------------------------------------------------------
def test_a_user_secret_reaches_the_charm_as_its_id(running):
    uri = running.engine.add_secret("key", {"token": "x"})
    running.engine.grant_secret("key")
    running.engine.set_config({"key": uri})
    running.settle()
    assert running.events()[-1] == "config-changed"
    assert running.engine.config()["key"]["value"] == uri
    assert running.engine.snapshot()["secrets"][-1]["granted-to"] == ["probe"]


def test_a_new_revision_is_told_to_who_has_read_the_secret(running):
    uri = running.engine.add_secret("key", {"token": "x"})
    running.engine.grant_secret("key")
    running.engine.set_config({"key": uri})
    running.settle()
    before = len(running.events())
    running.engine.update_secret("key", {"token": "x"})
    running.engine.update_secret("key", {"token": "y"})
    running.settle()
    assert fresh(running, before) == ["secret-changed"]
    assert running.seen()[-1]["env"]["JUJU_SECRET_ID"] == uri


def test_a_secret_that_is_not_granted_fails_the_hook_as_in_juju(running):
    running.engine.set_config({"key": running.engine.add_secret("key", {"token": "x"})})
    assert not running.engine.wait_idle(20)
    assert any("permission denied" in line for line in running.unit()["error"]["tail"])
    running.engine.grant_secret("key")
    running.engine.resolve("probe/0")
    running.settle()


def test_an_old_revision_that_nobody_reads_is_offered_for_removal(running):
    before = len(running.events())
    running.engine.run_action("rotate")
    running.settle()
    assert fresh(running, before) == ["rotate", "secret-remove"]
    assert running.seen()[-1]["env"]["JUJU_SECRET_REVISION"] == "1"
    assert running.engine.snapshot()["secrets"][0]["revision"] == 2


def test_checks_and_notices_carry_their_names(running):
    engine = running.engine
    engine.pebble_check("probe/0", "app", "alive", failed=True)
    engine.pebble_check("probe/0", "app", "alive", failed=False)
    engine.pebble_notice(
        "probe/0", "app", notice_id="7", notice_type="custom", notice_key="example.com/x"
    )
    running.settle()
    failed, recovered, notice = running.seen()[-3:]
    assert failed["hook"] == "app-pebble-check-failed"
    assert recovered["hook"] == "app-pebble-check-recovered"
    assert failed["env"]["JUJU_PEBBLE_CHECK_NAME"] == "alive"
    assert notice["hook"] == "app-pebble-custom-notice"
    assert notice["env"]["JUJU_NOTICE_KEY"] == "example.com/x"


def test_update_status_comes_by_itself(deploy):
    deployment = deploy(update_status_seconds=0.5)
    deployment.engine.add_unit()
    deadline = time.monotonic() + 10
    while "update-status" not in deployment.events():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_events_are_fired_by_name(running):
    running.engine.integrate("database", "postgresql")
    running.settle()
    before = len(running.events())
    running.engine.fire("update-status")
    running.engine.fire("database_relation_changed")
    running.settle()
    assert fresh(running, before) == ["update-status", "database-relation-changed"]
    assert running.seen()[-1]["env"]["JUJU_REMOTE_UNIT"] == "postgresql/0"


def test_an_event_that_cannot_be_fired_is_refused(running):
    for event in ("ingress-relation-changed", "nonsense"):
        with pytest.raises(api.EngineError, match="cannot be fired"):
            running.engine.fire(event)


def test_an_action_reports_results_progress_and_failure(running):
    engine = running.engine
    done = engine.run_action("echo", {"text": "ab", "times": "2"})
    assert (done.status, done.results) == ("completed", {"text": "abab", "deep": {"a": "1"}})
    assert done.log == ("echoing",)
    refused = engine.run_action("refuse")
    assert (refused.status, refused.message) == ("failed", "not today")
    crashed = engine.run_action("crash")
    assert (crashed.status, crashed.message) == ("failed", "exit status 1")
    assert crashed.tail[-1] == "RuntimeError: the action crashed"
    assert running.unit()["error"] is None


@pytest.mark.parametrize(
    ("name", "params", "text"),
    [
        ("sing", {}, 'action "sing" is not defined; the charm has: crash, echo, refuse, rotate'),
        ("echo", {}, 'action "echo" needs the parameter "times"'),
        ("echo", {"times": "many"}, 'parameter "times" expected integer, got "many"'),
        ("echo", {"times": 1, "loud": "yes"}, 'action "echo" has no parameter "loud"'),
    ],
)
def test_an_action_that_cannot_run_is_refused(name, params, text, running):
    with pytest.raises(api.EngineError) as refusal:
        running.engine.run_action(name, params)
    assert str(refusal.value) == text


def test_stopping_fires_nothing_and_is_quick(running):
    before = len(running.events())
    begun = time.monotonic()
    running.engine.stop()
    assert time.monotonic() - begun < 1
    assert fresh(running, before) == []


def test_a_charm_that_sets_no_status_is_unknown_after_its_start(deploy, tmp_path):
    charm = tmp_path / "charm"
    shutil.copytree(deploy().charm_dir, charm)
    (charm / "src" / "charm.py").write_text("pass\n")
    deployment = deploy(tmp_path / "other", charm)
    deployment.engine.add_unit()
    deployment.settle()
    assert deployment.unit()["workload-status"]["current"] == "unknown"


def test_events_of_secrets_are_fired_for_the_secrets_of_the_unit(running):
    before = len(running.events())
    running.engine.fire("secret-rotate")
    running.settle()
    assert fresh(running, before) == ["secret-rotate"]
    assert running.seen()[-1]["env"]["JUJU_SECRET_LABEL"] == "probe"


def test_an_action_without_a_unit_is_refused(deploy):
    with pytest.raises(api.EngineError, match="no unit"):
        deploy().engine.run_action("refuse")


def test_a_secret_that_is_due_is_rotated(running):
    with running.engine._lock:
        (secret,) = running.engine._state.secrets.values()
        secret.rotate, secret.rotates = "daily", secret.rotates or model.now()
    before = len(running.events())
    deadline = time.monotonic() + 5
    while len(running.events()) == before:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    running.settle()
    assert fresh(running, before) == ["secret-rotate"]
    assert secret.rotates > model.now()


def test_a_follower_takes_over_when_the_leader_goes(deploy):
    deployment = deploy()
    deployment.engine.add_unit()
    deployment.engine.add_unit()
    deployment.settle()
    with deployment.engine._lock:
        deployment.engine._state.leader = "probe/1"
        deployment.engine._lock.notify_all()
    deployment.settle()
    assert deployment.events("probe/1")[-1] == "leader-elected"
    deployment.engine.remove_unit()
    deployment.settle()
    assert deployment.unit()["leader"]
