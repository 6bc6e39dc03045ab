"""How often a hundred events of all kinds reload or restart the application."""

from __future__ import annotations

import pathlib
import random

from . import deployment, losses, outcome, report, stage

SEED = 20
QUIET = {
    "update-status": 30,
    "config-changed": 20,
    "secret-storage-relation-changed": 15,
    "postgresql-relation-changed": 15,
    "leader-elected": 5,
    "upgrade-charm": 5,
}
"""Events that change nothing, and how many of each."""
CHANGES = 10
"""Times that an option of the author takes another value."""
THEIRS = sum(count for event, count in QUIET.items() if event != "update-status")
"""Reloads of paas-charm for such events: one for each but update-status."""


def measure(folder: pathlib.Path, *, quick: bool) -> report.Table:
    """Fire the events in an order that is the same each time."""
    share = 4 if quick else 1
    events = [event for event, count in QUIET.items() for _ in range(count // share)]
    events += [""] * (CHANGES // share)
    random.Random(SEED).shuffle(events)  # noqa: S311  no secret
    here = stage.Stage.prepare(folder / "mixed")
    with losses.running(here):
        journal = outcome.Journal(here.state / "journal.jsonl")
        for number, event in enumerate(events):
            if event:
                here.fire(event)
            else:
                here.configure(greeting=f"Good day {number}")
        last = max(number for number, event in enumerate(events) if not event)
        name = "/env/FLASK_GREETING"
        deployment.until(lambda: here.page(name, unit=0)["value"] == f"Good day {last}")
        starts, (beside, _) = journal.starts(stage.UNIT), journal.beside()
    changes = events.count("")
    return report.Table(
        title=f"Reloads and restarts in {len(events)} mixed events, {changes} of which change "
        "the environment",
        columns=("", "reloads", "restarts", "restarts of workers", "target", ""),
        rows=[
            (
                "Flask example",
                *(str(starts.reloads), str(starts.masters), str(beside)),
                f"{changes} reloads, 0 restarts",
                report.verdict(max(starts.reloads - changes, starts.masters), 0),
            ),
            ("paas-charm 1.12.3", str(THEIRS // share), str(changes), "", "", ""),
            ("limit", str(changes), "0", str(2 * changes), "", ""),
        ],
        notes=[
            f"The order is random and always the same (seed {SEED}). The line of paas-charm is",
            "reckoned from what one event of each kind was measured to do.",
        ],
    )
