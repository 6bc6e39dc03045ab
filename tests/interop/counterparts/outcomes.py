"""A plugin of pytest that prints the compat table, and lets no run pass that left cells out."""

from __future__ import annotations

import collections

import pytest

_PROPERTY = "compat"


class Outcomes:
    """Remembers what became of each cell of the table.

    The table itself is imported at the end only: what keeps it from being imported is told by
    the tests that need the same.
    """

    def __init__(self) -> None:
        self.found: dict[tuple[str, str, str], list[str]] = collections.defaultdict(list)

    def pytest_itemcollected(self, item: pytest.Item) -> None:
        """Note the cell on its test, whose report may come from another process."""
        given = item.callspec.params if hasattr(item, "callspec") else {}
        if "travelling" in given:
            side, _ = given["travelling"]
            item.user_properties.append((_PROPERTY, (side.name, given["event"], given["role"])))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Remember the outcome of a test, or of what kept it from running."""
        cell = dict(report.user_properties).get(_PROPERTY)
        if cell and (report.when == "call" or not report.passed):
            self.found[tuple(cell)].append(report.outcome)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Fail a run that left a cell out, unless only some tests were asked for."""
        if not self.found or _asked_for_some(session.config):
            return
        from . import table  # noqa: PLC0415 - at the end

        if table.missing(self.found):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print the table if any of its tests were chosen."""
        if not self.found:
            return
        from . import table  # noqa: PLC0415 - at the end

        terminalreporter.section("interfaces and events, by leader/follower")
        for line in table.lines(self.found):
            terminalreporter.write_line(line)


def _asked_for_some(config: pytest.Config) -> bool:
    option = config.option
    chosen = (option.keyword, option.markexpr, option.deselect, option.lf, option.maxfail)
    return any(chosen) or any("::" in one for one in config.args)
