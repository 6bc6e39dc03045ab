"""What an event costs that changes nothing, which is what most events are."""

from __future__ import annotations

import collections
import contextlib
import pathlib
import re
import statistics

from . import deployment, report, tap

TARGET = 100.0
"""Milliseconds, in the zygote."""
UNIT, CONTAINER = "postcards/0", "flask-app"
ENDPOINTS = "postgresql,redis,ingress"
EVENTS = ("update-status", "config-changed", "secret-storage-relation-changed")
EMPTY_CHARM = "import ops\n\nops.main(ops.CharmBase)\n"


def measure(folder: pathlib.Path, *, quick: bool) -> list[report.Table]:
    """Fire events on the Flask example, and on a charm that does nothing at all."""
    repeats = 3 if quick else 15
    example = deployment.Deployment.copy("flask", folder / "events")
    empty = deployment.Deployment.copy("flask", folder / "empty")
    empty.write("charm/src/charm.py", EMPTY_CHARM)
    rows: list[tuple[str, ...]] = []
    try:
        for manner in ("zygote", "plain"):
            with contextlib.suppress(deployment.RefusedError):  # nobody starts its application
                empty.run("--with", ENDPOINTS, "--dispatch", manner)
            rows.append((manner, "an empty charm", EVENTS[0], _time(empty, EVENTS[0], repeats), "limit", ""))
            empty("down")
            example.run("--with", ENDPOINTS, "--dispatch", manner, "--config", "greeting-from=me")
            deployment.until(example.is_active)
            rows += [_row(example, manner, event, repeats) for event in EVENTS]
            if manner == "zygote":
                calls = _calls(example)
            example("down")
    finally:
        for project in (example, empty):
            project.down()
    return [_times(rows), calls]
