"""The table of changes that the reference shows, held against what operators rely on."""

from __future__ import annotations

import pytest
from generate.pages import changes

WEB, WORKER, SCHEDULER, EXPORTER, MIGRATION = range(5)
UNNOTICED = ("nothing", "nothing", "nothing", "nothing", "nothing")


def cells(change: str, arguments: str = "") -> tuple[str, ...]:
    return tuple(changes.cells(changes.CHANGES[change], arguments))


@pytest.mark.parametrize(
    "change",
    [
        "An event that brings nothing new",
        "Logs go to Loki",
        "Prometheus scrapes",
        "A charm with other health checks",
    ],
)
def test_what_no_process_is_told_of_touches_none(change):
    assert cells(change) == UNNOTICED
    assert cells(change, " --preload") == UNNOTICED


@pytest.mark.parametrize(
    "change",
    [
        "An option of the author's",
        "The secret key",
        "A unit joins or leaves",
        "The ingress gives another URL",
        "Credentials of the database",
        "A mail relay is integrated",
        "Traces are wanted",
        "A charm with another `port`",
    ],
)
def test_a_change_of_the_environment_is_a_reload_of_the_web_server(change):
    assert cells(change)[WEB] == "reload"
    assert cells(change, " --preload")[WEB] == "reload"


def test_a_setting_of_the_web_server_is_for_the_web_server_alone():
    assert cells("`webserver-workers` and its like") == ("reload", *UNNOTICED[1:])
    assert cells("`webserver-worker-class`") == ("restart", *UNNOTICED[1:])


def test_the_exporter_is_restarted_by_what_concerns_it_alone():
    restarting = {name for name in changes.CHANGES if cells(name)[EXPORTER] == "restart"}
    assert restarting == {"A charm with another `metrics-port`"}


def test_the_migration_runs_again_for_another_rock_and_other_backing_services_of_data():
    runs = {name for name in changes.CHANGES if cells(name)[MIGRATION] == "runs"}
    assert runs == {
        "Another rock, or a new pod",
        "A cache is removed",
        "Credentials of the database",
    }


def test_workers_and_schedulers_are_restarted_when_their_own_environment_changed():
    restarting = {name for name in changes.CHANGES if cells(name)[WORKER] == "restart"}
    assert restarting == {name for name in changes.CHANGES if cells(name)[SCHEDULER] == "restart"}
    assert restarting == {
        "An option of the author's",
        "An option of the framework, `flask-env`",
        "The secret key",
        "A unit joins or leaves",
        "The ingress gives another URL",
        "Credentials of the database",
        "A cache is removed",
        "A mail relay is integrated",
        "Traces are wanted",
        "A charm with another `metrics-port`",
    }
