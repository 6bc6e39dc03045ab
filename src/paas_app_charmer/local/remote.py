"""What reaches the application from outside: relations, providers' databags, secrets of others."""

from __future__ import annotations

from collections.abc import Mapping

from . import api, model, secretstate


def add_relation(state: model.Model, endpoint: str, remote_app: str, *, units: int) -> int:
    declared = state.charm.endpoints.get(endpoint)
    if declared is None or declared.role == "peers":
        known = ", ".join(
            sorted(name for name, item in state.charm.endpoints.items() if item.role != "peers")
        )
        raise api.EngineError(f'the charm has no endpoint "{endpoint}"; it has: {known}')
    present = [item for item in state.relations.values() if item.endpoint == endpoint]
    alive = [item for item in present if not item.dying]
    if any(item.remote_app == remote_app for item in present):
        raise api.EngineError(f'"{endpoint}" is integrated with {remote_app} already')
    if declared.limit is not None and len(alive) >= declared.limit:
        raise api.EngineError(f'"{endpoint}" takes at most {declared.limit} integration(s)')
    relation = model.Relation(
        id=state.next_relation,
        endpoint=endpoint,
        interface=declared.interface,
        remote_app=remote_app,
        remote_units=[f"{remote_app}/{number}" for number in range(units)],
    )
    state.next_relation += 1
    state.relations[relation.id] = relation
    return relation.id


def add_peers(state: model.Model) -> None:
    """Add the peer relations that are missing: Juju has them from the beginning."""
    present = {relation.endpoint for relation in state.relations.values() if relation.peer}
    for endpoint in state.charm.endpoints.values():
        if endpoint.role == "peers" and endpoint.name not in present:
            identifier = state.next_relation
            state.next_relation += 1
            state.relations[identifier] = model.Relation(
                id=identifier,
                endpoint=endpoint.name,
                interface=endpoint.interface,
                remote_app=state.application,
                peer=True,
            )


def remove_relation(state: model.Model, endpoint: str, remote_app: str | None) -> None:
    found = [
        relation
        for relation in state.relations.values()
        if relation.endpoint == endpoint
        and not relation.peer
        and not relation.dying
        and remote_app in (None, relation.remote_app)
    ]
    if not found:
        raise api.EngineError(f'"{endpoint}" is not integrated')
    if len(found) > 1:
        names = ", ".join(relation.remote_app for relation in found)
        raise api.EngineError(f'"{endpoint}" is integrated with {names}; name one')
    found[0].dying = True


def relation(state: model.Model, relation_id: int) -> model.Relation:
    try:
        return state.relations[relation_id]
    except KeyError:
        raise api.EngineError(f"there is no relation {relation_id}") from None


def publish(
    state: model.Model,
    relation_id: int,
    *,
    app: Mapping[str, str],
    units: Mapping[str, Mapping[str, str]],
) -> bool:
    """Merge into the remote databags; a unit that is not there yet joins."""
    target = relation(state, relation_id)
    changed = target.update(target.remote_app, dict(app)) if app else False
    for name, data in units.items():
        if name not in target.remote_units:
            target.remote_units.append(name)
            changed = True
        changed |= target.update(name, dict(data))
    return changed


def provider_secret(
    state: model.Model, relation_id: int, content: Mapping[str, str], *, label: str
) -> str:
    """Add or revise a secret of the remote application, granted to ours through the relation."""
    target = relation(state, relation_id)
    for secret in state.secrets.values():
        same_owner = (secret.owner_kind, secret.owner) == ("remote", target.remote_app)
        if same_owner and secret.label == label and _granted_by(secret, relation_id):
            secretstate.add_revision(secret, content)
            return secret.uri
    secret = model.Secret(
        id=secretstate.new_id(),
        owner_kind="remote",
        owner=target.remote_app,
        label=label,
        revisions={1: dict(content)},
        grants=[model.Grant(target=state.application, relation_id=relation_id)],
    )
    state.secrets[secret.id] = secret
    return secret.uri


def add_user_secret(state: model.Model, name: str, content: Mapping[str, str]) -> str:
    if any(_is_user(secret, name) for secret in state.secrets.values()):
        raise api.EngineError(f'there is a secret "{name}" already; update it')
    if not content:
        raise api.EngineError("a secret needs at least one key=value")
    secret = model.Secret(
        id=secretstate.new_id(),
        owner_kind="user",
        owner="",
        label=name,
        revisions={1: dict(content)},
    )
    state.secrets[secret.id] = secret
    return secret.uri


def user_secret(state: model.Model, name: str) -> model.Secret:
    """Find a user secret by its name or id."""
    for secret in state.secrets.values():
        if _is_user(secret, name) or (
            secret.owner_kind == "user" and secret.id == secretstate.identifier(name)
        ):
            return secret
    raise api.EngineError(f'there is no secret "{name}"')


def grant(state: model.Model, secret: model.Secret) -> None:
    target = model.Grant(target=state.application)
    if target not in secret.grants:
        secret.grants.append(target)


def _is_user(secret: model.Secret, name: str) -> bool:
    return secret.owner_kind == "user" and secret.label == name


def _granted_by(secret: model.Secret, relation_id: int) -> bool:
    return any(grant.relation_id == relation_id for grant in secret.grants)
