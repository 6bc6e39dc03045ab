"""The end of all faults: what is there then is what a unit that saw none of them would have."""

from __future__ import annotations

import dataclasses
import pathlib
import shutil
from typing import Any

import ops.testing

from . import kinds, outcome, world

_JUJUS_OWN = {"egress-subnets", "ingress-address", "private-address"}
"""What Juju writes into a unit's databag."""
_LONG = 3600.0
"""Seconds, after which no gap is a gap any more."""
_ENOUGH = 3
"""Plain events after which everything has to be as it will stay."""


def settle(one: world.World, afresh: pathlib.Path) -> None:
    """Let the faults end, and compare with a unit to which nothing ever happened."""
    calm(one)
    one.happen(one.on.update_status())
    one.late += _LONG
    if one.kind.leader_migrates and not one.state.leader:
        _let_lead(one, afresh.with_name(f"{afresh.name}-leader"))
    for _ in range(_ENOUGH):
        one.happen(one.on.config_changed())
    is_quiet(one)
    other = twin(one, afresh, kind=one.kind, leader=one.state.leader)
    try:
        compare(one, other)
    finally:
        other.close()


def _let_lead(one: world.World, folder: pathlib.Path) -> None:
    """Let the unit that leads do its part, and tell its peers."""
    peers = one.peers()
    assert peers is not None
    leader = twin(one, folder, kind=dataclasses.replace(one.kind, unit=0), leader=True)
    told = leader.peers()
    assert told is not None
    one.swap(peers, local_app_data=told.local_app_data)
    leader.close()


def calm(one: world.World) -> None:
    """Let Pebble answer, and every command succeed."""
    one.ear.is_healthy = True
    was_away = not one.container.can_connect
    one.unit.set_container(can_connect=True, execs={ops.testing.Exec([], return_code=0)})
    if was_away:
        one.happen(one.on.pebble_ready(one.container))


def is_quiet(one: world.World) -> None:
    """Check that an event that brings nothing new does nothing."""
    before = one.state
    for event in (one.on.config_changed(), one.on.update_status()):
        one.happen(event)
        assert one.ear.writes == []
        assert one.state == before


def twin(one: world.World, folder: pathlib.Path, *, kind: kinds.Kind, leader: bool) -> world.World:
    """Return a unit of the same charm with the same inputs, in a container that just came up."""
    state = one.state
    container = one.container.layers["001-rock"]
    other = world.World(
        kind,
        folder,
        one._present,
        config=state.config,
        relations=[_untold(relation, leader=leader) for relation in state.relations],
        secrets=state.secrets,
        leader=leader,
        model=state.model,
    )
    other.unit.set_container(layers={"001-rock": container})
    shutil.copytree(one.app, other.app, dirs_exist_ok=True)
    other.happen(other.on.pebble_ready(other.container))
    for _ in range(_ENOUGH):
        other.happen(other.on.config_changed())
    return other


def _untold(relation: ops.testing.RelationBase, *, leader: bool) -> ops.testing.RelationBase:
    """Return the relation as it is before this side has written into it.

    Of the peers' databag nothing is taken away: a key that was made stays the key. And what an
    earlier leader wrote stays until there is a leader again.
    """
    if isinstance(relation, ops.testing.PeerRelation):
        return relation
    kept = {k: one for k, one in relation.local_unit_data.items() if k in _JUJUS_OWN}
    told: dict[str, Any] = {"local_unit_data": kept}
    if leader:
        told["local_app_data"] = {}
    return dataclasses.replace(relation, **told)


def compare(one: world.World, other: world.World) -> None:
    """Check that both stand alike; a unit that is held back may keep what it runs."""
    status = other.state.unit_status
    assert one.state.unit_status == status
    if one.state.leader:
        assert one.state.app_status == other.state.app_status
    assert outcome.published(one.state) == outcome.published(other.state)
    if status.message.startswith("missing integrations"):
        assert one.running == {}
    if status.name != "active":
        return
    assert outcome.plan(one.container) == outcome.plan(other.container)
    framework = one.kind.framework
    mine, theirs = (outcome.files(two.unit.folder, framework) for two in (one, other))
    assert {name: mine.get(name) for name in theirs} == theirs
    assert one.running.keys() == other.running.keys()
    assert one.state.opened_ports == other.state.opened_ports
