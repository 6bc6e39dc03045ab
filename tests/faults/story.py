"""Plays random events with injected failures on real Pebbles, and tells what came of them.

`python -m tests.faults.story PROJECT PEBBLE SEED EVENTS`, in namespaces of its own.
"""

from __future__ import annotations

import collections
import functools
import json
import pathlib
import random
import sys
import time
from typing import Any

from paas_app_charmer.local import sandbox

from . import incidents, refusals, stage

KNOWN = {"active", "waiting", "blocked"}
SETTLES = 10
"""Events between two looks at how both units stand."""
_OF_A_UNIT = {"FLASK_PEER_FQDNS", "FLASK_BASE_URL", "FLASK_METRICS_PORT"}
WEB = "flask"


class Story:
    """The events of one seed."""

    def __init__(self, on: stage.Stage, seed: int) -> None:
        self._on = on
        self._random = random.Random(seed)
        self._incidents = incidents.Incidents(on, self._random)
        self.told: list[str] = []
        self.active = 0
        """How often both units ran when they were compared."""
        self.faults: collections.Counter[str] = collections.Counter()

    def play(self, events: int) -> dict[str, Any]:
        self._on.engine.set_config({"greeting": "hello"})
        self._incidents.database()
        self.stand_alike()
        begun = time.monotonic()
        for number in range(1, events + 1):
            event = self._random.choice(self._incidents.events())
            self._happen(event, self._random.choice(self._incidents.faults()))
            if number % SETTLES == 0 or number == events:
                self.stand_alike()
        took = round(time.monotonic() - begun)
        faults = dict(self.faults)
        return {"events": events, "faults": faults, "active": self.active, "seconds": took}

    def _happen(self, event: incidents.Event, fault: incidents.Fault) -> None:
        unit = self._on.units[stage.FAULTY]
        unit.heal()
        # A fault of the container is one of the new container, where there is to be one.
        steps = [event, functools.partial(fault, unit)]
        if event != self._incidents.new_container:
            steps.reverse()
        for step in steps:
            step()
        self._on.settle()
        told = f"{event.__name__} with {fault.__name__} {unit.cuts} -> {self._on.status(unit)}"
        self.told.append(told)
        self.faults[fault.__name__] += unit.struck
        self._incidents.mend(unit)
        self._keeps_secrets()

    def _keeps_secrets(self) -> None:
        statuses = [self._on.status(unit) for unit in self._on.units]
        assert {level for level, _ in statuses} <= KNOWN, statuses
        ours = [
            text
            for view in self._on.engine.relations()
            for bag in (view.app_data, *view.unit_data.values())
            for text in bag.values()
        ]
        for text in (*self._on.logged, *(message for _, message in statuses), *ours):
            assert refusals.MARK not in text, text
        del self._on.logged[:-200]

    def stand_alike(self) -> None:
        """Let the faults end, and check that both units stand as the inputs want them."""
        for _ in range(3):
            self._on.engine.fire("update-status")
            self._on.settle()
        faulty, sound = self._on.units
        statuses = [self._on.status(unit) for unit in (faulty, sound)]
        assert statuses[0] == statuses[1], self._why(statuses)
        faulty.heal()
        self._on.engine.fire("update-status", unit=faulty.name)
        self._on.settle()
        writes = [call for call in faulty.calls if not call.startswith("GET ")]
        assert writes == [], self._why(writes)
        if statuses[0][0] == "active":
            self._run_alike(faulty, sound)
            self.active += 1

    def _run_alike(self, faulty: stage.Unit, sound: stage.Unit) -> None:
        plans = [self._on.plan(unit)["services"] for unit in (faulty, sound)]
        names = sorted(plans[1])
        assert sorted(plans[0]) == names, self._why(plans)
        for name in names:
            assert _shared(plans[0][name]) == _shared(plans[1][name]), self._why(name)
        states = [self._on.services(unit) for unit in (faulty, sound)]
        assert states[0] == states[1], self._why(states)
        for unit, plan in ((faulty, plans[0]), (sound, plans[1])):
            served, given = self._on.served(unit), plan[WEB]["environment"]
            assert {key: served.get(key) for key in given} == given, self._why(unit.name)
            left = {k for k in served if k.startswith(("FLASK_", "POSTGRESQL_"))} - given.keys()
            assert left == set(), self._why(left)

    def _why(self, what: object) -> str:
        told = "\n".join(self.told[-15:])
        return f"{what}\n--- events\n{told}\n--- units\n{self._on.account()}"


def _shared(service: dict[str, Any]) -> dict[str, Any]:
    environment = service.get("environment", {})
    kept = {key: value for key, value in environment.items() if key not in _OF_A_UNIT}
    return {**service, "environment": kept}


def main(folder: str, program: str, seed: str, events: str) -> int:
    on = stage.Stage(pathlib.Path(folder), pathlib.Path(program))
    try:
        played = Story(on, int(seed)).play(int(events))
    finally:
        on.end()
    sys.stdout.write(json.dumps(played))
    return 0


if __name__ == "__main__":
    sys.exit(sandbox.enter(lambda: main(*sys.argv[1:])))
