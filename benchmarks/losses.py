"""What users lose when something happens to the application."""

from __future__ import annotations

import contextlib
import functools
import os
import pathlib
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Generator, Iterator

from paas_app_charmer.local import control, ports

from . import cases, deployment, happenings, load, outcome, plot, report, stage
from .case import Case

RATE = 50
"""Requests per second on the fast route."""
SLOW = "/sleep?s=2"
"""The route on which one client sends one request after another."""
LEAD = 1.0
"""Seconds of load before anything happens."""
TWICE = 2.0
"""How much longer requests may take through events that change nothing."""
PICTURE = pathlib.Path("build/benchmarks/load.png")

Measured = dict[str, outcome.Outcome]


def keys() -> list[str]:
    """Name all cases."""
    return [case.key for case in (*cases.CASES, cases.PRELOAD)]


def measure(
    folder: pathlib.Path, *, quick: bool, only: Collection[str] = ()
) -> Iterator[report.Table]:
    """Let all cases happen under the same load, one after another."""
    wanted = [case for case in cases.CASES if not only or case.key in only or case.limit]
    found: Measured = {}
    with running(stage.Stage.prepare(folder / "losses")) as here:
        if not only:
            found["bare"] = _bare(here)
        for case in wanted:
            found[case.key] = _happen(here, case, quick=quick)
    if not only or cases.PRELOAD.key in only:
        wanted.append(cases.PRELOAD)
        with running(stage.Stage.prepare(folder / "preload", arguments="--preload")) as here:
            found[cases.PRELOAD.key] = _happen(here, cases.PRELOAD, quick=quick)
    yield _losses(wanted, found)
    if any(case.quiet for case in wanted):
        yield _costs(wanted, found)
    names = {case.key: case.name for case in wanted}
    said = plot.write(PICTURE, {names.get(key, key): one for key, one in found.items()})
    print(f"\n{said}")


@contextlib.contextmanager
def running(here: stage.Stage) -> Generator[stage.Stage]:
    """Run it for as long as the ``with`` block lasts, and leave nothing behind."""
    try:
        here.start()
        yield here
    finally:
        here.down()


def _happen(here: stage.Stage, case: Case, *, quick: bool) -> outcome.Outcome:
    """Let a case happen; that it does not come about is an outcome as well."""
    times = min(case.times, 3) if quick else case.times
    problems: list[str] = []

    def attempt(step: Callable[[], object]) -> None:
        try:
            step()
        except (AssertionError, OSError, ValueError, control.Refused) as error:
            problems.append(" ".join(str(error).split())[:160])

    print(f"  {case.key} ...", file=sys.stderr, flush=True)
    attempt(functools.partial(case.before, here))
    journal = outcome.Journal(here.state / "journal.jsonl")
    marks: list[float] = []
    with _load(here.address(), slow=case.with_slow) as (fast, slow):
        for number in range(times):
            marks.append(time.monotonic())
            attempt(functools.partial(case.act, here, number))
            time.sleep(case.apart)
        time.sleep(case.rest)
    starts, beside = journal.starts(stage.UNIT), journal.beside()
    attempt(functools.partial(case.after, here))
    return outcome.Outcome(
        fast=fast.requests,
        slow=slow.requests if slow else (),
        marks=marks,
        starts=starts,
        beside=beside,
        problem="; ".join(problems),
    )


@contextlib.contextmanager
def _load(address: str, *, slow: bool) -> Generator[tuple[load.Load, load.Load | None]]:
    with contextlib.ExitStack() as stack:
        busy = stack.enter_context(load.on(address, SLOW, rate=0)) if slow else None
        fast = stack.enter_context(load.on(address, rate=RATE))
        time.sleep(LEAD)
        yield fast, busy


def _bare(here: stage.Stage) -> outcome.Outcome:
    """Have gunicorn alone take the load: the application without Pebble, charm and runner."""
    port = ports.remembered(here.folder / "bare-port")
    python = here.state / "venv" / "bin" / "python3"
    process = subprocess.Popen(
        [str(python), "-m", "gunicorn", "-w", "2", "-b", f"127.0.0.1:{port}", "app:app"],
        cwd=here.folder,
        env={"PATH": os.defpath, "PYTHONDONTWRITEBYTECODE": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        deployment.until(lambda: deployment.fetch(f"http://127.0.0.1:{port}/pid"))
        with _load(f"127.0.0.1:{port}", slow=True) as (fast, slow):
            time.sleep(cases.NO_EVENTS.rest)
    finally:
        process.terminate()
        process.wait()
    return outcome.Outcome(fast=fast.requests, slow=slow.requests if slow else ())


def _losses(wanted: list[Case], found: Measured) -> report.Table:
    rows = [_row(case, found[case.key]) for case in wanted]
    if "bare" in found:
        rows.insert(0, _row(_BARE, found["bare"]))
    return report.Table(
        title=f"Requests lost at {RATE} a second and one client on a route of 2 s, "
        "Flask example, 2 sync workers",
        columns=(
            *("case", "times", "lost", "slow", "p50", "p99", "slowest", "gap", "back after"),
            *("reloads", "workers", "masters", "allowed", "", "paas-charm 1.12.3 lost"),
        ),
        rows=rows,
        notes=[
            "Open loop on the unit's own port; lost is refused, reset, closed, late or an error.",
            "A delay counts from the moment at which a request was due. The whole case counts.",
            *_remarks(wanted, found),
        ],
    )


_BARE = Case(
    key="bare", name="bare gunicorn, no events", act=lambda _s, _n: None, times=0, limit=True
)


def _row(case: Case, one: outcome.Outcome) -> tuple[str, ...]:
    return (
        f"limit: {case.name}" if case.limit else case.name,
        str(len(one.marks)) if one.marks else "",
        f"{one.lost_fast} of {len(one.fast)}",
        f"{one.lost_slow} of {len(one.slow)}",
        *(f"{one.delay(share):.0f} ms" for share in (0.5, 0.99, 1)),
        f"{one.longest_gap:.2f} s",
        f"{one.back:.2f} s" if one.back else "",
        *(str(count) for count in (one.starts.reloads, one.starts.workers, one.starts.masters)),
        *_verdict(case, one),
        case.reference,
    )


def _verdict(case: Case, one: outcome.Outcome) -> tuple[str, str]:
    if case.limit:
        return "", ""
    if case.back is not None:
        allowed, met = f"back in {case.back:.0f} s", report.verdict(one.back, case.back)
    else:
        allowed = f"{case.fast} + {case.slow}"
        over = max(one.lost_fast - case.fast, one.lost_slow - case.slow, one.beside[1] - case.away)
        if case.quiet:
            allowed += ", no starts"
            over = max(over, one.starts.reloads, one.starts.workers, one.starts.masters)
        met = report.verdict(over, 0)
    return allowed, report.verdict(1, 0) if one.problem else met


def _remarks(wanted: list[Case], found: Measured) -> Iterator[str]:
    for case in wanted:
        one = found[case.key]
        said = [part for part in (one.reasons, one.problem) if part]
        if case.key == "rolling":
            said.append(
                f"the worker service restarted {one.beside[0]} times on {happenings.UNITS} units, "
                f"at most {one.beside[1]} away at once"
            )
        if said:
            yield f"{case.key}: {'; '.join(said)}"


def _costs(wanted: list[Case], found: Measured) -> report.Table:
    limit = found[cases.NO_EVENTS.key].delay(0.99)
    return report.Table(
        title="What users wait longer while events come that change nothing",
        columns=("case", "p99", "no events at all", "ratio", "target", ""),
        rows=[
            (
                case.name,
                f"{found[case.key].delay(0.99):.0f} ms",
                f"{limit:.0f} ms",
                f"{found[case.key].delay(0.99) / limit:.1f}",
                f"{TWICE:.0f}",
                report.verdict(found[case.key].delay(0.99) / limit, TWICE),
            )
            for case in wanted
            if case.quiet
        ],
        notes=["paas-charm 1.12.3: 1.6 for update-status, 41 to 55 for the others."],
    )
