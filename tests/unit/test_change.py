"""The gentlest action that brings a service to its new definition."""

from __future__ import annotations

import dataclasses

import pytest

from paas_app_charmer import change, facts, release

Action = release.Action

DEFINITION = {"startup": "enabled", "command": "serve", "environment": {"A": "1"}}
FILES = (release.File(path="/conf", content="x = 1"),)
EMPTY = facts.Workload(services={})


def plan(
    definition=DEFINITION, workload=EMPTY, *, files=FILES, reloads=False, here=True
) -> release.Service:
    return change.service("web", definition, files, workload, reloads=reloads, here=here)


def running(service: release.Service) -> facts.Workload:
    assert service.running is not None
    return facts.Workload(services={}, active=frozenset({"web"}), running={"web": service.running})


UP = running(plan())


def test_what_does_not_run_is_started():
    assert plan().action is Action.START


def test_what_runs_as_it_should_is_left_alone():
    assert plan(workload=UP).action is Action.NOTHING


def test_what_runs_with_something_unknown_is_restarted():
    workload = facts.Workload(services={}, active=frozenset({"web"}))
    assert plan(workload=workload).action is Action.RESTART


def test_what_crashed_is_started_even_if_nothing_changed():
    workload = dataclasses.replace(UP, active=frozenset())
    assert plan(workload=workload).action is Action.START


@pytest.mark.parametrize("reloads", [True, False])
def test_another_command_needs_a_restart(reloads):
    changed = {**DEFINITION, "command": "serve --more"}
    assert plan(changed, UP, reloads=reloads).action is Action.RESTART


@pytest.mark.parametrize(("reloads", "action"), [(True, Action.RELOAD), (False, Action.RESTART)])
@pytest.mark.parametrize(
    "changes",
    [
        {"definition": {**DEFINITION, "environment": {"A": "2"}}},
        {"definition": {**DEFINITION, "environment": {"A": "1", "B": "1"}}},
        {"definition": {**DEFINITION, "environment": {}}},
        {"files": (dataclasses.replace(FILES[0], content="x = 2"),)},
    ],
)
def test_variables_and_files_reload_what_can_reload(changes, reloads, action):
    assert plan(workload=UP, reloads=reloads, **changes).action is action


@pytest.mark.parametrize(("workload", "action"), [(UP, Action.STOP), (EMPTY, Action.NOTHING)])
def test_what_belongs_on_another_unit_is_stopped(workload, action):
    service = plan(workload=workload, here=False)
    assert (service.action, service.enabled) == (action, False)


def test_what_the_rock_disables_is_neither_started_nor_stopped():
    disabled = {**DEFINITION, "startup": "disabled"}
    assert plan(disabled).action is plan(disabled, UP).action is Action.NOTHING


def test_after_a_reload_nothing_is_left_to_do():
    changed = {**DEFINITION, "environment": {"A": "2"}}
    reloaded = running(plan(changed, UP, reloads=True))
    assert plan(changed, reloaded, reloads=True).action is Action.NOTHING


def test_variables_that_changed_came_or_went_are_touched():
    before = plan({**DEFINITION, "environment": {"SAME": "1", "NEW": "1", "GONE": "1"}}).running
    assert before is not None
    now = {"SAME": "1", "NEW": "2", "MORE": "1"}
    assert change.touched(before, now) == {"NEW", "MORE", "GONE"}


def test_a_variable_that_came_back_to_its_first_value_stays_touched():
    reloaded = running(plan({**DEFINITION, "environment": {"A": "2"}}, UP, reloads=True))
    back = plan(workload=reloaded, reloads=True)
    assert back.action is Action.RELOAD
    assert back.running is not None
    assert back.running.touched == {"A"}


def test_a_restart_forgets_what_reloads_touched():
    reloaded = running(plan({**DEFINITION, "environment": {"A": "2"}}, UP, reloads=True))
    restarted = plan({**DEFINITION, "command": "other"}, reloaded, reloads=True).running
    assert restarted is not None
    assert restarted.touched == frozenset()


def test_what_is_remembered_holds_no_values():
    service = plan({**DEFINITION, "environment": {"A": "hunter2"}})
    assert "hunter2" not in repr(service.running)


def test_only_what_runs_with_the_same_definition_stays():
    assert change.stays("web", DEFINITION, UP) is UP.running["web"]
    assert change.stays("web", {**DEFINITION, "environment": {}}, UP) is not None
    assert change.stays("web", {**DEFINITION, "user": "root"}, UP) is None
    assert change.stays("web", DEFINITION, dataclasses.replace(UP, active=frozenset())) is None
    assert change.stays("web", DEFINITION, EMPTY) is None
