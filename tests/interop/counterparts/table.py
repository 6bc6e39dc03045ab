"""The compat table: every interface, event and role, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from . import journey, rows, sides

Cell = tuple[str, str, str]
"""Names of the other side, of the event and of the role."""
Outcomes = Mapping[Cell, Iterable[str]]
"""What pytest calls them, of all tests of a cell."""

NOT_APPLICABLE = "–"  # noqa: RUF001 - a dash, for nothing can be there
_HEADING = ("interface", "spoken by us", "the other side")


def cells() -> Iterator[Cell]:
    """Return all that there have to be."""
    for side in rows.SIDES:
        for event in journey.EVENTS:
            for role in journey.ROLES if journey.applies(side, event) else ():
                yield (side.name, event, role)


def missing(outcomes: Outcomes) -> list[Cell]:
    """Return the cells that were not run."""
    return [cell for cell in cells() if _result(outcomes, cell) == "?"]


def lines(outcomes: Outcomes) -> Iterator[str]:
    """Return the table, and how much is missing from it."""
    ordered = sorted(rows.SIDES, key=lambda side: side.name)
    yield from _aligned(
        [(*_HEADING, *journey.EVENTS), *(_row(outcomes, side) for side in ordered)]
    )
    if missing(outcomes):
        yield f"not run: {len(missing(outcomes))} cells"


def _row(outcomes: Outcomes, side: sides.Side) -> Sequence[str]:
    results = [
        "/".join(_result(outcomes, (side.name, event, role)) for role in journey.ROLES)
        if journey.applies(side, event)
        else NOT_APPLICABLE
        for event in journey.EVENTS
    ]
    return (side.interface, side.client, side.speaks_by, *results)


def _result(outcomes: Outcomes, cell: Cell) -> str:
    found = set(outcomes.get(cell, ()))
    if "failed" in found:
        return "FAILED"
    return "ok" if found == {"passed"} else "?"


def _aligned(lines: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(len(one) for one in column) for column in zip(*lines, strict=True)]
    for row in lines:
        padded = (text.ljust(width) for text, width in zip(row, widths, strict=True))
        yield "  ".join(padded).rstrip()
