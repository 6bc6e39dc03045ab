"""The table of the contract is complete, and shows what has failed."""

from __future__ import annotations

import types

import pytest

from . import contract_table as table

FULL = dict.fromkeys(table.cells(), "9")
LEFT_OUT = next(table.cells())


def finish(found, *, args=("tests/contract",), worker=False, **asked):
    """Return how a run ends that would pass but for the table."""
    option = {"keyword": "", "markexpr": "", "deselect": None, "lf": False, "maxfail": 0}
    config = types.SimpleNamespace(
        option=types.SimpleNamespace(**{**option, **asked}),
        args=list(args),
        **({"workerinput": {}} if worker else {}),
    )
    session = types.SimpleNamespace(config=config, exitstatus=0)
    plugin = table.Plugin()
    plugin.found.update(found)
    plugin.pytest_sessionfinish(session)
    return session.exitstatus


def without(cell):
    return {key: count for key, count in FULL.items() if key != cell}


def test_there_is_a_cell_for_every_framework_interface_and_generation():
    assert len(FULL) == len(table.FRAMEWORKS) * len(table.INTERFACES) * 2
    rows = list(table.lines(FULL))
    assert [row.split()[0] for row in rows[1:-1]] == table.INTERFACES
    assert all(row.split()[1:] == ["9/9"] * len(table.FRAMEWORKS) for row in rows[1:-1])


def test_a_run_that_leaves_a_cell_out_does_not_pass_and_tells_how_many():
    assert finish(FULL) == 0
    assert finish(without(LEFT_OUT)) == pytest.ExitCode.TESTS_FAILED
    assert list(table.lines(without(LEFT_OUT)))[-1] == "not run: 1 cells"


def test_a_part_of_a_run_may_leave_cells_out():
    assert finish(without(LEFT_OUT), keyword="go") == 0
    assert finish(without(LEFT_OUT), args=("tests/contract/test_environment.py::test_x",)) == 0
    assert finish(without(LEFT_OUT), worker=True) == 0
    assert finish({}) == 0


@pytest.mark.parametrize(("passed", "shown"), [(True, "9*"), (False, table.FAILED)])
def test_a_cell_is_what_its_test_has_counted_or_that_it_failed(passed, shown):
    plugin = table.Plugin()
    properties = [("other", 1), (table.PROPERTY, [*LEFT_OUT, "9*"])]
    for when in ("setup", "call", "teardown"):
        plugin.pytest_runtest_logreport(
            types.SimpleNamespace(user_properties=properties, when=when, passed=passed)
        )
    assert plugin.found == {LEFT_OUT: shown}
