"""One case of the load: what happens, and what may be lost by it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from . import happenings
from .stage import Stage


def _nothing(_: Stage) -> None:
    pass


@dataclasses.dataclass(frozen=True, kw_only=True)
class Case:
    """Something that happens to the application a number of times."""

    key: str
    """By which it is chosen, and its picture is named."""
    name: str
    act: happenings.Act
    """Does it and returns when it has come about; it is given the number of the time."""
    times: int = 1
    apart: float = 0.3
    """Seconds between the end of one and the beginning of the next."""
    rest: float = 1.5
    """Seconds of load after the last."""
    before: Callable[[Stage], object] = _nothing
    """Prepares without load."""
    after: Callable[[Stage], object] = _nothing
    """Puts everything back, without load."""
    fast: int = 0
    """How many fast requests may be lost."""
    slow: int = 0
    back: float | None = None
    """Within how many seconds it has to serve again; the number of losses is not promised."""
    away: int = happenings.UNITS
    """On how many units the worker service may be away at once, for a restart."""
    limit: bool = False
    """It is what others are compared with."""
    quiet: bool = False
    """Nothing changes, so nothing may be started and delays may not double."""
    with_slow: bool = True
    """Whether a client keeps one worker busy."""
    reference: str = ""
    """What paas-charm 1.12.3 was measured to lose."""
