"""What Juju does around a hook: what a unit finds, what is carried over, and who hears of it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import ops.testing

from . import applications

T = TypeVar("T")

_ROUNDS = 3
"""How often either side may have to be told of what the round before made the other write."""


@dataclasses.dataclass(frozen=True)
class Hook:
    """A hook that waits for its turn."""

    unit: applications.Unit
    kind: str
    remote: int | None = None
    secret: str = ""


class Hooks:
    """Runs the hooks of both sides of a relation, each with what the ones before it wrote.

    A secret reaches the other side only while it is granted to this relation.
    """

    def __init__(self, ours: applications.Application, theirs: applications.Application) -> None:
        self.ours = ours
        self.theirs = theirs
        self.id = 100
        self.exists = False
        self.withheld = False
        """Whether the other side has taken the right to read its secrets away."""
        self.had: list[Hook] = []
        """Hooks of the relation that have happened, in their order."""
        self._waiting: list[Hook] = []

    @property
    def units(self) -> list[applications.Unit]:
        return [*self.ours.units, *self.theirs.units]

    def settle(self) -> None:
        """Run what waits, and what follows from it.

        Raises:
            AssertionError: the two sides do not come to an end.
        """
        for _ in range(_ROUNDS):
            hooks, self._waiting = self._waiting, []
            for hook in hooks:
                self._run(hook)
        if self._waiting:
            raise AssertionError(f"still talking after {_ROUNDS} rounds: {self._waiting}")

    def ask(self, unit: applications.Unit, what: Callable[[Any], T]) -> T:
        """Return what a unit's charm says, as it would in its next hook."""
        state = self._prepare(unit)
        with unit.context(unit.context.on.update_status(), state) as manager:
            return what(manager.charm)

    def _other(self, unit: applications.Unit) -> applications.Application:
        return self.theirs if unit in self.ours.units else self.ours

    def _own(self, unit: applications.Unit) -> applications.Application:
        return self.ours if unit in self.ours.units else self.theirs

    def _tell(
        self, unit: applications.Unit, kind: str, remote: int | None = None, secret: str = ""
    ) -> None:
        hook = Hook(unit, kind, remote, secret)
        if hook not in self._waiting:
            self._waiting.append(hook)

    def _run(self, hook: Hook) -> None:
        self.had.append(hook)
        unit = hook.unit
        if hook.kind == "joined" and hook.remote is not None and hook.remote not in unit.sees:
            unit.sees.append(hook.remote)
        if hook.kind == "departed" and hook.remote in unit.sees:
            unit.sees.remove(hook.remote)
        state = self._prepare(unit)
        on = unit.context.on
        if hook.kind == "secret_changed":
            event = on.secret_changed(state.get_secret(id=hook.secret))
        else:
            known = {} if hook.remote is None else {"remote_unit": hook.remote}
            if hook.kind == "departed":
                known["departing_unit"] = hook.remote
            event = getattr(on, f"relation_{hook.kind}")(state.get_relation(self.id), **known)
        self._hook(unit, event, None, state)

    def _hook(
        self,
        unit: applications.Unit,
        event: Any,
        do: Callable[[Any], object] | None,
        state: ops.testing.State | None = None,
    ) -> None:
        with unit.context(event, state or self._prepare(unit)) as manager:
            if do is not None:
                do(manager.charm)
            unit.state = manager.run()
        if self.exists:
            self._carry(unit)

    def _carry(self, unit: applications.Unit) -> None:
        """Take over what a hook wrote, and note who has to hear of it."""
        own, other = self._own(unit), self._other(unit)
        relation = unit.state.get_relation(self.id)
        assert isinstance(relation, ops.testing.Relation)
        if relation.local_unit_data != unit.bag:
            unit.bag = dict(relation.local_unit_data)
            for remote in other.units:
                if unit.number in remote.sees:
                    self._tell(remote, "changed", unit.number)
        if relation.local_app_data != own.bag:
            if not unit.state.leader:
                raise AssertionError("only the leader writes the application's databag")
            own.bag = dict(relation.local_app_data)
            for remote in other.units:
                if remote.sees:
                    self._tell(remote, "changed")
        self._carry_secrets(own, other)

    def _carry_secrets(
        self, own: applications.Application, other: applications.Application
    ) -> None:
        granted = {one.id: one for one in self._granted(own)}
        for remote in other.units:
            for had in remote.state.secrets:
                new = granted.get(had.id)
                if new is not None and new.latest_content != had.latest_content:
                    self._tell(remote, "secret_changed", secret=had.id)

    def _granted(self, owner: applications.Application) -> Iterator[ops.testing.Secret]:
        if self.withheld and owner is self.theirs:
            return iter(())
        return (one for one in owner.secrets if self.exists and self.id in one.remote_grants)

    def _prepare(self, unit: applications.Unit) -> ops.testing.State:
        """Return what the next hook of a unit finds."""
        own, other = self._own(unit), self._other(unit)
        relations = [r for r in unit.state.relations if r.endpoint != own.endpoint]
        if self.exists:
            relations.append(
                ops.testing.Relation(
                    own.endpoint,
                    id=self.id,
                    remote_app_name=other.name,
                    local_app_data=dict(own.bag),
                    local_unit_data=dict(unit.bag),
                    remote_app_data=dict(other.bag),
                    remote_units_data={n: dict(other.unit(n).bag) for n in unit.sees},
                )
            )
        secrets = {one.id: one for one in unit.state.secrets if one.owner is not None}
        if not unit.state.leader:
            secrets |= {one.id: one for one in own.secrets}
        had = {one.id: one for one in unit.state.secrets}
        for one in self._granted(other):
            latest = dict(one.latest_content or {})
            before = had.get(one.id)
            secrets[one.id] = ops.testing.Secret(
                dict(before.tracked_content) if before else latest,
                latest_content=latest,
                id=one.id,
                label=before.label if before else None,
            )
        return dataclasses.replace(unit.state, relations=relations, secrets=secrets.values())
