"""What users lose when an operator changes an option."""

from __future__ import annotations

import dataclasses
import pathlib
import time
from collections.abc import Callable

import ops

from paas_app_charmer.local import runner_pebble

from . import deployment, load, report

RATE = 50
"""Requests per second."""
APART = 3.0
"""Seconds between the ends and beginnings of changes, so that each has its losses for itself."""
CONTAINER = pathlib.Path(".paas/units/postcards-0/containers/flask-app")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Case:
    """Something that is done to the application under load."""

    name: str
    act: Callable[[int], object]
    """Does it and returns when it has come about; it is given the number of the time."""


def measure(folder: pathlib.Path, *, quick: bool) -> report.Table:
    """Change an option, restart the service blindly, and do nothing, under the same load."""
    app = deployment.Deployment.copy("flask", folder / "losses")
    try:
        app.run("--config=greeting-from=me", "--config=webserver-workers=2")
        app.settle()
        cases = (
            Case(name="nothing happens", act=lambda _: None),
            Case(name="an option is changed", act=lambda number: _change(app, number)),
            Case(name="Pebble restarts the service", act=lambda _: _restart(app)),
        )
        rows = [_row(app, case, times=2 if quick else 5) for case in cases]
    finally:
        app.down()
    return report.Table(
        title=f"Requests lost at {RATE} a second, Flask example, 2 sync workers",
        columns=(
            "case",
            "times",
            "sent",
            "lost each time",
            "99 % below",
            "longest gap",
            "target",
            "",
        ),
        rows=[
            *rows,
            ("paas-charm 1.12.3: an option is changed", "", "", "107", "89 ms", "2.6 s", "", ""),
            ("bare restart, measured beside it", "", "", "66", "102 ms", "2.3 s", "", ""),
        ],
        notes=[
            "Open loop on the unit's own port; lost is refused, reset, closed, late or an error.",
            "A delay counts from the moment at which its request was due.",
        ],
    )


def _row(app: deployment.Deployment, case: Case, *, times: int) -> tuple[str, ...]:
    with load.on(app.address(), rate=RATE) as sent:
        for number in range(times):
            case.act(number)
            time.sleep(APART)
    each = sum(sent.lost.values()) / times
    is_ours = case.name == "an option is changed"
    return (
        case.name,
        str(times),
        str(len(sent.requests)),
        f"{each:.1f}".removesuffix(".0"),
        f"{1000 * sent.delay(0.99):.0f} ms",
        f"{sent.longest_gap:.2f} s",
        "0" if is_ours else "",
        report.verdict(each, 0) if is_ours else "",
    )


def _change(app: deployment.Deployment, number: int) -> None:
    greeting = f"Hello {number}"
    app("config", f"greeting={greeting}")
    deployment.until(lambda: app.page("/env/FLASK_GREETING")["value"] == greeting)
    app.settle()


def _restart(app: deployment.Deployment) -> None:
    with runner_pebble.short_name(app.folder / CONTAINER / "pebble.socket") as name:
        ops.pebble.Client(name).restart_services(["flask"])
