"""The traces that a local receiver keeps, for whoever wants to look at them."""

from __future__ import annotations

import collections
import contextlib
import dataclasses
import json
import typing

if typing.TYPE_CHECKING:
    import pathlib
    from collections.abc import Iterator

FILE = "spans.jsonl"
"""In the folder of the service."""
KINDS = ("", "internal", "server", "client", "producer", "consumer")
ERROR = 2
"""The status of a span that failed."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Span:
    """One step of a request, in the terms of OpenTelemetry."""

    trace: str
    id: str
    parent: str
    """Empty for the first one."""
    name: str
    kind: int
    """Index of `KINDS`."""
    start: int
    end: int
    """Both in nanoseconds since the epoch."""
    service: str
    attributes: dict[str, typing.Any]
    status: int
    message: str
    """Of an error."""

    @property
    def failed(self) -> bool:
        """Tell whether it ended in an error."""
        return self.status == ERROR


@dataclasses.dataclass(frozen=True, kw_only=True)
class Trace:
    """All steps of one request that have arrived."""

    id: str
    spans: tuple[Span, ...]
    """By their start."""

    @property
    def root(self) -> Span:
        """The step that all others are part of, as far as it is known."""
        known = {span.id for span in self.spans}
        return next((span for span in self.spans if span.parent not in known), self.spans[0])

    @property
    def duration(self) -> int:
        """Nanoseconds from the first start to the last end."""
        return max(span.end for span in self.spans) - self.spans[0].start

    @property
    def failed(self) -> bool:
        """Tell whether any step ended in an error."""
        return any(span.failed for span in self.spans)

    def tree(self) -> Iterator[tuple[int, Span]]:
        """Yield each span below its parent, with its depth."""
        known = {span.id for span in self.spans}
        below: dict[str, list[Span]] = collections.defaultdict(list)
        for span in self.spans:
            # One whose parent has not arrived, or is in a circle with it, stands at the top.
            below[span.parent if span.parent in known - {span.id} else ""].append(span)
        waiting = [(0, span) for span in reversed(below.pop("", []))]
        while waiting:
            depth, span = waiting.pop()
            yield depth, span
            waiting += [(depth + 1, child) for child in reversed(below.pop(span.id, []))]


def record(span: Span) -> str:
    """Return the line that stands for a span."""
    return json.dumps(dataclasses.asdict(span))


def recorded(state: pathlib.Path) -> list[Trace]:
    """Return all traces, the oldest first."""
    spans: dict[str, list[Span]] = collections.defaultdict(list)
    for path in state.glob(f"services/*/{FILE}"):
        for span in _spans(path):
            spans[span.trace].append(span)
    found = [
        Trace(id=trace, spans=tuple(sorted(of_trace, key=lambda span: span.start)))
        for trace, of_trace in spans.items()
    ]
    return sorted(found, key=lambda trace: trace.spans[0].start)


def _spans(path: pathlib.Path) -> Iterator[Span]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            # A killed run may leave half a line.
            with contextlib.suppress(ValueError, TypeError):
                yield Span(**json.loads(line))
