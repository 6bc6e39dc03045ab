"""Measure everything and print it: `python -m benchmarks [--quick] [--only NAME]`."""

from __future__ import annotations

import argparse
import os
import pathlib
import platform
import tempfile
from collections.abc import Callable, Iterable

from . import events, first_answer, imports, logging, losses, mixed, report, suites

Part = Callable[[pathlib.Path, bool], Iterable[report.Table]]
PARTS: dict[str, Part] = {
    "imports": lambda _, quick: [imports.measure(quick=quick)],
    "suites": lambda folder, quick: [suites.measure(folder, quick=quick)],
    "first-answer": lambda folder, quick: [first_answer.measure(folder, quick=quick)],
    "events": lambda folder, quick: events.measure(folder, quick=quick),
    "mixed": lambda folder, quick: [mixed.measure(folder, quick=quick)],
    "losses": lambda folder, quick: losses.measure(folder, quick=quick),
    "logging": lambda folder, quick: [logging.measure(folder / "logging", quick=quick)],
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="repeat less: a look only")
    parser.add_argument(
        "--only",
        action="append",
        default=[],
        choices=[*PARTS, *losses.keys()],
        metavar="NAME",
        help=f"one of {', '.join(PARTS)}, or a case of losses: {', '.join(losses.keys())}; "
        "may be given more than once",
    )
    chosen = parser.parse_args()
    load = ", ".join(f"{average:.1f}" for average in os.getloadavg())
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, load average {load}")
    only: list[str] = chosen.only
    cases = [name for name in only if name not in PARTS]
    with tempfile.TemporaryDirectory(prefix="paas-bench-") as name:
        folder = pathlib.Path(name)
        for part, measure in PARTS.items():
            if not only or part in only:
                _print(measure(folder, chosen.quick))
        if cases:
            _print(losses.measure(folder, quick=chosen.quick, only=cases))


def _print(tables: Iterable[report.Table]) -> None:
    for table in tables:
        table.print()


main()
