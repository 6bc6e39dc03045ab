"""What an event costs that changes nothing, which is what most events are."""

from __future__ import annotations

import contextlib
import pathlib
import re
import statistics
from collections.abc import Generator

from . import deployment, report, tap

TARGET = 100.0
"""Milliseconds, in the zygote."""
UNIT, CONTAINER = "postcards/0", "flask-app"
ENDPOINTS = "postgresql,redis,ingress"
EVENTS = ("update-status", "config-changed", "secret-storage-relation-changed")
EMPTY_CHARM = "import ops\n\nops.main(ops.CharmBase)\n"

Row = tuple[str, ...]


def measure(folder: pathlib.Path, *, quick: bool) -> list[report.Table]:
    """Fire events on the Flask example, and on the same with a charm that does nothing at all."""
    repeats = 3 if quick else 15
    example = deployment.Deployment.copy("flask", folder / "example")
    empty = deployment.Deployment.copy("flask", folder / "empty")
    empty.write("charm/src/charm.py", EMPTY_CHARM)
    times: list[Row] = []
    for dispatch in ("zygote", "plain"):
        with _running(empty, dispatch):
            spent = _milliseconds(empty, EVENTS[0], repeats)
            limit = report.median(spent, "ms")
            times.append((dispatch, "empty charm", EVENTS[0], limit, "limit", ""))
        with _running(example, dispatch):
            times += [_time(example, dispatch, event, repeats) for event in EVENTS]
            calls = [_calls(example, event) for event in EVENTS]
    return [
        report.Table(
            title="Events that change nothing, hook from start to end",
            columns=("dispatch", "charm", "event", "time", "target", ""),
            rows=times,
            notes=[
                "paas-charm 1.12.3 in ops-scenario, that is without any process or socket:",
                "config-changed 32 ms, update-status 16 ms (2.0 development: 30 and 15).",
            ],
        ),
        report.Table(
            title="What such an event asks for, heard on the sockets of Pebble and agent",
            columns=(
                "charm",
                "event",
                "Pebble reads",
                "Pebble writes",
                "tool reads",
                "tool writes",
            ),
            rows=[
                *calls,
                ("paas-charm 1.12.3", "config-changed", "15", "6", "", ""),
                ("", "peer relation-changed", "15", "6", "", ""),
                ("limit", "", "1", "0", "", "0"),
            ],
            notes=["The 6 are 2 file pushes, 1 exec, 1 signal, 1 layer, 1 replan."],
        ),
    ]


@contextlib.contextmanager
def _running(project: deployment.Deployment, dispatch: str) -> Generator[None]:
    try:
        with contextlib.suppress(deployment.RefusedError):  # of the charm that starts nothing
            project.run(
                f"--with={ENDPOINTS}", f"--dispatch={dispatch}", "--config=greeting-from=me"
            )
        deployment.until(lambda: project.units()[0]["juju-status"]["current"] == "idle")
        yield
    finally:
        project.down(clean=False)


def _time(project: deployment.Deployment, dispatch: str, event: str, repeats: int) -> Row:
    spent = _milliseconds(project, event, repeats)
    is_promised = dispatch == "zygote"
    return (
        dispatch,
        "Flask example",
        event,
        report.median(spent, "ms"),
        f"{TARGET:.0f} ms" if is_promised else "",
        report.verdict(statistics.median(spent), TARGET) if is_promised else "",
    )


def _milliseconds(project: deployment.Deployment, event: str, repeats: int) -> list[float]:
    """Return how long each hook took, as the runner's own log tells."""
    for _ in range(repeats):
        project("fire", event)
    shown = project("logs", "--verbose", "--service", "juju", "-n", str(3 * repeats))
    return [float(spent) for spent in re.findall(rf"ran {event} \((\d+) ms\)", shown)][-repeats:]


def _calls(project: deployment.Deployment, event: str) -> Row:
    with tap.listen(project, UNIT, CONTAINER) as calls:
        project("fire", event)
        writes = calls.writes()
        pebble = len([call for call in writes if call in calls.pebble])
        tools = len(writes) - pebble
        return (
            "Flask example",
            event,
            str(len(calls.pebble) - pebble),
            str(pebble),
            str(len(calls.tools) - tools),
            str(tools),
        )
