"""Applications and their units, as far as a relation between two of them is concerned."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import ops
import ops.testing


@dataclasses.dataclass(eq=False)
class Unit:
    """A unit with all that the next hook finds, the relation excepted."""

    number: int
    context: ops.testing.Context[Any]
    state: ops.testing.State
    bag: dict[str, str] = dataclasses.field(default_factory=dict)
    sees: list[int] = dataclasses.field(default_factory=list)
    """Units of the other side that have joined, as this unit knows it."""

    @property
    def environment(self) -> dict[str, str]:
        """What the plan gives the web service."""
        return self.plan.services["flask"].environment

    @property
    def plan(self) -> ops.pebble.Plan:
        """The plan of the only container."""
        return next(iter(self.state.containers)).plan

    @property
    def status(self) -> str:
        """Name and message of the unit's status."""
        return f"{self.state.unit_status.name}: {self.state.unit_status.message}"


@dataclasses.dataclass(eq=False)
class Application:
    """One end of the relation."""

    name: str
    endpoint: str
    units: list[Unit]
    bag: dict[str, str] = dataclasses.field(default_factory=dict)

    def unit(self, number: int) -> Unit:
        return next(unit for unit in self.units if unit.number == number)

    @property
    def leader(self) -> Unit:
        return next(unit for unit in self.units if unit.state.leader)

    def elect(self, number: int) -> None:
        """Make a unit the leader. No hook tells it yet."""
        for unit in self.units:
            unit.state = dataclasses.replace(unit.state, leader=unit.number == number)

    @property
    def secrets(self) -> Iterator[ops.testing.Secret]:
        """What the application owns, as its leader sees it."""
        for unit in self.units:
            if unit.state.leader:
                yield from (one for one in unit.state.secrets if one.owner == "app")

    def picture(self) -> dict[str, object]:
        """Return all that it has written, wherever it did."""
        picture: dict[str, object] = {
            self.name: dict(self.bag),
            f"{self.name} secrets": {
                one.id: (one.latest_content, dict(one.remote_grants)) for one in self.secrets
            },
        }
        for unit in self.units:
            peers = (r for r in unit.state.relations if isinstance(r, ops.testing.PeerRelation))
            picture[f"{self.name}/{unit.number}"] = (
                dict(unit.bag),
                unit.status,
                [(r.local_app_data, r.local_unit_data) for r in peers],
                [container.plan.to_dict() for container in unit.state.containers],
            )
        return picture
