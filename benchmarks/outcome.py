"""What a case did to those who use the application, and to its processes."""

from __future__ import annotations

import dataclasses
import itertools
import json
import pathlib
import re
from collections.abc import Iterable, Mapping, Sequence

from . import load

_WORKER, _MASTER, _RELOAD = "Booting worker with pid", "Using worker: ", "Handling signal: hup"
_BESIDE = re.compile(r" worker \S+ (started|stopped)$")
"""What the example's worker says of itself."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Starts:
    """What the processes of a unit said of themselves."""

    workers: int = 0
    masters: int = 0
    reloads: int = 0


class Journal:
    """What all units write from now on."""

    def __init__(self, path: pathlib.Path) -> None:
        self._path = path
        self._from = path.stat().st_size

    def _lines(self) -> Iterable[Mapping[str, str]]:
        with self._path.open(encoding="utf-8") as file:
            file.seek(self._from)
            for line in file:
                if line.strip():
                    yield json.loads(line)

    def starts(self, unit: str) -> Starts:
        """Count what gunicorn of a unit has started."""
        said = [one["text"] for one in self._lines() if one["source"] == unit]
        return Starts(
            workers=sum(_WORKER in text for text in said),
            masters=sum(_MASTER in text for text in said),
            reloads=sum(_RELOAD in text for text in said),
        )

    def beside(self) -> tuple[int, int]:
        """Count the restarts of worker services on all units, and the most of them at once."""
        away, most, restarts = set[str](), 0, 0
        for one in self._lines():
            found = _BESIDE.search(one["text"])
            if found is None:
                continue
            if found[1] == "stopped":
                away.add(one["source"])
                restarts += 1
            else:
                away.discard(one["source"])
            most = max(most, len(away))
        return restarts, most


@dataclasses.dataclass(frozen=True, kw_only=True)
class Outcome:
    """The requests of a case, and when what befell the application did so."""

    fast: Sequence[load.Request]
    slow: Sequence[load.Request] = ()
    marks: Sequence[float] = ()
    """By the monotonic clock."""
    starts: Starts = dataclasses.field(default_factory=Starts)
    beside: tuple[int, int] = (0, 0)
    problem: str = ""
    """Why it did not come about as it should have."""

    @property
    def lost_fast(self) -> int:
        """How many of the requests that are sent at a rate got no good answer."""
        return sum(bool(one.loss) for one in self.fast)

    @property
    def lost_slow(self) -> int:
        """How many of those that were sent one after another, each to take two seconds."""
        return sum(bool(one.loss) for one in self.slow)

    @property
    def reasons(self) -> str:
        """What the losses were, for example `2 reset, 30 refused`."""
        lost = sorted(one.loss for one in (*self.fast, *self.slow) if one.loss)
        groups = ((loss, len(list(same))) for loss, same in itertools.groupby(lost))
        return ", ".join(f"{count} {loss}" for loss, count in groups)

    def delay(self, share: float) -> float:
        """Return the delay that this share of the answers stayed below, in milliseconds."""
        delays = sorted(1000 * one.delay for one in self.fast) or [0.0]
        return delays[min(int(len(delays) * share), len(delays) - 1)]

    @property
    def longest_gap(self) -> float:
        """Seconds between two good answers, at the worst."""
        return load.longest_gap(self.fast)

    @property
    def back(self) -> float:
        """Seconds from a mark to the first request after the last one lost, at the worst."""
        worst = 0.0
        for mark, following in itertools.pairwise((*self.marks, float("inf"))):
            lost = [one.due for one in self.fast if one.loss and mark <= one.due < following]
            if not lost:
                continue
            later = (one.due for one in self.fast if one.due > max(lost))
            worst = max(worst, min(later, default=float("inf")) - mark)
        return worst
