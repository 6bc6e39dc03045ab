"""A picture of the load: each request by when it was due and how long it took."""

from __future__ import annotations

import importlib
import importlib.util
import pathlib
from collections.abc import Mapping
from typing import Any

from . import outcome

COLUMNS = 4
SIZE = (4.2, 2.3)
"""Inches for each case."""


def write(path: pathlib.Path, found: Mapping[str, outcome.Outcome]) -> str:
    """Draw all cases into a PNG file and return a line that says where it is."""
    if importlib.util.find_spec("matplotlib") is None:
        return "No picture was drawn: matplotlib, of the dependency group bench, is missing."
    rows = -(-len(found) // COLUMNS)
    width, height = SIZE
    # Imported here because who only runs the tests has no need of it.
    figure: Any = importlib.import_module("matplotlib.figure").Figure(
        figsize=(width * COLUMNS, height * rows + 0.4), layout="constrained"
    )
    places = list(figure.subplots(rows, COLUMNS, sharey=True, squeeze=False).flat)
    for place in places[len(found) :]:
        place.set_axis_off()
    for place, (name, one) in zip(places, found.items(), strict=False):
        _draw(place, name, one)
    figure.suptitle(
        "Delay of each request in ms, by the second in which it was due. "
        "Red: lost. Dashed: something happens.",
        fontsize=10,
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=90)
    return f"The picture of it: {path.resolve()}"


def _draw(place: Any, name: str, one: outcome.Outcome) -> None:
    start = min((request.due for request in one.fast), default=0.0)
    for mark in one.marks:
        place.axvline(mark - start, color="0.75", linestyle="--", linewidth=0.7)
    for is_lost, colour, size in ((False, "tab:blue", 2), (True, "tab:red", 8)):
        shown = [request for request in one.fast if bool(request.loss) is is_lost]
        place.scatter(
            [request.due - start for request in shown],
            [max(1000 * request.delay, 0.5) for request in shown],
            s=size,
            color=colour,
            linewidths=0,
        )
    lost = [request.due - start for request in one.slow if request.loss]
    place.scatter(lost, [2000] * len(lost), s=26, color="tab:red", marker="x", linewidths=1)
    place.set_yscale("log")
    place.set_ylim(0.5, 12_000)
    place.set_title(f"{name}: {one.lost_fast} + {one.lost_slow} lost", fontsize=8)
    place.tick_params(labelsize=7)
    place.grid(visible=True, axis="y", linewidth=0.3)
