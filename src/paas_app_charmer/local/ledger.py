"""What each unit has seen: noted after a hook, compared by `resolver`."""

from __future__ import annotations

from . import hook as hooks
from . import model, secretstate


def record(state: model.Model, unit: model.Unit, hook: hooks.Hook) -> None:
    """Note that the unit has run the hook, or that it was skipped by hand."""
    if hook.artificial:
        return
    if hook.relation_id is not None:
        _record_relation(state, unit, hook)
    elif hook.kind.startswith("secret-"):
        _record_secret(state, unit, hook)
    elif hook.kind.startswith("leader-"):
        unit.leader = hook.kind == "leader-elected" or unit.leader
        unit.leader_settings = state.leader_settings_version
    elif hook.kind == "upgrade-charm":
        unit.upgrade_due, unit.config_seen = False, ""
    else:
        _record_life(state, unit, hook)


def enter_scopes(state: model.Model, unit: model.Unit) -> None:
    """Take the unit into every relation that it is not in yet, once it is installed."""
    if not unit.installed or unit.dying:
        return
    for relation in state.relations.values():
        if relation.id not in unit.relations and not relation.dying:
            unit.relations[relation.id] = model.Scope()
            address = unit.address
            relation.update(
                unit.name,
                {
                    "egress-subnets": f"{address}/32",
                    "ingress-address": address,
                    "private-address": address,
                },
            )


def prune(state: model.Model) -> None:
    """Remove relations that are dying and that no unit is in any more."""
    followed = {identifier for unit in state.units.values() for identifier in unit.relations}
    for relation in list(state.relations.values()):
        if relation.dying and relation.id not in followed:
            del state.relations[relation.id]
            secretstate.drop_grants(state, relation.id)


def forget(state: model.Model, unit: model.Unit) -> None:
    """Take a unit that is gone, and what belonged to it alone, out of the state."""
    _leave(state, unit)
    state.units.pop(unit.name, None)
    for secret in list(state.secrets.values()):
        secret.consumers.pop(unit.name, None)
        if (secret.owner_kind, secret.owner) == ("unit", unit.name):
            del state.secrets[secret.id]
    prune(state)


def _record_life(state: model.Model, unit: model.Unit, hook: hooks.Hook) -> None:
    if hook.kind == "install":
        unit.installed = True
    elif hook.kind == "start":
        unit.started, unit.stopped = True, False
    elif hook.kind == "stop":
        unit.started, unit.stopped = False, True
        if unit.dying:
            _leave(state, unit)
    elif hook.kind == "remove":
        unit.removed = True


def _record_relation(state: model.Model, unit: model.Unit, hook: hooks.Hook) -> None:
    identifier = hook.relation_id or 0
    relation = state.relations.get(identifier)
    scope = unit.relations.setdefault(identifier, model.Scope())
    if hook.kind == "relation-created":
        scope.created = True
    elif hook.kind == "relation-joined":
        scope.members[hook.remote_unit] = hook.version
        scope.changed_pending = hook.remote_unit
    elif hook.kind == "relation-changed" and hook.remote_unit:
        scope.members[hook.remote_unit] = hook.version
        scope.changed_pending = ""
    elif hook.kind == "relation-changed":
        scope.apps[hook.remote_app] = hook.version
    elif hook.kind == "relation-departed":
        scope.members.pop(hook.remote_unit, None)
    elif hook.kind == "relation-broken":
        del unit.relations[identifier]
        if relation is not None:
            relation.leave(unit.name)


def _record_secret(state: model.Model, unit: model.Unit, hook: hooks.Hook) -> None:
    secret = state.secrets.get(hook.secret_id)
    if secret is None:
        return
    revision = hook.secret_revision or 0
    if hook.kind == "secret-changed" and unit.name in secret.consumers:
        secret.consumers[unit.name].notified = revision
    elif hook.kind == "secret-remove":
        secret.obsolete_told.append(revision)
    elif hook.kind == "secret-expired":
        secret.expires = None
    elif hook.kind == "secret-rotate":
        secretstate.schedule(secret, model.now())


def _leave(state: model.Model, unit: model.Unit) -> None:
    """Take a dying unit out of its peer relations, and let another one lead."""
    for relation in state.relations.values():
        relation.leave(unit.name)
    unit.relations.clear()
    if state.leader == unit.name:
        alive = [other for other in state.units.values() if not other.dying]
        state.leader = min(alive, key=lambda other: other.number).name if alive else ""
