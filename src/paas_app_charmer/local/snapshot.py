"""The state as plain values for `status`, in Juju's nouns, and as a provider sees a relation."""

from __future__ import annotations

from typing import Any

from . import api, model
from .hook import JUJU_VERSION

_WORST_FIRST: tuple[model.StatusName, ...] = (
    *("error", "blocked", "maintenance", "waiting", "active", "terminated", "unknown"),
)


def snapshot(state: model.Model, running: dict[str, str], gaps: tuple[str, ...]) -> dict[str, Any]:
    """Return `model`, `applications`, `relations`, `secrets` and `gaps`.

    `running` is the title of the hook that each busy unit runs. No databag and no secret's content
    is in it.
    """
    return {
        "model": {"name": state.name, "type": "caas", "cloud": "local", "version": JUJU_VERSION},
        "applications": {state.application: _application(state, running)},
        "relations": [_relation(relation) for relation in state.relations.values()],
        "secrets": [_secret(secret) for secret in state.secrets.values()],
        "gaps": list(gaps),
    }


def relation_view(state: model.Model, relation: model.Relation) -> api.RelationView:
    bags = relation.databags
    return api.RelationView(
        id=relation.id,
        endpoint=relation.endpoint,
        interface=relation.interface,
        remote_app=relation.remote_app,
        app_data=dict(bags.get(state.application, {})),
        unit_data={name: dict(bags[name]) for name in state.units if name in bags},
        remote_app_data=dict(bags.get(relation.remote_app, {})),
        remote_unit_data={name: dict(bags.get(name, {})) for name in relation.remote_units},
    )


def application_status(state: model.Model) -> model.Status:
    """Return what the leader has set, or else the worst of the units, as Juju derives it."""
    if state.status.status != "unset":
        return state.status
    statuses = [_workload(unit) for unit in state.units.values()]
    if not statuses:
        return model.Status(status="waiting", message="no units")
    return min(statuses, key=lambda status: _rank(status.status))


def _rank(name: model.StatusName) -> int:
    return _WORST_FIRST.index(name) if name in _WORST_FIRST else len(_WORST_FIRST)


def _application(state: model.Model, running: dict[str, str]) -> dict[str, Any]:
    versions = [unit.workload_version for unit in state.units.values() if unit.workload_version]
    return {
        "charm": state.charm.name,
        "scale": len(state.units),
        "application-status": _status(application_status(state)),
        "version": versions[0] if versions else "",
        "units": {
            name: _unit(state, unit, running.get(name, "")) for name, unit in state.units.items()
        },
    }


def _unit(state: model.Model, unit: model.Unit, running: str) -> dict[str, Any]:
    found: dict[str, Any] = {
        "workload-status": _status(_workload(unit)),
        "juju-status": {"current": "idle", "message": ""},
        "leader": state.leader == unit.name,
        "workload-version": unit.workload_version,
        "address": unit.address,
        "open-ports": sorted(unit.ports),
        "error": None,
    }
    if running:
        found["juju-status"] = {"current": "executing", "message": f"running {running}"}
    elif not unit.installed:
        found["juju-status"] = {"current": "allocating", "message": ""}
    if unit.failure is not None:
        found["error"] = {
            "hook": unit.failure.hook,
            "reason": unit.failure.reason,
            "attempts": unit.failure.attempts,
            "tail": list(unit.failure.tail),
        }
    return found


def _workload(unit: model.Unit) -> model.Status:
    if unit.failure is None:
        return unit.status
    return model.Status(status="error", message=f'hook failed: "{unit.failure.hook}"')


def _status(status: model.Status) -> dict[str, str]:
    return {
        "current": status.status,
        "message": status.message,
        "since": status.since.isoformat(timespec="seconds"),
    }


def _relation(relation: model.Relation) -> dict[str, Any]:
    return {
        "id": relation.id,
        "endpoint": relation.endpoint,
        "interface": relation.interface,
        "remote-application": relation.remote_app,
        "type": "peer" if relation.peer else "regular",
        "status": "dying" if relation.dying else "joined",
    }


def _secret(secret: model.Secret) -> dict[str, Any]:
    return {
        "id": secret.uri,
        "owner": secret.owner or secret.owner_kind,
        "name" if secret.owner_kind == "user" else "label": secret.label,
        "revision": secret.latest,
        "granted-to": sorted({grant.target for grant in secret.grants}),
    }
