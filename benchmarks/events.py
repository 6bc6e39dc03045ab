"""What an event costs that changes nothing, which is what most events are."""

from __future__ import annotations

import compileall
import contextlib
import pathlib
import re
import statistics
from collections.abc import Generator, Sequence

import paas_app_charmer

from . import deployment, growth, report, tap

RATIO = 1.5
"""The most that an event may take, by the same event of a charm with one handler that is empty."""
TARGET = 100.0
"""Milliseconds, in the zygote."""
UNIT, CONTAINER = "postcards/0", "flask-app"
ENDPOINTS = "postgresql,redis,ingress"
EVENTS = ("update-status", "config-changed", "secret-storage-relation-changed")
CHARMS = pathlib.Path(__file__).with_name("charms")

Row = tuple[str, ...]


def measure(folder: pathlib.Path, *, quick: bool) -> list[report.Table]:
    """Fire events on the Flask example, and on the same with charms that do less.

    One does nothing at all. One asks what has to be asked to know that there is nothing to do.
    """
    # A charm is packed with its byte code. Hooks may not write here, and would compile each time.
    compileall.compile_dir(pathlib.Path(paas_app_charmer.__file__).parent, quiet=1)
    repeats = 5 if quick else 15
    projects = {
        "empty charm": _project("empty", folder),
        "asking charm": _project("asking", folder),
        "Flask example": deployment.Deployment.copy("flask", folder / "example"),
    }
    times: list[Row] = []
    calls: list[Row] = []
    for dispatch in ("zygote", "plain"):
        with contextlib.ExitStack() as stack:
            for project in projects.values():
                stack.enter_context(_running(project, dispatch))
            times += [
                _compared([*projects.values()], dispatch, event, repeats) for event in EVENTS
            ]
            if not calls:
                calls = [
                    _calls(project, name, event)
                    for name, project in projects.items()
                    for event in EVENTS
                ]
    return [
        report.Table(
            title="Events that change nothing, hook from start to end",
            columns=(
                *("dispatch", "event", *projects, "target", ""),
                *("by the asking", "by the empty", "target", ""),
            ),
            rows=times,
            notes=[
                f"{repeats} of each, in turns. In a plain dispatch each hook tool is a process.",
                "The asking charm asks the same, and does nothing with the answers.",
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
        growth.measure(folder / "growth", quick=quick),
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


def _project(charm: str, folder: pathlib.Path) -> deployment.Deployment:
    """Return the example with another charm."""
    project = deployment.Deployment.copy("flask", folder / charm)
    code = (CHARMS / f"{charm}.py").read_text(encoding="utf-8")
    project.write("charm/src/charm.py", code)
    return project


def _compared(
    projects: Sequence[deployment.Deployment], dispatch: str, event: str, repeats: int
) -> Row:
    """Return the row of an event; the projects are in the order of the columns."""
    for _ in range(repeats):
        for project in projects:
            project("fire", event)
    empty, asking, spent = (_milliseconds(project, event, repeats) for project in projects)
    middle = statistics.median(spent)
    by_asking, by_empty = (middle / statistics.median(limit) for limit in (asking, empty))
    absolute = (
        (f"{TARGET:.0f} ms", report.verdict(middle, TARGET)) if dispatch == "zygote" else ("", "")
    )
    return (
        *(dispatch, event, *(report.median(one, "ms") for one in (empty, asking, spent))),
        *(*absolute, f"{by_asking:.2f}"),
        *(f"{by_empty:.2f}", str(RATIO), report.verdict(by_empty, RATIO)),
    )


def _milliseconds(project: deployment.Deployment, event: str, repeats: int) -> list[float]:
    """Return how long each hook took, as the runner's own log tells."""
    shown = project("logs", "--verbose", "--service", "juju", "-n", str(80 * repeats))
    return [float(spent) for spent in re.findall(rf"ran {event} \((\d+) ms\)", shown)][-repeats:]


def _calls(project: deployment.Deployment, charm: str, event: str) -> Row:
    with tap.listen(project, UNIT, CONTAINER) as calls:
        project("fire", event)
        writes = calls.writes()
        pebble = len([call for call in writes if call in calls.pebble])
        tools = len(writes) - pebble
        return (
            charm,
            event,
            str(len(calls.pebble) - pebble),
            str(pebble),
            str(len(calls.tools) - tools),
            str(tools),
        )
