"""The tables that are printed."""

from __future__ import annotations

import dataclasses
import statistics
from collections.abc import Sequence

from paas_app_charmer.cli import terminal


@dataclasses.dataclass(frozen=True, kw_only=True)
class Table:
    """What was measured, and what there is to say about it."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    notes: Sequence[str] = ()

    def print(self) -> None:
        """Show it as plain text."""
        print(f"\n{self.title}\n{'-' * len(self.title)}")
        print(terminal.plain(self.columns, self.rows))
        for note in self.notes:
            print(f"  {note}")


def median(values: Sequence[float], unit: str, *, digits: int = 0) -> str:
    """Return the median with the range that it comes from, so that noise is seen."""
    low, middle, high = (
        f"{value:.{digits}f}" for value in (min(values), statistics.median(values), max(values))
    )
    return f"{middle} {unit} ({low} to {high})"


def verdict(value: float, target: float) -> str:
    """Say whether a target, which is not to be exceeded, is met."""
    return "met" if value <= target else "MISSED"
