"""relation-ids, relation-list, relation-get, relation-set, relation-model-get."""

from __future__ import annotations

from typing import Any

from paas_app_charmer.local import model

from .base import Call, ToolError, key_values, mapping_file, tool


def relation_of(call: Call) -> model.Relation:
    """Return the relation that `-r` names, or else the one that the hook is about."""
    text = call.text("relation")
    hook = call.context.hook
    endpoint = ""
    identifier = hook.relation_id
    if text is not None:
        endpoint, _, number = text.rpartition(":")
        if not number.isdigit():
            raise ToolError(f'invalid value "{text}" for option -r: invalid relation id', code=2)
        identifier = int(number)
    if identifier is None:
        raise ToolError("no relation id specified", code=2)
    relation = call.context.view.relations.get(identifier)
    known = identifier in call.context.unit.relations
    if relation is None or not known or (endpoint and endpoint != relation.endpoint):
        raise ToolError(f'invalid value "{text}" for option -r: relation not found', code=2)
    return relation


@tool("relation-ids", prints="smart", args=1)
def relation_ids(call: Call) -> list[str]:
    endpoint = call.argument(0) or (call.context.hook.name if _in_relation(call) else None)
    if endpoint is None:
        raise ToolError("no endpoint name specified", code=2)
    return [
        f"{relation.endpoint}:{relation.id}"
        for relation in call.context.view.relations.values()
        if relation.endpoint == endpoint and relation.id in call.context.unit.relations
    ]


@tool("relation-list", "relation|r=", "app", prints="smart")
def relation_list(call: Call) -> list[str] | str:
    """List, as Juju does, the units that this unit has seen join."""
    relation = relation_of(call)
    if call.switch("app"):
        return relation.remote_app
    hook = call.context.hook
    members = set(call.context.unit.relations[relation.id].members)
    if hook.relation_id == relation.id and hook.remote_unit:
        if hook.kind == "relation-departed":
            members.discard(hook.remote_unit)
        else:
            members.add(hook.remote_unit)
    return sorted(members)


@tool("relation-get", "relation|r=", "app", prints="smart", args=2)
def relation_get(call: Call) -> Any:
    relation = relation_of(call)
    bag = _readable(call, relation, _entity(call, relation))
    key = call.argument(0)
    if key in (None, "", "-"):
        return dict(bag)
    return bag.get(key)


@tool("relation-set", "relation|r=", "app", "file=", "format=", args=None)
def relation_set(call: Call) -> None:
    relation = relation_of(call)
    path = call.text("file")
    changes = mapping_file(call, path) if path is not None else {}
    changes.update(key_values(call.args))
    context = call.context
    entity = context.unit_name
    if call.switch("app"):
        if not context.is_leader:
            raise ToolError("cannot write relation settings")
        entity = context.view.application
    context.publish(relation.id, entity, changes)


@tool("relation-model-get", "relation|r=", prints="yaml")
def relation_model_get(call: Call) -> dict[str, str]:
    relation_of(call)
    return {"uuid": call.context.view.uuid}


def _in_relation(call: Call) -> bool:
    return call.context.hook.relation_id is not None


def _entity(call: Call, relation: model.Relation) -> str:
    """Whose databag is meant: the second argument, or what the hook is about."""
    name = call.argument(1)
    hook = call.context.hook
    if name is None:
        if hook.relation_id is None or not (hook.remote_unit or hook.remote_app):
            raise ToolError("no unit or application specified", code=2)
        name = hook.remote_unit
        if call.switch("app") or not name:
            name = hook.remote_app or relation.remote_app
    return name.partition("/")[0] if call.switch("app") else name


def _readable(call: Call, relation: model.Relation, entity: str) -> model.Databag:
    """Return what Juju lets be read: own unit, own peers, the other side; own app if leader."""
    context = call.context
    own_app = context.view.application
    if entity == context.unit_name:
        return relation.databags.get(entity, {})
    if entity == own_app and not (relation.peer or context.is_leader):
        raise ToolError("permission denied")
    if "/" in entity:
        siblings = entity.startswith(f"{own_app}/")
        there = entity in relation.databags or entity in relation.remote_units
        if not there or (siblings and not relation.peer):
            raise ToolError("permission denied")
    elif entity not in (own_app, relation.remote_app):
        raise ToolError("permission denied")
    return relation.databags.get(entity, {})
