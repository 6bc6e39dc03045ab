"""Events that are fired by name and by hand, for a charm's author to see what happens."""

from __future__ import annotations

from collections.abc import Iterator

from . import api, model, secretstate
from . import hook as hooks

_PLAIN = (
    *("install", "config-changed", "start", "stop", "update-status", "upgrade-charm"),
    *("leader-elected", "leader-settings-changed"),
)
_RELATION = (
    *("relation-created", "relation-joined", "relation-changed"),
    *("relation-departed", "relation-broken"),
)
_SECRET = ("secret-changed", "secret-rotate", "secret-remove", "secret-expired")
_PEBBLE_READY = "pebble-ready"


def named(state: model.Model, unit: model.Unit, event: str) -> list[hooks.Hook]:
    """Return the hooks that the name stands for: a relation event is one for each remote unit.

    What they report has not happened: they are marked artificial, and nothing is noted as seen.
    """
    event = event.replace("_", "-")
    found = list(_matching(state, unit, event))
    if not found:
        of_relations = (f"ENDPOINT-{kind}" for kind in _RELATION)
        known = ", ".join((*_PLAIN, *_SECRET, f"CONTAINER-{_PEBBLE_READY}", *of_relations))
        raise api.EngineError(
            f'"{event}" cannot be fired on {unit.name}; known are {known}; events of relations '
            "and secrets only while those are there"
        )
    return found


def _matching(state: model.Model, unit: model.Unit, event: str) -> Iterator[hooks.Hook]:
    if event in _PLAIN:
        yield hooks.Hook(kind=event, artificial=True)
    for container in state.charm.containers:
        if event == f"{container}-{_PEBBLE_READY}":
            yield hooks.Hook(kind=_PEBBLE_READY, name=container, artificial=True)
    if event in _SECRET:
        yield from _for_secrets(state, unit, event)
    for relation in state.relations.values():
        for kind in _RELATION:
            scope = unit.relations.get(relation.id)
            if scope is not None and event == f"{relation.endpoint}-{kind}":
                yield from _for_units(relation, kind, list(scope.members))


def _for_secrets(state: model.Model, unit: model.Unit, kind: str) -> Iterator[hooks.Hook]:
    """Yield one for each secret that the unit reads, or else manages."""
    leader = state.leader == unit.name
    for secret in state.secrets.values():
        reader = unit.name in secret.consumers
        manager = secretstate.manageable(state, secret, unit.name, leader=leader)
        if reader if kind == "secret-changed" else manager:
            yield hooks.Hook(
                kind=kind,
                secret_id=secret.id,
                secret_label=secret.label,
                secret_revision=secret.latest,
                artificial=True,
            )


def _for_units(relation: model.Relation, kind: str, members: list[str]) -> Iterator[hooks.Hook]:
    about_units = kind not in ("relation-created", "relation-broken")
    units = members if about_units and members else [""]
    for name in units:
        yield hooks.Hook(
            kind=kind,
            name=relation.endpoint,
            relation_id=relation.id,
            remote_app=relation.remote_app,
            remote_unit=name,
            departing_unit=name if kind == "relation-departed" else "",
            artificial=True,
        )
