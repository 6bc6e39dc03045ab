"""The application's secret key: who makes it, where it is kept, and how it changes."""

from __future__ import annotations

import conftest
import ops
import ops.testing
import pytest
from scenario.mocking import _MockPebbleClient

LABEL = "flask-secret-key"


def key_in(flask: conftest.Deployment) -> str | None:
    for secret in flask.state.secrets:
        if secret.label == LABEL:
            return (secret.latest_content or {})["value"]
    return None


def peer(**data: str) -> ops.testing.PeerRelation:
    return ops.testing.PeerRelation("secret-storage", local_app_data=data)


@pytest.mark.parametrize("event", ["leader_elected", "upgrade_charm", "config_changed"])
def test_b30_the_leader_makes_it_on_any_event(tmp_path, event):
    flask = conftest.deploy(tmp_path)
    flask.run(getattr(flask.context.on, event)())
    key = key_in(flask)
    assert key
    assert len(key) == 86
    assert flask.environment["FLASK_SECRET_KEY"] == key


def test_b10_it_never_stands_in_the_peer_databag(tmp_path):
    flask = conftest.deploy(tmp_path)
    flask.run()
    assert flask.state.get_relations("secret-storage")[0].local_app_data == {}


def test_it_is_made_once(tmp_path):
    flask = conftest.deploy(tmp_path)
    flask.run()
    key = key_in(flask)
    flask.run(flask.context.on.upgrade_charm())
    assert key_in(flask) == key


def test_a_follower_waits_for_it(tmp_path):
    flask = conftest.deploy(tmp_path, leader=False)
    assert flask.run().unit_status == ops.WaitingStatus("Waiting for secret key creation")


def test_a_follower_reads_what_the_leader_made(tmp_path):
    secret = ops.testing.Secret({"value": "shared"}, owner="app", label=LABEL)
    flask = conftest.deploy(tmp_path, leader=False, secrets=[secret])
    flask.run()
    assert flask.environment["FLASK_SECRET_KEY"] == "shared"


def test_a_key_that_an_older_charm_left_moves_into_a_secret(tmp_path):
    flask = conftest.deploy(tmp_path, relations=[peer(flask_secret_key="old")])
    flask.run(flask.context.on.upgrade_charm())
    assert key_in(flask) == flask.environment["FLASK_SECRET_KEY"] == "old"
    assert flask.state.get_relations("secret-storage")[0].local_app_data == {}


def test_a_follower_goes_on_with_the_older_key_until_it_has_moved(tmp_path):
    flask = conftest.deploy(tmp_path, leader=False, relations=[peer(flask_secret_key="old")])
    flask.run()
    assert flask.environment["FLASK_SECRET_KEY"] == "old"


def test_without_juju_secrets_the_databag_holds_it_and_the_log_says_so(tmp_path):
    flask = conftest.deploy(tmp_path, juju="2.9.49")
    flask.run()
    data = flask.state.get_relations("secret-storage")[0].local_app_data
    assert flask.environment["FLASK_SECRET_KEY"] == data["flask_secret_key"]
    assert any("has no secrets" in line.message for line in flask.context.juju_log)


def test_without_peers_nothing_is_started(tmp_path):
    flask = conftest.deploy(tmp_path, relations=[])
    assert flask.run().unit_status == ops.WaitingStatus("Waiting for peer integration")


def test_rotation_gives_the_application_a_new_key(tmp_path):
    flask = conftest.deploy(tmp_path)
    flask.run()
    before = key_in(flask)
    flask.run(flask.context.on.action("rotate-secret-key"))
    assert flask.context.action_results == {"status": "success"}
    assert key_in(flask) == flask.environment["FLASK_SECRET_KEY"] != before


def test_rotation_is_for_the_leader(tmp_path):
    flask = conftest.deploy(tmp_path, leader=False)
    with pytest.raises(ops.testing.ActionFailed) as failed:
        flask.run(flask.context.on.action("rotate-secret-key"))
    assert failed.value.message == "only leader unit can rotate secret key"


def test_b12a_rotation_of_a_pinned_key_fails(tmp_path):
    flask = conftest.deploy(tmp_path, config={"flask-secret-key": "pinned"})
    flask.run()
    with pytest.raises(ops.testing.ActionFailed, match="set by an option"):
        flask.run(flask.context.on.action("rotate-secret-key"))


def test_b12_rotation_fails_with_the_reason_while_the_configuration_is_invalid(tmp_path):
    flask = conftest.deploy(tmp_path)
    flask.run()
    before = key_in(flask)
    with pytest.raises(ops.testing.ActionFailed, match="invalid options: flask-env"):
        flask.run(flask.context.on.action("rotate-secret-key"), config={"flask-env": ""})
    assert key_in(flask) == before


def test_b12b_rotation_is_not_reported_done_when_the_release_is_refused(tmp_path):
    flask = conftest.deploy(tmp_path)
    flask.run()
    refused = ops.testing.Exec(["/bin/python3"], return_code=1, stdout="no")
    flask.set_container(execs={refused})
    with pytest.raises(ops.testing.ActionFailed, match="kept and not yet in use"):
        flask.run(flask.context.on.action("rotate-secret-key"))
    assert flask.context.action_results is None


def test_b12b_rotation_is_not_reported_done_when_pebble_is_gone_half_way(tmp_path, monkeypatch):
    def gone(*_arguments, **_named):
        raise ops.pebble.ConnectionError("gone")

    flask = conftest.deploy(tmp_path)
    flask.run()
    monkeypatch.setattr(_MockPebbleClient, "push", gone)
    with pytest.raises(ops.testing.ActionFailed, match="not yet in use: Waiting for pebble ready"):
        flask.run(flask.context.on.action("rotate-secret-key"))


def test_rotation_is_done_while_the_server_that_has_the_new_key_is_starting(tmp_path):
    flask = conftest.deploy(tmp_path)
    flask.run()
    down = ops.testing.CheckInfo(
        "flask-started",
        level=ops.pebble.CheckLevel.READY,
        startup=ops.pebble.CheckStartup.DISABLED,
        status=ops.pebble.CheckStatus.DOWN,
        threshold=1,
        successes=0,
        failures=1,
    )
    kept = flask.state.get_container("flask-app").check_infos
    flask.set_container(check_infos={down, *(c for c in kept if c.name != down.name)})
    status = flask.run(flask.context.on.action("rotate-secret-key")).unit_status
    assert status == ops.WaitingStatus("Waiting for flask to answer on port 8000")
    assert flask.context.action_results == {"status": "success"}
    assert flask.environment["FLASK_SECRET_KEY"] == key_in(flask)


def test_an_old_revision_is_dropped_when_nobody_reads_it(tmp_path):
    secret = ops.testing.Secret(
        {"value": "one"}, latest_content={"value": "two"}, owner="app", label=LABEL
    )
    flask = conftest.deploy(tmp_path, secrets=[secret])
    flask.run(flask.context.on.secret_remove(secret, revision=7))
    assert flask.context.removed_secret_revisions == [7]
