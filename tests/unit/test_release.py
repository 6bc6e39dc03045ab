"""What to run, as a value that can be compared and shown to anybody."""

from __future__ import annotations

import dataclasses

import pytest

from paas_app_charmer import env, release

RUNNING = release.Running(definition="d", environment="e", files="f", base={})
SERVICE = release.Service(
    name="demo", definition={"command": "a"}, action=release.Action.NOTHING, running=RUNNING
)
FILE = release.File(path="/demo/conf", content="x = 1")
MIGRATION = release.Command(argv=("migrate",), fingerprint="1", failure="failed", timeout=1)
RELEASE = release.Release(
    web="demo",
    environment={
        "KEY": env.Variable(value="hunter2", origin=env.Origin(kind="rock"), secret=True)
    },
    services=(SERVICE,),
    files=(FILE,),
    directories=("/var/log/demo",),
    migration=MIGRATION,
    log_targets={"loki/0": {"location": "http://loki"}},
    user="_daemon_",
    cwd="/demo/app",
    port=8000,
)


@pytest.mark.parametrize(
    "changes",
    [
        {"services": (dataclasses.replace(SERVICE, definition={"command": "b"}),)},
        {"services": (dataclasses.replace(SERVICE, running=None),)},
        {"services": ()},
        {"files": (dataclasses.replace(FILE, content="x = 2"),)},
        {"files": (dataclasses.replace(FILE, mode=0o644),)},
        {"directories": ()},
        {"migration": dataclasses.replace(MIGRATION, fingerprint="2")},
        {"migration": None},
        {"log_targets": {}},
        {"checks": {"demo-ready": {"tcp": {"port": 8000}}}},
    ],
)
def test_what_makes_a_difference_to_the_container_changes_the_fingerprint(changes):
    assert dataclasses.replace(RELEASE, **changes).fingerprint != RELEASE.fingerprint


def test_what_has_to_be_done_does_not_change_the_fingerprint():
    restarted = dataclasses.replace(SERVICE, action=release.Action.RESTART)
    changed = dataclasses.replace(RELEASE, services=(restarted,))
    assert changed.fingerprint == RELEASE.fingerprint


def test_a_release_shows_no_secret():
    service = dataclasses.replace(SERVICE, definition={"environment": {"KEY": "hunter2"}})
    file = dataclasses.replace(FILE, content="hunter2")
    assert "hunter2" not in repr(dataclasses.replace(RELEASE, services=(service,), files=(file,)))


def test_files_are_closed_to_others_unless_said_otherwise():
    assert release.File(path="/a", content="").mode == 0o600


def test_a_digest_does_not_depend_on_the_order_of_mappings():
    assert release.digest({"a": 1, "b": 2}) == release.digest({"b": 2, "a": 1})


def test_a_digest_depends_on_the_order_of_lists_and_parts():
    assert release.digest([1, 2]) != release.digest([2, 1])
    assert release.digest("ab", "c") != release.digest("a", "bc")


def test_a_service_without_anything_to_remember_is_not_enabled():
    assert SERVICE.enabled
    assert not dataclasses.replace(SERVICE, running=None).enabled


def test_a_hold_says_whether_somebody_has_to_act():
    assert release.blocked("why").level is release.Level.BLOCKED
    assert release.waiting("why").level is release.Level.WAITING


def test_a_hold_lets_run_what_runs_unless_it_says_otherwise():
    assert not release.blocked("why").stops
    assert release.blocked("why", stops=True).stops
