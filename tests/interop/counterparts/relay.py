"""A relation between two applications, run hook by hook in the order that Juju gives them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import ops.testing

from . import applications

T = TypeVar("T")

_JUJU_KEYS = {
    "egress-subnets": "10.1.0.0/32",
    "ingress-address": "10.1.0.1",
    "private-address": "10.1.0.1",
}
"""What Juju itself writes into the databag of every unit."""


_ROUNDS = 3
"""How often either side may have to be told of what the round before made the other write."""


@dataclasses.dataclass(frozen=True)
class Hook:
    """A hook that waits for its turn."""

    unit: applications.Unit
    kind: str
    remote: int | None = None
    secret: str = ""


class Relay:
    """Carries databags and secrets from each side to the other and tells it, as Juju does.

    A secret reaches the other side only while it is granted to this relation.
    """

    def __init__(self, ours: applications.Application, theirs: applications.Application) -> None:
        self.ours = ours
        self.theirs = theirs
        self.id = 100
        self.exists = False
        self._waiting: list[Hook] = []

    @property
    def units(self) -> list[applications.Unit]:
        return [*self.ours.units, *self.theirs.units]

    def integrate(self, *, theirs_first: bool = False) -> None:
        """Relate the applications and let everything happen that follows."""
        self.exists = True
        self.id += 1
        units = [*self.theirs.units, *self.ours.units] if theirs_first else self.units
        for unit in units:
            unit.bag = dict(_JUJU_KEYS)
            self._tell(unit, "created")
        for unit in units:
            for remote in self._other(unit).units:
                self._meet(unit, remote.number)
        self.settle()

    def join(self, side: applications.Application, newcomer: applications.Unit) -> None:
        """Let a unit come to an application that is related already."""
        side.units.append(newcomer)
        newcomer.bag = dict(_JUJU_KEYS)
        self._tell(newcomer, "created")
        for remote in self._other(newcomer).units:
            self._meet(newcomer, remote.number)
            self._meet(remote, newcomer.number)
        self.settle()

    def leave(self, goer: applications.Unit) -> None:
        """Let a unit go from its application."""
        for remote in self._other(goer).units:
            self._tell(remote, "departed", goer.number)
        (self.ours if goer in self.ours.units else self.theirs).units.remove(goer)
        self.settle()

    def remove(self) -> None:
        """Remove the relation: every unit departs for every other one, then it is broken."""
        for unit in self.units:
            for remote in list(unit.sees):
                self._tell(unit, "departed", remote)
        for unit in self.units:
            self._tell(unit, "broken")
        self.settle()
        self.exists = False
        for side in (self.ours, self.theirs):
            side.bag = {}
        for unit in self.units:
            unit.bag = {}
            unit.state = self._prepare(unit)

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

    def act(self, unit: applications.Unit, do: Callable[[Any], object]) -> None:
        """Let a unit's charm do something in a hook of its own, and all that follows from it."""
        self._hook(unit, unit.context.on.update_status(), do)
        self.settle()

    def happen(self, unit: applications.Unit, event: str) -> None:
        """Let a hook happen that has nothing to do with the relation."""
        self._hook(unit, getattr(unit.context.on, event)(), None)
        self.settle()

    def happen_everywhere(self) -> None:
        """Let every unit have each hook that brings no news, the relation's own among them."""
        for unit in self.units:
            for event in ("update_status", "config_changed", "upgrade_charm"):
                self.happen(unit, event)
            if unit.state.leader:
                self.happen(unit, "leader_elected")
            for remote in unit.sees:
                self._tell(unit, "changed", remote)
            self.settle()

    def ask(self, unit: applications.Unit, what: Callable[[Any], T]) -> T:
        """Return what a unit's charm says, as it would in its next hook."""
        state = self._prepare(unit)
        with unit.context(unit.context.on.update_status(), state) as manager:
            return what(manager.charm)

    def picture(self) -> dict[str, object]:
        """Return all that either side has written, wherever it did."""
        return {**self.ours.picture(), **self.theirs.picture()}

    def _other(self, unit: applications.Unit) -> applications.Application:
        return self.theirs if unit in self.ours.units else self.ours

    def _own(self, unit: applications.Unit) -> applications.Application:
        return self.ours if unit in self.ours.units else self.theirs

    def _meet(self, unit: applications.Unit, remote: int) -> None:
        self._tell(unit, "joined", remote)
        self._tell(unit, "changed", remote)

    def _tell(
        self, unit: applications.Unit, kind: str, remote: int | None = None, secret: str = ""
    ) -> None:
        hook = Hook(unit, kind, remote, secret)
        if hook not in self._waiting:
            self._waiting.append(hook)

    def _run(self, hook: Hook) -> None:
        unit = hook.unit
        if hook.kind == "joined" and hook.remote is not None:
            unit.sees.append(hook.remote)
        if hook.kind == "departed" and hook.remote is not None:
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
