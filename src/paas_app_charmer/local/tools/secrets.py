"""secret-add, -set, -get, -info-get, -ids, -grant, -revoke, -remove."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from paas_app_charmer.local import model, secretstate

from . import secret_values
from .base import Call, ToolError, tool
from .relations import relation_of

_UPSERT = ("expire=", "rotate=", "description=", "label=", "file=", "owner=")


@tool("secret-add", *_UPSERT, args=None)
def secret_add(call: Call) -> str:
    context = call.context
    content = secret_values.content(call, call.args)
    if not content:
        raise ToolError("missing secret value or filename", code=2)
    kind = call.text("owner") or "application"
    if kind not in ("application", "unit"):
        raise ToolError(f'secret owner "{kind}" not valid', code=2)
    if kind == "application" and not context.is_leader:
        raise ToolError("this unit is not the leader")
    secret = model.Secret(
        id=secretstate.new_id(),
        owner_kind="unit" if kind == "unit" else "application",
        owner=context.unit_name if kind == "unit" else context.view.application,
        revisions={1: content},
    )
    describe = _metadata(call, secret.id)

    def change(state: model.Model) -> None:
        # A fresh copy each time: the hook's picture and the model must not share one.
        state.secrets[secret.id] = _copy(secret)
        describe(state)

    context.write(change)
    return f"{secret.uri}\n"


@tool("secret-set", *_UPSERT, args=None)
def secret_set(call: Call) -> None:
    context = call.context
    secret = _managed(call)
    content = secret_values.content(call, call.args[1:])
    describe = _metadata(call, secret.id)
    again = secret.id in context.new_revisions
    if content and secret.revisions.get(secret.latest) != content:
        context.new_revisions.add(secret.id)

    def change(state: model.Model) -> None:
        found = state.secrets.get(secret.id)
        if found is None:
            return
        describe(state)
        if content and again:
            found.revisions[found.latest] = dict(content)
        elif content:
            secretstate.add_revision(found, content, by=context.unit_name)

    context.write(change)


@tool("secret-get", "label=", "peek", "refresh", prints="yaml", args=2)
def secret_get(call: Call) -> Any:
    context = call.context
    uri, label = call.argument(0), call.text("label") or None
    peek, refresh = call.switch("peek"), call.switch("refresh")
    if peek and refresh:
        raise ToolError("specify one of --peek or --refresh but not both", code=2)
    secret = _found(call, uri, label)
    unit = context.unit_name
    if not secretstate.readable(context.view, secret, unit):
        raise ToolError("permission denied")
    consumer = secret.consumers.get(unit)
    revision = secret.latest
    if consumer is not None and not (peek or refresh):
        revision = consumer.tracked
    if revision not in secret.revisions:
        raise ToolError(f'secret "{secret.id}" not found')
    if not peek or consumer is None:
        new_label = label if uri else None

        def change(state: model.Model) -> None:
            if secret.id in state.secrets:
                secretstate.follow(state.secrets[secret.id], unit, revision, new_label)

        context.write(change)
    content = secret.revisions[revision]
    return secret_values.one(content, key) if (key := call.argument(1)) else dict(content)


@tool("secret-info-get", "label=", prints="yaml", args=1)
def secret_info_get(call: Call) -> dict[str, Any]:
    context = call.context
    uri, label = call.argument(0), call.text("label")
    if uri and label:
        raise ToolError("specify either a secret URI or label but not both", code=2)
    secret = _found(call, uri, label)
    if not secretstate.manageable(
        context.view, secret, context.unit_name, leader=context.is_leader
    ):
        raise ToolError(f'secret "{label or secret.id}" not found')
    info: dict[str, Any] = {
        "revision": secret.latest,
        "label": secret.label,
        "owner": secret.owner_kind,
        "description": secret.description,
        "rotation": secret.rotate or "never",
        "expiry": secret.expires.isoformat() if secret.expires else None,
        "rotates": secret.rotates.isoformat() if secret.rotates else None,
    }
    return {secret.id: {key: value for key, value in info.items() if value is not None}}


@tool("secret-ids", prints="smart")
def secret_ids(call: Call) -> list[str]:
    context = call.context
    return [
        secret.id
        for secret in context.view.secrets.values()
        if secretstate.manageable(
            context.view, secret, context.unit_name, leader=context.is_leader
        )
    ]


@tool("secret-grant", "relation|r=", "unit=", args=1)
def secret_grant(call: Call) -> None:
    secret = _managed(call)
    relation = relation_of(call)
    target = call.text("unit") or relation.remote_app
    grant = model.Grant(target=target, relation_id=relation.id)

    def change(state: model.Model) -> None:
        found = state.secrets.get(secret.id)
        if found is not None and grant not in found.grants:
            found.grants.append(grant)

    call.context.write(change)


@tool("secret-revoke", "relation|r=", "app|application=", "unit=", args=1)
def secret_revoke(call: Call) -> None:
    secret = _managed(call)
    target = call.text("unit") or call.text("app")
    if call.text("relation") is not None:
        target = call.text("unit") or relation_of(call).remote_app
    if target is None:
        raise ToolError("missing relation or application or unit", code=2)

    def change(state: model.Model) -> None:
        found = state.secrets.get(secret.id)
        if found is not None:
            found.grants = [grant for grant in found.grants if grant.target != target]

    call.context.write(change)


@tool("secret-remove", "revision=", args=1)
def secret_remove(call: Call) -> None:
    secret = _managed(call)
    text = call.text("revision")
    if text is not None and not text.isdigit():
        raise ToolError(f'invalid value "{text}" for option --revision', code=2)
    revision = int(text) if text else None
    if revision is not None and revision not in secret.revisions:
        raise ToolError(f'secret revision "{secret.id}/{revision}" not found')

    def change(state: model.Model) -> None:
        if secret.id in state.secrets:
            secretstate.remove(state, state.secrets[secret.id], revision)

    call.context.write(change)


def _found(call: Call, uri: str | None, label: str | None) -> model.Secret:
    view = call.context.view
    if not uri and not label:
        raise ToolError("require either a secret URI or label", code=2)
    if uri:
        secret = view.secrets.get(secretstate.identifier(uri))
    else:
        secret = secretstate.by_label(view, label or "", call.context.unit_name)
    if secret is None:
        what = secretstate.identifier(uri) if uri else label
        raise ToolError(f'secret "{what}" not found')
    return secret


def _managed(call: Call) -> model.Secret:
    uri = call.argument(0)
    if not uri:
        raise ToolError("missing secret URI", code=2)
    secret = _found(call, uri, None)
    context = call.context
    if not secretstate.manageable(
        context.view, secret, context.unit_name, leader=context.is_leader
    ):
        raise ToolError("permission denied")
    return secret


def _copy(secret: model.Secret) -> model.Secret:
    return model.Secret(
        id=secret.id,
        owner_kind=secret.owner_kind,
        owner=secret.owner,
        revisions={number: dict(content) for number, content in secret.revisions.items()},
    )


def _metadata(call: Call, identifier: str) -> Callable[[model.Model], None]:
    """Return the change that the flags ask for; what they do not name stays."""
    label, description = call.text("label"), call.text("description")
    rotate, expire = call.text("rotate"), call.text("expire")
    if rotate and rotate not in secretstate.ROTATION:
        raise ToolError(f'rotate policy "{rotate}" not valid', code=2)
    expires = secret_values.expiry(expire) if expire else None
    if label:
        other = secretstate.by_label(call.context.view, label, call.context.unit_name)
        if other is not None and other.id != identifier:
            raise ToolError(f'secret with label "{label}" already exists')

    def change(state: model.Model) -> None:
        secret = state.secrets[identifier]
        secret.label = label or secret.label
        secret.description = description or secret.description
        secret.expires = expires or secret.expires
        if rotate and rotate != secret.rotate:
            secret.rotate = rotate
            secretstate.schedule(secret, model.now())

    return change
