"""What Pebble checks, and what its answers say of a release that runs."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from paas_app_charmer import facts, health, paas_config, release

from . import builders

WORKER = {"more": {"mail-worker": builders.service()}}
UP = facts.Check(runs=True, succeeded=True)
DOWN = facts.Check(runs=True, is_up=False)
STARTING = facts.Check(runs=True, is_up=False, succeeded=False)


def released(config: dict[str, Any] | None = None, **changes: Any) -> release.Release:
    settled = paas_config.PaasConfig.model_validate(config or {})
    rock = builders.workload(**WORKER)
    return builders.released(builders.seen(workload=rock, config=settled, **changes))


def seen(wanted: release.Release, **changes: Any) -> facts.Workload:
    """Return the container in which all of a release runs, changed where a test says so."""
    up = builders.applied(builders.workload(**WORKER), wanted)
    return dataclasses.replace(up, **changes)


def test_the_port_of_the_web_server_is_checked_at_level_ready():
    assert released().checks["demo-ready"] == {
        "override": "replace",
        "startup": "enabled",
        "level": "ready",
        "period": "10s",
        "timeout": "1s",
        "threshold": 3,
        "tcp": {"port": 8000},
    }


def test_a_web_server_that_was_started_is_looked_for_often():
    assert released().checks["demo-started"] == {
        "override": "replace",
        "startup": "disabled",
        "level": "ready",
        "period": "250ms",
        "timeout": "250ms",
        "threshold": 1,
        "tcp": {"port": 8000},
    }


def test_an_author_names_a_path_and_the_timing():
    timing = {"period": "30s", "timeout": "5s", "threshold": 5}
    checks = released({"port": 9000, "health": {"path": "/up", **timing}}).checks
    assert checks["demo-ready"] == {
        "override": "replace",
        "startup": "enabled",
        "level": "ready",
        "http": {"url": "http://localhost:9000/up"},
        **timing,
    }
    started = checks["demo-started"]
    assert started["http"] == {"url": "http://localhost:9000/up"}
    assert (started["period"], started["timeout"]) == ("5.25s", "5s")


def test_a_worker_is_checked_by_the_authors_command_and_cannot_take_the_site_out_of_service():
    workers = {"mail-worker": "python3 check.py", "gone-worker": "true"}
    checks = released({"health": {"workers": workers}}).checks
    assert checks.keys() == {"demo-ready", "demo-started", "mail-worker-ready"}
    assert checks["mail-worker-ready"] == {
        "override": "replace",
        "startup": "enabled",
        "period": "10s",
        "timeout": "1s",
        "threshold": 3,
        "exec": {"command": "python3 check.py", "service-context": "mail-worker"},
    }


def test_a_scheduler_is_checked_where_it_runs():
    config = paas_config.PaasConfig.model_validate({"health": {"workers": {"a-scheduler": "x"}}})
    rock = builders.workload(more={"a-scheduler": builders.service()})
    for unit, checked in [(0, True), (1, False)]:
        wanted = builders.released(builders.seen(workload=rock, config=config, unit=unit))
        assert ("a-scheduler-ready" in wanted.checks) is checked


@pytest.mark.parametrize("liveness", [True, False])
def test_liveness_is_for_those_who_ask_for_it(liveness):
    wanted = released({"health": {"liveness": liveness}})
    definition = builders.service_of(wanted, "demo").definition
    assert definition.get("on-check-failure") == ({"demo-ready": "restart"} if liveness else None)


def test_a_release_that_runs_and_answers_is_what_was_wanted():
    wanted = released()
    checks = {"demo-ready": UP, "demo-started": dataclasses.replace(UP, runs=False)}
    assert health.verdict(wanted, seen(wanted, checks=checks)) is None


def test_a_pebble_that_does_not_count_successes_is_believed():
    wanted = released()
    checks = {"demo-started": facts.Check(runs=True, succeeded=None)}
    assert health.verdict(wanted, seen(wanted, checks=checks)) is None


def test_a_web_server_that_has_not_answered_yet_is_waited_for():
    wanted = released()
    found = health.verdict(wanted, seen(wanted, checks={"demo-started": STARTING}))
    told = "Waiting for demo to answer on port 8000"
    assert found == release.waiting(told, applied=True)


def test_one_that_was_asked_in_vain_for_long_enough_blocks():
    wanted = released({"health": {"path": "/up"}})
    checks = {"demo-started": STARTING, "demo-ready": DOWN}
    found = health.verdict(wanted, seen(wanted, checks=checks))
    message = "demo does not answer at http://localhost:8000/up"
    assert found == release.blocked(message, service="demo")


def test_a_worker_that_is_not_healthy_blocks():
    wanted = released({"health": {"workers": {"mail-worker": "false"}}})
    found = health.verdict(wanted, seen(wanted, checks={"mail-worker-ready": DOWN}))
    assert found == release.blocked("service mail-worker is not healthy", service="mail-worker")


def test_a_check_that_was_stopped_says_nothing():
    wanted = released()
    checks = {
        "demo-started": dataclasses.replace(STARTING, runs=False),
        "demo-ready": dataclasses.replace(DOWN, runs=False),
    }
    assert health.verdict(wanted, seen(wanted, checks=checks)) is None


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (
            {"failing": frozenset({"demo"}), "failures": {"demo": "exited with code 3: no app"}},
            release.blocked("service demo failed: exited with code 3: no app"),
        ),
        (
            {"failing": frozenset({"demo"})},
            release.blocked("service demo stops by itself", service="demo"),
        ),
        ({}, release.blocked("service demo is not running", service="demo")),
    ],
)
def test_a_service_that_does_not_run_is_told_before_all_else(changes, expected):
    wanted = released()
    up = seen(wanted, checks={"demo-started": STARTING})
    down = dataclasses.replace(up, active=up.active - {"demo"}, **changes)
    assert health.verdict(wanted, down) == expected


def test_a_server_that_did_not_take_a_change_is_told():
    wanted = released()
    found = health.verdict(wanted, seen(wanted, complaint="the new workers cannot start"))
    message = "demo goes on as it was: the new workers cannot start"
    assert found == release.blocked(message, service="demo")


def test_how_a_service_failed_once_is_no_news_while_it_runs():
    wanted = released()
    assert health.verdict(wanted, seen(wanted, failures={"demo": "exited with code 1"})) is None
