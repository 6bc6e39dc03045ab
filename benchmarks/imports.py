"""What a charm pays before its first line runs, in every event that Juju dispatches."""

from __future__ import annotations

import dataclasses
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping

from . import report

TARGET = 1.8
STATEMENTS = ("import ops", "import paas_app_charmer.flask", "import paas_app_charmer.django")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Run:
    """One Python process from its start to its end."""

    seconds: float
    """Of processor time: that of a process which waits for nobody, but without the noise."""
    peak: float
    """MiB of memory."""


def measure(*, quick: bool) -> report.Table:
    """Compare the imports in runs that take turns."""
    with tempfile.TemporaryDirectory() as cache:
        # Byte code goes to a place of its own, whether or not this machine keeps any.
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": cache}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        for statement in STATEMENTS:
            _run(statement, environment)
        rounds = [
            [_run(statement, environment) for statement in STATEMENTS]
            for _ in range(7 if quick else 31)
        ]
    return report.Table(
        title="Import, whole process, byte code compiled",
        columns=("statement", "processor time", "peak memory", "ratio to ops", "target", ""),
        rows=[
            *(_row(rounds, index) for index in range(len(STATEMENTS))),
            ("paas-charm 1.12.3, its flask charm", "", "57 MiB", "2.96", "", ""),
            ("paas-charm 2.0 development", "", "56 MiB", "2.91", "", ""),
        ],
        notes=[f"Medians of {len(rounds)} rounds; a ratio is the median of the rounds' ratios."],
    )


def _row(rounds: list[list[Run]], index: int) -> tuple[str, ...]:
    times = [1000 * runs[index].seconds for runs in rounds]
    peak = statistics.median(runs[index].peak for runs in rounds)
    ratio = statistics.median(runs[index].seconds / runs[0].seconds for runs in rounds)
    return (
        STATEMENTS[index],
        report.median(times, "ms"),
        f"{peak:.0f} MiB",
        f"{ratio:.2f}",
        str(TARGET) if index else "limit",
        report.verdict(ratio, TARGET) if index else "",
    )


def _run(statement: str, environment: Mapping[str, str]) -> Run:
    process = subprocess.Popen([sys.executable, "-c", statement], env=environment)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)  # or it would be waited for again
    if status:
        raise SystemExit(f"`{statement}` failed")
    return Run(seconds=usage.ru_utime + usage.ru_stime, peak=usage.ru_maxrss / 1024)
