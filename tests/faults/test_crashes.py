"""A hook whose process ends at any step, whichever that is, is made up for by the next event."""

from __future__ import annotations

import json
from typing import Any

import ops
import ops.testing
import pytest

from . import changes, neighbours, outcome, refusals, world

SAME = {
    "model": ops.testing.Model("test-model", uuid="8f1f9ab3-5ab4-4a2c-8a1c-4f4d2a1b7a11"),
    "secrets": [neighbours.secret({"value": "key"}, owner="app", label="flask-secret-key")],
    "leader": True,
}
"""What would differ from unit to unit, and is not what the tests are about."""


@pytest.fixture
def unit(present, tmp_path):
    """Return a unit as it is before the change."""
    made = 0

    def before(change: changes.Change) -> world.World:
        nonlocal made
        made += 1
        one = world.World(change.kind, tmp_path / str(made), present, **SAME)
        one.configure("must", "there")
        changes.integrate(one, "postgresql", "postgresql_client", 1)
        changes.integrate(one, "redis", "redis", 1)
        if not change.is_first:
            one.happen(one.on.pebble_ready(one.container))
            assert one.state.unit_status == ops.ActiveStatus()
        return one

    return before


def _crash(one: world.World, change: changes.Change, after: int | None) -> list[str]:
    """Let the change happen, and the hook end after so many calls; return the calls."""
    fault = after and refusals.Fault(at=after, kind="killed", done=True)
    one.happen(change.make(one), fault or None)
    made = list(one.ear.calls)
    one.happen(one.on.update_status())
    return made


def _stands(one: world.World) -> dict[str, Any]:
    notes = json.loads((one.unit.folder / "tmp/flask/state/release.json").read_text())
    statuses = one.container.service_statuses
    return {
        "status": one.state.unit_status,
        "plan": one.container.plan.to_dict(),
        "files": outcome.files(one.unit.folder, "flask"),
        "gunicorn": one.unit.settings,
        **{f"noted {key}": value for key, value in notes.items()},
        "running": sorted(name for name, s in statuses.items() if s.value == "active"),
        "environments": {name: process.environment for name, process in one.running.items()},
        "published": [(r.endpoint, r.local_app_data) for r in one.relations()],
        "ports": one.state.opened_ports,
    }


@pytest.mark.parametrize("name", changes.CHANGES)
def test_a_crash_after_any_call_of_pebble_is_made_up_for_by_the_next_event(name, unit):
    change = changes.CHANGES[name]
    uninterrupted = unit(change)
    steps = _crash(uninterrupted, change, None)
    assert set(change.does) <= set(steps)
    for number in range(1, len(steps) + 1):
        one = unit(change)
        assert _crash(one, change, number) == steps[:number], "each of them is tried"
        found, expected = _stands(one), _stands(uninterrupted)
        differs = {key: found[key] for key in expected if found[key] != expected[key]}
        assert differs == {}, f"after {steps[number - 1]} ({number})"
        one.close()


@pytest.mark.parametrize("call", ["exec", "wait"])
@pytest.mark.parametrize(
    "name", [name for name in changes.CHANGES if "migrat" in name or "first" in name]
)
def test_a_migration_that_a_crash_cut_off_runs_again(name, call, unit):
    change = changes.CHANGES[name]
    one = unit(change)
    # The first that is waited for is the server's check of its configuration.
    fault = refusals.Fault(name=call, at=2, kind="killed")
    one.happen(change.make(one), fault)
    assert one.ear.has_struck
    assert "migrate.sh" in one.ear.spoken[-1]
    one.happen(one.on.update_status())
    assert [words for words in one.ear.spoken if "migrate.sh" in words]
    one.happen(one.on.update_status())
    assert one.ear.spoken == [], "and once only"


@pytest.mark.parametrize("name", [name for name, change in changes.CHANGES.items() if change.undo])
def test_a_change_that_is_taken_back_after_a_crash_leaves_nothing_of_it(name, unit):
    change = changes.CHANGES[name]
    untouched = unit(change)
    one = unit(change)
    one.happen(change.make(one))
    for number in range(1, len(one.ear.calls) + 1):
        one = unit(change)
        fault = refusals.Fault(at=number, kind="killed", done=True)
        one.happen(change.make(one), fault)
        one.happen(change.undo(one))
        assert one.state.unit_status == ops.ActiveStatus()
        outcome.runs_as_planned(one.container, one.running, "flask")
        assert outcome.plan(one.container) == outcome.plan(untouched.container), number
        assert outcome.files(one.unit.folder, "flask") == outcome.files(
            untouched.unit.folder, "flask"
        )
        one.close()
