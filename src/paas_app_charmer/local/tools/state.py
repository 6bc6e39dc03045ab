"""state-get, state-set, state-delete: the unit's own store at the controller."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .base import Call, ToolError, key_values, mapping_file, tool

if TYPE_CHECKING:
    from paas_app_charmer.local import model


@tool("state-get", "strict", prints="smart", args=1)
def state_get(call: Call) -> Any:
    stored = call.context.unit.state
    key = call.argument(0)
    if key in (None, "-"):
        return dict(stored)
    if key not in stored and call.switch("strict"):
        raise ToolError(f'"{key}" not found')
    return stored.get(key, "")


@tool("state-set", "file=", args=None)
def state_set(call: Call) -> None:
    path = call.text("file")
    changes = mapping_file(call, path) if path is not None else {}
    changes.update(key_values(call.args))
    unit = call.context.unit_name

    def change(state: model.Model) -> None:
        state.units[unit].state.update(changes)

    call.context.write(change)


@tool("state-delete", args=1)
def state_delete(call: Call) -> None:
    key = call.argument(0)
    if not key:
        raise ToolError("no key specified", code=2)
    unit, gone = call.context.unit_name, key

    def change(state: model.Model) -> None:
        state.units[unit].state.pop(gone, None)

    call.context.write(change)
