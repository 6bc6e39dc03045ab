"""A relation between two applications, run hook by hook in the order that Juju gives them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from . import applications, hooks

_JUJU_KEYS = {
    "egress-subnets": "10.1.0.0/32",
    "ingress-address": "10.1.0.1",
    "private-address": "10.1.0.1",
}
"""What Juju itself writes into the databag of every unit."""


class Relay(hooks.Hooks):
    """Carries databags and secrets from each side to the other and tells it, as Juju does."""

    def integrate(self, *, theirs_first: bool = False) -> None:
        """Relate the applications and let everything happen that follows."""
        units = [*self.theirs.units, *self.ours.units] if theirs_first else self.units
        self._begin(units)
        for unit in units:
            for remote in self._other(unit).units:
                self._meet(unit, remote.number)
        self.settle()

    def create(self) -> None:
        """Relate the applications, and stop before any unit has met another."""
        self._begin([*self.theirs.units, *self.ours.units])
        self.settle()

    def introduce(self) -> None:
        """Let all units join each other, and stop before any of them is told of a change."""
        for unit in [*self.theirs.units, *self.ours.units]:
            for remote in self._other(unit).units:
                self._run(hooks.Hook(unit, "joined", remote.number))

    def tell_everyone(self) -> None:
        """Tell every unit of what those that it has met wrote, and let all happen that follows."""
        for unit in self.units:
            for remote in unit.sees:
                self._tell(unit, "changed", remote)
        self.settle()

    def repeat(self, had: Iterable[hooks.Hook]) -> None:
        """Let hooks of our units happen again, and nothing that follows from it."""
        for hook in dict.fromkeys(had):
            if hook.unit in self.ours.units:
                self._run(hook)

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

    def act(self, unit: applications.Unit, do: Callable[[Any], object]) -> None:
        """Let a unit's charm do something in a hook of its own, and all that follows from it."""
        self._hook(unit, unit.context.on.update_status(), do)
        self.settle()

    def happen(self, unit: applications.Unit, event: str) -> None:
        """Let a hook happen that has nothing to do with the relation."""
        self._hook(unit, getattr(unit.context.on, event)(), None)
        self.settle()

    def happen_to(self, *units: applications.Unit) -> None:
        """Let units have each hook that brings no news, the relation's own among them."""
        for unit in units:
            for event in ("update_status", "config_changed", "upgrade_charm"):
                self.happen(unit, event)
            if unit.state.leader:
                self.happen(unit, "leader_elected")
            for remote in unit.sees:
                self._tell(unit, "changed", remote)
            self.settle()

    def picture(self) -> dict[str, object]:
        """Return all that either side has written, wherever it did."""
        return {**self.ours.picture(), **self.theirs.picture()}

    def _begin(self, units: list[applications.Unit]) -> None:
        self.exists = True
        self.id += 1
        for unit in units:
            unit.bag = dict(_JUJU_KEYS)
            self._tell(unit, "created")

    def _meet(self, unit: applications.Unit, remote: int) -> None:
        self._tell(unit, "joined", remote)
        self._tell(unit, "changed", remote)
