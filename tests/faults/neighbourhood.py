"""What hypothesis may let happen between a unit and its neighbours."""

from __future__ import annotations

from typing import Any

import hypothesis.strategies as st
import ops.testing
from hypothesis import stateful

from . import machine, neighbours

# Few, so that what was there before comes back now and then.
_VARIANT = st.integers(1, 3)


class Machine(machine.Unit):
    """A unit among neighbours."""

    def __init__(self) -> None:
        super().__init__()
        meta = self.world.unit.context._charm_spec.meta
        self._endpoints = sorted(
            (name, one["interface"])
            for name, one in {**meta["requires"], **meta["provides"]}.items()
        )
        required = self.kind.interfaces[0]
        self._integrate(neighbours.one_of(required).endpoint, required, ("own", None))
        self._answer(self.world.relations()[0], 1, ("own", None))

    @stateful.rule(seconds=st.sampled_from([20.0, 61.0]), how=machine.HOW)
    def time(self, seconds: float, how: machine.How) -> None:
        """Let the time pass that a required integration may be missing, or a part of it."""
        self.world.late += seconds
        self.tell(how)

    def _relation(self, n: int) -> ops.testing.Relation | None:
        relations = self.world.relations()
        return relations[n % len(relations)] if relations else None

    def _changed(self, relation: ops.testing.Relation) -> Any:
        units = sorted(relation.remote_units_data)
        remote = {"remote_unit": units[0]} if units else {}
        return self.world.on.relation_changed(relation, **remote)

    def _answered(self, relation: ops.testing.Relation, answer: neighbours.Answer) -> Any:
        """Put what a provider publishes into its databags, its secrets into Juju."""
        ids: dict[str, str] = {}
        for key, content in answer.secrets.items():
            secret = neighbours.secret(content)
            self.world.keep(secret)
            ids[key] = secret.id
        units = relation.remote_units_data or {0: {}}
        return self.world.swap(
            relation,
            remote_app_data={**answer.app, **ids},
            remote_units_data={number: dict(answer.unit) for number in units},
        )

    @stateful.rule(n=st.integers(0, 40), how=machine.HOW)
    def integrate(self, n: int, how: machine.How) -> None:
        endpoint, interface = self._endpoints[n % len(self._endpoints)]
        if len(self.world.relations(endpoint)) > 1:
            return
        self._integrate(endpoint, interface, how)

    def _integrate(self, endpoint: str, interface: str, how: machine.How) -> None:
        new = ops.testing.Relation(endpoint, interface, remote_units_data={})
        self.world.change(relations=[*self.world.state.relations, new])
        self.tell(how, self.world.on.relation_created(new))

    @stateful.rule(n=machine.N, number=_VARIANT, how=machine.HOW)
    def answer(self, n: int, number: int, how: machine.How) -> None:
        relation = self._relation(n)
        if relation is not None:
            self._answer(relation, number, how)

    def _answer(self, relation: ops.testing.Relation, number: int, how: machine.How) -> None:
        say = neighbours.ANSWERS[relation.interface]
        answer = say(self.world.vault, number, relation.local_app_data)
        self.tell(how, self._changed(self._answered(relation, answer)))

    @stateful.rule(
        n=machine.N,
        number=_VARIANT,
        missing=st.sets(machine.N, max_size=3),
        how=machine.HOW,
    )
    def half_an_answer(self, n: int, number: int, missing: set[int], how: machine.How) -> None:
        relation = self._relation(n)
        if relation is not None:
            say = neighbours.ANSWERS[relation.interface]
            answer = say(self.world.vault, number, relation.local_app_data)
            keys = sorted({*answer.app, *answer.unit, *answer.secrets})
            gone = {keys[i % len(keys)] for i in missing if keys}
            self.tell(how, self._changed(self._answered(relation, answer.but(gone))))

    @stateful.rule(n=machine.N, data=st.data(), how=machine.HOW)
    def hostility(self, n: int, data: Any, how: machine.How) -> None:
        relation = self._relation(n)
        if relation is None:
            return
        bags = neighbours.hostilities(relation.interface)
        app, unit = data.draw(bags), data.draw(bags)
        if self.kind.has_secrets:
            content = data.draw(bags) or {"nothing": ""}
            self.world.keep(neighbours.secret(content, id="secret:abc"))
        new = self.world.swap(relation, remote_app_data=app, remote_units_data={0: unit, 7: app})
        self.tell(how, self._changed(new))

    @stateful.rule(n=machine.N, number=st.integers(0, 3), how=machine.HOW)
    def remote_unit(self, n: int, number: int, how: machine.How) -> None:
        relation = self._relation(n)
        if relation is None:
            return
        units = dict(relation.remote_units_data)
        leaves = units.pop(number, None) is not None
        if not leaves:
            units[number] = {}
        new = self.world.swap(relation, remote_units_data=units)
        on = self.world.on
        if leaves:
            self.tell(how, on.relation_departed(new, remote_unit=number, departing_unit=number))
        else:
            self.tell(how, on.relation_joined(new, remote_unit=number))

    @stateful.rule(n=machine.N, how=machine.HOW)
    def separate(self, n: int, how: machine.How) -> None:
        relation = self._relation(n)
        if relation is not None:
            if how[0] == "own":
                self.happen(self.world.on.relation_broken(relation), how[1])
            self.world.part(relation)
            self.tell(("update-status" if how[0] != "none" else "none", None))
