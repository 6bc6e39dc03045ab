"""One stream of lines from all that runs: charm, Pebble's services, backing services, runner.

The journal keeps the newest lines in memory for those who follow, and all of them in a file for
those who ask when nothing runs any more.
"""

from __future__ import annotations

import collections
import contextlib
import dataclasses
import itertools
import json
import threading
import time
import typing

if typing.TYPE_CHECKING:
    import collections.abc
    import pathlib

KEPT = 10_000
"""Lines in memory: some minutes of a busy application."""
CHARM = "charm"
"""The stream of what the charm logs and prints."""
JUJU = "juju"
"""The stream of hooks and status changes."""
FORWARDED = "forwarded"
"""The stream of lines that arrived at a log service."""
_QUIET = frozenset({"TRACE", "DEBUG"})
FILE = "journal.jsonl"
FILE_LIMIT = 20_000_000
"""Bytes after which a new run starts a new file, keeping one old one."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Line:
    """One line of output."""

    source: str
    """Where it comes from: a unit (`flask-k8s/0`), an endpoint (`postgresql`), or `runner`."""
    stream: str = ""
    """What wrote it there: a Pebble service, CHARM, JUJU, FORWARDED, or empty."""
    text: str
    level: str = "INFO"
    time: float = dataclasses.field(default_factory=time.time)
    """Seconds since the epoch."""

    @property
    def label(self) -> str:
        """How the line is marked, for example `flask-k8s/0 charm`."""
        return f"{self.source} {self.stream}".rstrip()


@dataclasses.dataclass(frozen=True, kw_only=True)
class Choice:
    """Which lines somebody wants; nothing chosen means all."""

    unit: str | None = None
    """Its name or its number."""
    service: str | None = None
    """A Pebble service, a stream of JUJU, CHARM or FORWARDED, or an endpoint."""
    verbose: bool = False
    """Also what only somebody who looks for a defect wants to see."""

    def takes(self, line: Line) -> bool:
        """Tell whether this line is wanted."""
        if self.unit is not None and not f"/{line.source}".endswith(f"/{self.unit}"):
            return False
        if line.level in _QUIET and not self.verbose:
            return False
        if self.service is None:
            # What reached a log service has been here already when Pebble took it.
            return line.stream != FORWARDED
        return self.service in {line.stream, line.source}


class Journal:
    """Collects lines from any thread and hands them to followers in the order of arrival."""

    def __init__(self, state: pathlib.Path) -> None:
        self._lines: collections.deque[Line] = collections.deque(maxlen=KEPT)
        self._count = 0
        self._grown = threading.Condition()
        path = state / FILE
        if path.exists() and path.stat().st_size > FILE_LIMIT:
            path.replace(path.with_suffix(".1.jsonl"))
        self._file = path.open("a", encoding="utf-8", buffering=1)
        self._file.write(
            "\n" if path.stat().st_size else ""
        )  # a killed runner may leave half a line

    def add(self, line: Line) -> None:
        """Take one line in."""
        record = json.dumps(dataclasses.asdict(line))
        with self._grown:
            self._lines.append(line)
            self._count += 1
            self._file.write(record + "\n")
            self._grown.notify_all()

    def after(self, number: int, *, wait: float = 0) -> tuple[int, list[Line]]:
        """Return the lines from `number` on and the number to ask for next.

        With nothing new it waits up to `wait` seconds. Start with 0 for all that is kept.
        """
        with self._grown:
            if self._count <= number and wait:
                self._grown.wait(wait)
            newest_first = itertools.islice(reversed(self._lines), max(self._count - number, 0))
            return self._count, list(newest_first)[::-1]

    @property
    def count(self) -> int:
        """The number that the next line will get."""
        with self._grown:
            return self._count


def recorded(state: pathlib.Path) -> collections.abc.Iterator[Line]:
    """Read what earlier runs wrote; a line that was half written is left out."""
    path = state / FILE
    if not path.exists():
        return
    with path.open(encoding="utf-8") as file:
        for record in file:
            with contextlib.suppress(ValueError):
                yield Line(**json.loads(record))
