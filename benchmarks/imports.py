"""What a charm pays before its first line runs, in every event that Juju dispatches."""

from __future__ import annotations

import dataclasses
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping

from generate import found

from . import declared, report

RATIO = 1.6
"""The most that an import may take, by that of ops."""
BEYOND = 120.0
"""The most milliseconds beyond that import."""
START = 150.0
"""The same for the first event of a charm with every endpoint that there is."""

_TELL_PEAK = """
with open("/proc/self/status") as status:
    print(next(line for line in status if line.startswith("VmHWM:")))
"""
"""What the kernel tells of a process that has ended includes the one that it was forked from."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Case:
    """What one Python process runs, and what may come of it."""

    title: str
    code: str
    ratio: float | None = None
    beyond: float


CASES = (
    Case(title="import ops", code="import ops", beyond=0.0),
    *(
        Case(title=f"import {name}", code=f"import {name}", ratio=RATIO, beyond=BEYOND)
        for name in (f"paas_app_charmer.{module}" for module in found.specs())
    ),
)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Run:
    """One Python process from its start to its end."""

    seconds: float
    """Of processor time: that of a process which waits for nobody, but without the noise."""
    peak: float
    """MiB of memory."""


def measure(*, quick: bool) -> report.Table:
    """Compare the imports in runs that take turns."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        program = declared.charm(folder / "charm")
        title = f"all {len(declared.interfaces())} endpoints declared, none related: start"
        cases = (*CASES, Case(title=title, code=program, beyond=START))
        # Byte code goes to a place of its own, whether or not this machine keeps any.
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(folder / "cache")}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        for case in cases:
            _run(case, environment)
        rounds = [[_run(case, environment) for case in cases] for _ in range(7 if quick else 31)]
    return report.Table(
        title="Import, whole process, byte code compiled",
        columns=(
            *("what", "processor time", "peak memory"),
            *("beyond ops", "target", "", "ratio to ops", "target", ""),
        ),
        rows=[
            *(_row(cases, rounds, index) for index in range(len(cases))),
            ("paas-charm 1.12.3, its flask charm", "", "57 MiB", "", "", "", "2.96", "", ""),
            ("paas-charm 2.0 development", "", "56 MiB", "", "", "", "2.91", "", ""),
        ],
        notes=[
            f"Medians of {len(rounds)} rounds, differences and ratios within a round.",
            "The start is the whole hook, with the answers of Juju at hand instead of its tools.",
        ],
    )


def _row(cases: tuple[Case, ...], rounds: list[list[Run]], index: int) -> tuple[str, ...]:
    case = cases[index]
    times = [1000 * runs[index].seconds for runs in rounds]
    peak = statistics.median(runs[index].peak for runs in rounds)
    ratio = statistics.median(runs[index].seconds / runs[0].seconds for runs in rounds)
    beyond = statistics.median(1000 * (runs[index].seconds - runs[0].seconds) for runs in rounds)
    shown = (case.title, report.median(times, "ms"), f"{peak:.0f} MiB")
    if not index:
        return (*shown, "", "limit", "", f"{ratio:.2f}", "limit", "")
    of_ratio = (str(case.ratio), report.verdict(ratio, case.ratio)) if case.ratio else ("", "")
    return (
        *shown,
        *(f"{beyond:.0f} ms", f"{case.beyond:.0f} ms", report.verdict(beyond, case.beyond)),
        *(f"{ratio:.2f}", *of_ratio),
    )


def _run(case: Case, environment: Mapping[str, str]) -> Run:
    argv = [sys.executable, "-c", case.code + _TELL_PEAK]
    with subprocess.Popen(argv, env=environment, stdout=subprocess.PIPE, text=True) as process:
        said = process.stdout.read() if process.stdout else ""
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)  # or it would be waited for again
    if status:
        raise SystemExit(f"`{case.title}` failed")
    return Run(seconds=usage.ru_utime + usage.ru_stime, peak=int(said.split()[1]) / 1024)
