"""Tools about the unit and its application: config, status, leadership, version, log."""

from __future__ import annotations

from typing import Any

from paas_app_charmer.local import model

from .base import Call, ToolError, key_values, tool

_SETTABLE = ("maintenance", "blocked", "waiting", "active")
_NOT_LEADER = "this unit is not the leader"


@tool("config-get", "all|a", prints="smart", args=1)
def config_get(call: Call) -> Any:
    view = call.context.view
    values: dict[str, Any] = dict(view.config_of(call.context.unit))
    if key := call.argument(0):
        return values.get(key)
    if call.switch("all"):
        values = {name: values.get(name) for name in view.charm.options}
    return values


@tool("is-leader", prints="smart")
def is_leader(call: Call) -> bool:
    return call.context.is_leader


@tool("status-get", "include-data", "application", prints="smart")
def status_get(call: Call) -> Any:
    context = call.context
    if not call.switch("application"):
        return _shown(call, context.unit.status)
    if not context.is_leader:
        raise ToolError(f"finding application status: {_NOT_LEADER}")
    units = {name: _shown(call, unit.status) for name, unit in context.view.units.items()}
    return {"application-status": {**_data(context.view.status), "units": units}}


@tool("status-set", "application", args=2)
def status_set(call: Call) -> None:
    """Set a status at once: of all writes, this one outlives a hook that fails."""
    context = call.context
    name = call.argument(0)
    if name not in _SETTABLE:
        expected = " ".join(_SETTABLE)
        raise ToolError(f'invalid status "{name}", expected one of [{expected}]', code=2)
    status = model.Status(status=name, message=call.argument(1) or "")
    unit = context.unit_name
    before = context.unit.status
    if (before.status, before.message) != (status.status, status.message):
        context.log("INFO", f"{status.status}: {status.message}".rstrip(": "), source="status")
    if call.switch("application"):
        if not context.is_leader:
            raise ToolError(f"setting application status: {_NOT_LEADER}")

        def change(state: model.Model) -> None:
            state.status = _newer(state.status, status)
    else:
        context.status_set = True

        def change(state: model.Model) -> None:
            state.units[unit].status = _newer(state.units[unit].status, status)

    context.write_now(change)


@tool("application-version-set", args=1)
def application_version_set(call: Call) -> None:
    version = call.argument(0)
    if version is None:
        raise ToolError("no version specified", code=2)
    unit = call.context.unit_name
    text: str = version

    def change(state: model.Model) -> None:
        state.units[unit].workload_version = text

    call.context.write(change)


@tool("juju-log", "log-level|l=", "debug", args=None)
def juju_log(call: Call) -> None:
    if not call.args:
        raise ToolError("no message specified", code=2)
    level = "DEBUG" if call.switch("debug") else (call.text("log-level") or "INFO").upper()
    message = " ".join(call.args)
    if level in ("ERROR", "CRITICAL"):
        call.context.last_error = message
    call.context.log(level, message)


@tool("goal-state", prints="yaml")
def goal_state(call: Call) -> dict[str, Any]:
    view = call.context.view
    relations: dict[str, dict[str, Any]] = {}
    for relation in view.relations.values():
        members = relations.setdefault(relation.endpoint, {})
        since = {"status": "joined", "since": _time(call.context.unit.status)}
        if not relation.peer:
            members.update(dict.fromkeys((relation.remote_app, *relation.remote_units), since))
    units = {
        name: {
            "status": "dying" if unit.dying else unit.status.status,
            "since": _time(unit.status),
        }
        for name, unit in view.units.items()
    }
    return {"units": units, "relations": relations}


@tool("leader-get", prints="smart", args=1)
def leader_get(call: Call) -> Any:
    settings = call.context.view.leader_settings
    key = call.argument(0)
    return dict(settings) if key in (None, "-") else settings.get(key)


@tool("leader-set", args=None)
def leader_set(call: Call) -> None:
    changes = key_values(call.args)
    if not call.context.is_leader:
        raise ToolError(f"cannot write leadership settings: {_NOT_LEADER}")

    def change(state: model.Model) -> None:
        merged = {**state.leader_settings, **changes}
        merged = {key: value for key, value in merged.items() if value}
        if merged != state.leader_settings:
            state.leader_settings = merged
            state.leader_settings_version += 1

    call.context.write(change)


def _newer(old: model.Status, new: model.Status) -> model.Status:
    """Keep the old one, with its time, if it says the same."""
    same = (old.status, old.message) == (new.status, new.message)
    return old if same else new


def _shown(call: Call, status: model.Status) -> Any:
    return _data(status) if call.switch("include-data") else status.status


def _data(status: model.Status) -> dict[str, Any]:
    return {
        "message": status.message,
        "status": status.status,
        "status-data": {},
    }


def _time(status: model.Status) -> str:
    return status.since.strftime("%Y-%m-%d %H:%M:%SZ")
