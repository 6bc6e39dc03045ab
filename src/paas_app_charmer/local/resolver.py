"""Which hook is next for a unit: a pure function of the state, as in Juju's own unit agent.

There is no queue of events. What a unit has seen is compared with what is there, which is why
three settings of config in a row give one config-changed, and a databag that is written back to
what it was gives none. `ledger` notes what a unit has seen.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator

from . import hook as hooks
from . import model, secretstate


def next_hook(state: model.Model, unit: model.Unit) -> hooks.Hook | None:
    """Return what the unit has to run now; explicit events are its uniter's business."""
    if unit.removed:
        return None
    if not unit.installed:
        return hooks.Hook(kind="remove" if unit.dying else "install")
    return next(_due(state, unit), None)


def config_digest(state: model.Model, unit: model.Unit) -> str:
    """Return what config-changed compares: the values, and the address as Juju does."""
    seen = json.dumps([state.config_of(unit), unit.address], sort_keys=True)
    return hashlib.sha256(seen.encode()).hexdigest()


def _due(state: model.Model, unit: model.Unit) -> Iterator[hooks.Hook]:
    if unit.dying:
        yield from _relations(state, unit)
        yield hooks.Hook(kind="remove" if unit.stopped or not unit.started else "stop")
        return
    yield from _created(state, unit)
    yield from _leadership(state, unit)
    yield from _secrets(state, unit)
    if unit.upgrade_due:
        yield hooks.Hook(kind="upgrade-charm")
    if unit.config_seen != config_digest(state, unit):
        yield hooks.Hook(kind="config-changed")
    if not unit.started:
        yield hooks.Hook(kind="start")
    yield from _relations(state, unit)


def _created(state: model.Model, unit: model.Unit) -> Iterator[hooks.Hook]:
    for relation in state.relations.values():
        scope = unit.relations.get(relation.id)
        if not relation.dying and (scope is None or not scope.created):
            yield _relation_hook(relation, "relation-created")


def _leadership(state: model.Model, unit: model.Unit) -> Iterator[hooks.Hook]:
    if state.leader == unit.name:
        if not unit.leader:
            yield hooks.Hook(kind="leader-elected")
    elif unit.leader_settings != state.leader_settings_version:
        yield hooks.Hook(kind="leader-settings-changed")


def _secrets(state: model.Model, unit: model.Unit) -> Iterator[hooks.Hook]:
    moment = model.now()
    for secret in list(state.secrets.values()):
        leader = state.leader == unit.name
        if secretstate.manageable(state, secret, unit.name, leader=leader):
            if secret.expires is not None and secret.expires <= moment:
                yield _secret_hook(unit, secret, "secret-expired", secret.latest)
            if secret.rotates is not None and secret.rotates <= moment:
                yield _secret_hook(unit, secret, "secret-rotate")
            for revision in secretstate.obsolete(secret):
                yield _secret_hook(unit, secret, "secret-remove", revision)
        consumer = secret.consumers.get(unit.name)
        if consumer is not None and consumer.notified < secret.latest:
            yield _secret_hook(unit, secret, "secret-changed", secret.latest)


def _relations(state: model.Model, unit: model.Unit) -> Iterator[hooks.Hook]:
    for identifier, scope in unit.relations.items():
        relation = state.relations[identifier]
        broken = relation.dying or unit.dying
        members = {} if broken else state.remote_members(relation, unit.name)
        if scope.changed_pending:
            name = scope.changed_pending
            yield _relation_hook(relation, "relation-changed", name, members.get(name, 0))
        for name in sorted(scope.members.keys() - members.keys()):
            yield _departed(unit, relation, name)
        if broken:
            if not relation.peer:
                yield _relation_hook(relation, "relation-broken")
            continue
        version = relation.versions.get(relation.remote_app, 0)
        leads_peers = relation.peer and state.leader == unit.name
        if scope.apps.get(relation.remote_app, 0) != version and not leads_peers:
            yield _relation_hook(relation, "relation-changed", version=version)
        for name in sorted(members.keys() - scope.members.keys()):
            yield _relation_hook(relation, "relation-joined", name, members[name])
        for name in sorted(members):
            if scope.members[name] != members[name]:
                yield _relation_hook(relation, "relation-changed", name, members[name])


def _departed(unit: model.Unit, relation: model.Relation, name: str) -> hooks.Hook:
    return hooks.Hook(
        kind="relation-departed",
        name=relation.endpoint,
        relation_id=relation.id,
        remote_app=relation.remote_app,
        remote_unit=name,
        departing_unit=unit.name if unit.dying else name,
    )


def _relation_hook(
    relation: model.Relation, kind: str, remote_unit: str = "", version: int = 0
) -> hooks.Hook:
    return hooks.Hook(
        kind=kind,
        name=relation.endpoint,
        relation_id=relation.id,
        remote_app=relation.remote_app,
        remote_unit=remote_unit,
        version=version,
    )


def _secret_hook(
    unit: model.Unit, secret: model.Secret, kind: str, revision: int | None = None
) -> hooks.Hook:
    consumer = secret.consumers.get(unit.name)
    label = consumer.label if consumer is not None and kind == "secret-changed" else secret.label
    return hooks.Hook(kind=kind, secret_id=secret.id, secret_label=label, secret_revision=revision)
