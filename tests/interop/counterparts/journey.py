"""A relation from its beginning to its end, with every event that it may have on the way."""

from __future__ import annotations

import dataclasses
import enum
import pathlib
from collections.abc import Iterator
from typing import Any

import ops

from . import applications, given, ours, sides

EVENTS = (
    "created",
    "joined",
    "changed",
    "secret rotated",
    "two units",
    "departed",
    "less data",
    "broken",
    "made again",
)
"""In the order in which they happen."""
ROLES = ("leader", "follower")


class Needs(enum.Enum):
    """Whether our charm can do without the relation."""

    OPTIONAL = "optional"
    NEEDED = "needed"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Seen:
    """What became of a unit of ours."""

    status: str = ""
    environment: dict[str, str] = dataclasses.field(default_factory=dict)
    """Of the web service, while that is running."""
    log_targets: list[str] = dataclasses.field(default_factory=list)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Stop:
    """A moment of the journey, at which there is something to see."""

    expected: dict[str, Seen]
    seen: dict[str, Seen]
    """Both by role."""
    unheard: list[str]
    """What the other side should have heard of us, and has not."""
    remembered: list[str]
    """What it should have forgotten of us."""
    written_again: list[str]
    """Whose databags, statuses or plans changed when the last events happened once more."""


def applies(side: sides.Side, event: str) -> bool:
    """Return whether an event may happen to a relation with this side at all."""
    if event == "secret rotated":
        return any(one.secret for one in given.variables(side, side.integration.example).values())
    return event != "less data" or bool(side.integration.data.model_fields)


def needs_of(side: sides.Side) -> tuple[Needs, ...]:
    """Return how a charm may be declared to need this side."""
    essential = side.integration.essential
    return (Needs.OPTIONAL, Needs.NEEDED) if essential else (Needs.OPTIONAL,)


class Journey:
    """Two units of ours and one of the other side, which another one joins on the way."""

    def __init__(self, side: sides.Side, folder: pathlib.Path, needs: Needs) -> None:
        self._side = side
        self._folder = folder
        self._needed = needs is Needs.NEEDED
        self._endpoint = side.integration.endpoint
        self._between = sides.apart(side, folder, app=sides.APP)
        self._rested = 0
        """How many hooks had happened at the last stop."""
        self._without: dict[int, dict[str, str]] = {}
        """The environments before there was a relation, by unit."""
        self._last: dict[int, Seen] = {}
        self._steps = self._travel()
        self._stops: dict[str, list[Stop]] = {}
        self._problem = ""

    def reach(self, event: str) -> list[Stop]:
        """Go on until this event has happened, and return what there was to see."""
        while event not in self._stops:
            if self._problem:
                raise AssertionError(f"the journey ended before: {self._problem}")
            try:
                reached, stops = next(self._steps)
            except Exception as error:
                self._problem = repr(error)
                raise
            self._stops[reached] = stops
        return self._stops[event]

    def _travel(self) -> Iterator[tuple[str, list[Stop]]]:
        example = self._side.integration.example
        newcomer = self._between.theirs.units.pop()
        self._set_out()
        yield "before", [self._stop(None, related=False)]
        self._between.create()
        yield "created", [self._stop(None)]
        self._between.introduce()
        at_once = self._side.answers == "joined"
        yield "joined", [self._stop(example if at_once else None)]
        self._between.tell_everyone()
        yield "changed", [self._say(example), self._without_news(example)]
        if applies(self._side, "secret rotated"):
            rotated = given.rotated(self._side)
            yield "secret rotated", [self._say(rotated), *self._withheld(rotated)]
        self._between.join(self._between.theirs, newcomer)
        yield "two units", [self._say(example)]
        self._between.leave(newcomer)
        yield "departed", [self._stop(example, heard=True)]
        if applies(self._side, "less data"):
            said = (given.less(self._side), None, example)
            yield "less data", [self._say(data) for data in said]
        self._between.remove()
        yield "broken", [self._stop(None, related=False)]
        # This time the other side is told first, and none of ours leads yet.
        self._between.ours.elect(-1)
        self._between.integrate(theirs_first=True)
        self._between.ours.elect(1)
        self._rested = len(self._between.had)  # a leader would not have had these
        self._between.happen(self._between.ours.unit(1), "leader_elected")
        yield "made again", [self._say(example)]

    def _set_out(self) -> None:
        """Let our units run without the relation, and then with a charm that may need it."""
        between = self._between
        for unit in between.ours.units:
            if self._side.behind_ingress:
                ours.open_to(unit, sides.PUBLIC_URL)
            between.happen(unit, "config_changed")
            self._without[unit.number] = unit.environment
            if self._needed:
                kind = {"app": sides.APP, "needed": self._endpoint}
                unit.context = ours.context(unit.number, self._folder, **kind)
            between.happen(unit, "upgrade_charm")

    def _say(self, data: Any) -> Stop:
        if self._side.integration.data.model_fields:
            for unit in self._between.theirs.units:
                self._between.act(unit, lambda charm: charm.say(data))
        return self._stop(data, heard=True)

    def _withheld(self, data: Any) -> Iterator[Stop]:
        """Let the other side take the right to read its secrets away, and give it back."""
        between = self._between
        shared = any(between.id in one.remote_grants for one in between.theirs.secrets)
        for withheld in (True, False) if shared else ():
            between.withheld = withheld
            for unit in between.ours.units:
                between.happen(unit, "config_changed")
            yield self._stop(data, withheld=withheld)

    def _stop(
        self, data: Any, *, related: bool = True, heard: bool = False, withheld: bool = False
    ) -> Stop:
        hears = self._between.ask(self._between.theirs.leader, lambda charm: charm.hears())
        roles = {
            ROLES[0] if unit.state.leader else ROLES[1]: unit for unit in self._between.ours.units
        }
        return Stop(
            expected={
                role: self._problem_of(unit)
                if withheld
                else self._expected(unit, data, related=related)
                for role, unit in roles.items()
            },
            seen={role: _seen(unit) for role, unit in roles.items()},
            unheard=sorted(set(self._side.heard) - set(hears)) if heard else [],
            remembered=[] if related else list(hears),
            written_again=self._repeat(),
        )

    def _without_news(self, data: Any) -> Stop:
        """Let our units have each hook that brings no news."""
        before = self._between.picture()
        self._between.happen_to(*self._between.ours.units)
        changed = _differences(before, self._between.picture())
        return dataclasses.replace(self._stop(data, heard=True), written_again=changed)

    def _problem_of(self, unit: applications.Unit) -> Seen:
        """Return what becomes of a unit that cannot read a secret: what runs goes on."""
        problem = "its secret is missing or not granted to this application"
        status = f"blocked: Invalid {self._endpoint} relation data: {problem}"
        return dataclasses.replace(self._last[unit.number], status=status)

    def _expected(self, unit: applications.Unit, data: Any, *, related: bool) -> Seen:
        without = self._without[unit.number]
        if data is not None:
            told = self._side.gives(data, len(self._between.theirs.units))
            more = {n: one.value for n, one in given.variables(self._side, told).items()}
            give = self._side.integration.log_targets
            seen = Seen(
                status="active: ",
                environment={**without, **more},
                log_targets=sorted(give(told).values()) if give else [],
            )
        elif not self._needed:
            seen = Seen(status="active: ", environment=without)
        elif related:
            # What runs goes on with what it has.
            status = f"waiting: waiting for data of integrations: {self._endpoint}"
            seen = dataclasses.replace(self._last.get(unit.number, Seen()), status=status)
        else:
            seen = Seen(status=f"blocked: missing integrations: {self._endpoint}")
        self._last[unit.number] = seen
        return seen

    def _repeat(self) -> list[str]:
        """Let what our units have just had happen again, and return whose picture changed."""
        between = self._between
        before = between.picture()
        if between.exists:
            between.repeat(between.had[self._rested :])
        else:
            for unit in between.ours.units:
                between.happen(unit, "update_status")
        self._rested = len(between.had)
        return _differences(before, between.picture())


def _differences(before: dict[str, object], after: dict[str, object]) -> list[str]:
    return [name for name, told in after.items() if told != before[name]]


def _seen(unit: applications.Unit) -> Seen:
    """Return what became of a unit; a service that does not run has no environment."""
    (container,) = unit.state.containers
    running = container.service_statuses.get("flask") is ops.pebble.ServiceStatus.ACTIVE
    targets = unit.plan.log_targets.values()
    return Seen(
        status=unit.status,
        environment=unit.environment if running else {},
        log_targets=sorted(one.location for one in targets if one.services != ["-all"]),
    )
