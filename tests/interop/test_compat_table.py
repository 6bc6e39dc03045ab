"""The compat table is complete, and shows what has failed."""

from __future__ import annotations

import pathlib
import types

import pytest
from counterparts import given, journey, outcomes, rows, sides, table

import paas_app_charmer
from paas_app_charmer import documents

INTERFACES = sorted(
    path.stem
    for path in (pathlib.Path(paas_app_charmer.__file__).parent / "integrations").glob("*.py")
    if not path.stem.startswith("_")
)
PASSED = {cell: ["passed", "passed"] for cell in table.cells()}
FOLDER = pathlib.Path(__file__).parent.parent
CONTRACT = documents.read(FOLDER / "contract" / "environment.yaml")["frameworks"]["flask"]
"""What applications in the field know."""


def row(found: table.Outcomes, interface: str) -> list[str]:
    """Return the results of the first row of an interface."""
    (line, *_) = [one for one in table.lines(found) if one.startswith(f"{interface} ")]
    return line.split()[-len(journey.EVENTS) :]


def test_every_interface_has_a_row():
    assert sorted({side.interface for side in rows.SIDES}) == INTERFACES


def test_no_two_sides_have_the_same_name():
    assert len({side.name for side in rows.SIDES}) == len(rows.SIDES)


def test_both_roles_stand_in_every_cell():
    assert row(PASSED, "smtp") == ["ok/ok"] * len(journey.EVENTS)


def test_a_cell_that_cannot_be_is_a_dash():
    assert row(PASSED, "redis")[journey.EVENTS.index("secret rotated")] == table.NOT_APPLICABLE
    assert (
        row(PASSED, "grafana_dashboard")[journey.EVENTS.index("less data")] == table.NOT_APPLICABLE
    )


@pytest.mark.parametrize("side", rows.SIDES, ids=[side.name for side in rows.SIDES])
def test_what_the_journeys_expect_is_what_applications_know(side: sides.Side):
    known = CONTRACT["interfaces"][side.interface][side.integration.endpoint]
    expected = given.variables(side, side.integration.example)

    assert {name: one.value for name, one in expected.items()} == {
        name: one["value"] for name, one in known.items()
    }
    assert journey.applies(side, "secret rotated") == any(
        "secret" in one for one in known.values()
    )


def test_one_failed_test_makes_its_cell_fail():
    found = {**PASSED, ("smtp", "created", "follower"): ["passed", "failed"]}

    assert row(found, "smtp")[0] == "ok/FAILED"


def test_a_cell_that_was_not_run_is_missing():
    cell = ("smtp", "created", "leader")

    assert table.missing(PASSED) == []
    for told in ([], ["skipped"]):
        assert table.missing({**PASSED, cell: told}) == [cell]


def finish(found: table.Outcomes, **asked: object) -> int:
    """Return how a run ends that would pass but for the table."""
    option = {"keyword": "", "markexpr": "", "deselect": None, "lf": False, "maxfail": 0}
    config = types.SimpleNamespace(
        option=types.SimpleNamespace(**{**option, **asked}), args=["tests/interop"]
    )
    session = types.SimpleNamespace(config=config, exitstatus=0)
    plugin = outcomes.Outcomes()
    plugin.found.update({cell: list(told) for cell, told in found.items()})
    plugin.pytest_sessionfinish(session)
    return session.exitstatus


def test_a_run_that_leaves_a_cell_out_does_not_pass():
    assert finish(PASSED) == 0
    assert finish({**PASSED, ("smtp", "created", "leader"): ["skipped"]}) == 1


def test_a_run_of_some_tests_may_leave_cells_out():
    assert finish({("smtp", "created", "leader"): ["passed"]}, keyword="smtp") == 0


def test_a_run_of_other_tests_needs_no_table():
    assert finish({}) == 0
