"""The values that cross the engine's border."""

from __future__ import annotations

import dataclasses
import subprocess
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, TypeAlias

from . import errors

Spawn: TypeAlias = Callable[[Sequence[str], Mapping[str, str]], "subprocess.Popen[bytes]"]
"""Start a program (argument list, whole environment) where the unit lives.

The process must have `stdout=PIPE` and `stderr=PIPE`, `stdin=DEVNULL`, and lead its own session,
so that a hook and all it started can be ended together.
"""

DispatchMode: TypeAlias = Literal["zygote", "plain"]


class EngineError(errors.LocalError):
    """What was asked cannot be done; the text is one line for the user."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class LogLine:
    """One line for the interleaved log."""

    unit: str
    """`flask-app/0`, or the application's name for what belongs to no unit."""
    source: str
    """`juju-log`, `hook` (what the charm printed), `status`, or `uniter`."""
    level: str
    """`TRACE`, `DEBUG`, `INFO`, `WARNING` or `ERROR`."""
    text: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class RelationView:
    """A relation as its provider sees it: what our side has published."""

    id: int
    endpoint: str
    interface: str
    remote_app: str
    app_data: dict[str, str]
    unit_data: dict[str, dict[str, str]]
    """By unit name. A unit is here once it has entered the relation's scope."""
    remote_app_data: dict[str, str]
    """What the provider itself has published."""
    remote_unit_data: dict[str, dict[str, str]]


@dataclasses.dataclass(frozen=True, kw_only=True)
class ActionResult:
    """What `juju run` would print."""

    id: str
    status: Literal["completed", "failed"]
    results: dict[str, Any]
    message: str
    log: tuple[str, ...]
    """What it said on the way, by action-log."""
    tail: tuple[str, ...] = ()
    """The end of the traceback, if the charm crashed in it."""
