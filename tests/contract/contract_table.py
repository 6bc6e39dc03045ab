"""The contract as a table: how many variables an interface gives each framework and generation."""

from __future__ import annotations

import pathlib
from collections.abc import Iterator, Mapping, Sequence

import pytest

import paas_app_charmer
from paas_app_charmer import frameworks

FOLDER = pathlib.Path(paas_app_charmer.__file__).parent
MODULES = sorted(
    path.stem for path in FOLDER.glob("*.py") if "\nSPEC" in path.read_text(encoding="utf-8")
)
FRAMEWORKS = sorted(spec.name for spec in map(frameworks.find, MODULES) if spec is not None)
INTERFACES = sorted(
    path.stem for path in (FOLDER / "integrations").glob("*.py") if not path.stem.startswith("_")
)
GENERATIONS = ("C1", "C2")

Cell = tuple[str, str, str]
"""Names of the interface, of the framework and of the generation."""
Cells = Mapping[Cell, str]

PROPERTY = "contract"
OWN = "*"
"""After the number of variables that have names of the framework's own."""
FAILED, MISSING = "FAILED", "?"


def cells() -> Iterator[Cell]:
    """Return all that there have to be."""
    for interface in INTERFACES:
        for framework in FRAMEWORKS:
            yield from ((interface, framework, generation) for generation in GENERATIONS)


def missing(found: Cells) -> list[Cell]:
    """Return the cells that no test has filled."""
    return [cell for cell in cells() if cell not in found]


def lines(found: Cells) -> Iterator[str]:
    """Return the table, and how much is missing from it."""
    heading = ("interface", *FRAMEWORKS)
    yield from _aligned([heading, *(_row(found, interface) for interface in INTERFACES)])
    yield f"{OWN} under names of the framework's own"
    if missing(found):
        yield f"not run: {len(missing(found))} cells"


def _row(found: Cells, interface: str) -> Sequence[str]:
    cells = (
        "/".join(found.get((interface, framework, one), MISSING) for one in GENERATIONS)
        for framework in FRAMEWORKS
    )
    return (interface, *cells)


def _aligned(lines: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(len(one) for one in column) for column in zip(*lines, strict=True)]
    for row in lines:
        padded = (text.ljust(width) for text, width in zip(row, widths, strict=True))
        yield "  ".join(padded).rstrip()


class Plugin:
    """Has pytest print the table, and lets no run pass that left cells out."""

    def __init__(self) -> None:
        self.found: dict[Cell, str] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Remember what a test has counted, which another process may have run."""
        for name, value in report.user_properties:
            if name == PROPERTY and report.when == "call":
                *cell, count = value
                self.found[tuple(cell)] = count if report.passed else FAILED

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Fail a run that left a cell out, unless only some tests were asked for."""
        is_part = hasattr(session.config, "workerinput") or _asked_for_some(session.config)
        if self.found and not is_part and missing(self.found):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print the table if any of its tests were chosen."""
        if self.found:
            terminalreporter.section(f"variables given, in {'/'.join(GENERATIONS)}")
            for line in lines(self.found):
                terminalreporter.write_line(line)


def _asked_for_some(config: pytest.Config) -> bool:
    # Some of them are of plug-ins that may be off.
    names = ("keyword", "markexpr", "deselect", "lf", "maxfail")
    chosen = [getattr(config.option, name, None) for name in names]
    return any(chosen) or any("::" in one for one in config.args)
