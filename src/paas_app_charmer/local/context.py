"""What one running hook may see and has asked to change.

Juju gives a hook a picture of the model as it was when the hook began, plus the hook's own writes,
and keeps those writes only if the hook succeeds. Here the picture is a copy, and a write is a
function that is applied to the copy at once and to the model when the hook is committed.
"""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from . import hook as hooks
from . import model


class Log(Protocol):
    def __call__(self, level: str, text: str, *, source: str = "juju-log") -> None: ...


@dataclasses.dataclass(kw_only=True)
class ActionRun:
    """The action that this hook is, and what it has reported."""

    id: str
    params: Mapping[str, Any]
    results: dict[str, Any] = dataclasses.field(default_factory=dict[str, Any])
    failed: bool = False
    message: str = ""
    tail: list[str] = dataclasses.field(default_factory=list[str])
    """The end of its traceback, if it crashed."""
    done: bool = False
    log: list[str] = dataclasses.field(default_factory=list[str])


class Context:
    """Every call on it is made under the engine's lock."""

    def __init__(
        self,
        *,
        identifier: str,
        state: model.Model,
        unit: str,
        hook: hooks.Hook,
        log: Log,
        gap: Callable[[str], None],
        resources: Mapping[str, str],
        action: ActionRun | None = None,
    ) -> None:
        self.id = identifier
        self.hook = hook
        self.unit_name = unit
        self.view = copy.deepcopy(state)
        self.log = log
        self.gap = gap
        self.resources = resources
        self.action = action
        self.last_error = ""
        self.status_set = False
        self.changed_now = False
        """Set by a write that did not wait for the end of the hook; the agent reports it."""
        self.new_revisions: set[str] = set()
        """Secrets that already have a new revision in this hook: one hook makes at most one."""
        self._state = state
        self._published: dict[tuple[int, str], model.Databag] = {}
        self._writes: list[Callable[[model.Model], None]] = []

    @property
    def unit(self) -> model.Unit:
        return self.view.units[self.unit_name]

    @property
    def is_leader(self) -> bool:
        return self._state.leader == self.unit_name

    def write(self, change: Callable[[model.Model], None]) -> None:
        """Change what the hook sees now, and the model when the hook has succeeded."""
        change(self.view)
        self._writes.append(change)

    def write_now(self, change: Callable[[model.Model], None]) -> None:
        """Change the model whatever becomes of the hook."""
        self.changed_now = True
        change(self.view)
        change(self._state)

    def publish(self, relation_id: int, entity: str, changes: model.Databag) -> None:
        """Write to a databag: only the sum of what a hook writes counts as a change of it."""
        self.view.relations[relation_id].update(entity, changes)
        self._published.setdefault((relation_id, entity), {}).update(changes)

    def commit(self) -> None:
        for (relation_id, entity), changes in self._published.items():
            # The relation may be gone by the time that the hook ends; Juju drops the write too.
            if relation_id in self._state.relations:
                self._state.relations[relation_id].update(entity, changes)
        self._published.clear()
        for change in self._writes:
            change(self._state)
        self._writes.clear()
