"""action-get, action-set, action-fail, action-log."""

from __future__ import annotations

import re
from typing import Any

from paas_app_charmer.local import context, narrow

from .base import Call, ToolError, key_values, tool

_KEY = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?", re.ASCII)
_DEFAULT_FAILURE = "action failed without reason given, check action for errors"


@tool("action-get", prints="smart", args=1)
def action_get(call: Call) -> Any:
    value: Any = dict(_action(call).params)
    for part in (call.argument(0) or "").split("."):
        if part:
            value = value.get(part) if narrow.is_mapping(value) else None
    return value


@tool("action-set", args=None)
def action_set(call: Call) -> None:
    """Set results; `a.b=1` nests."""
    action = _action(call)
    for path, value in key_values(call.args).items():
        *parents, last = path.split(".")
        for part in (*parents, last):
            if not _KEY.fullmatch(part):
                raise ToolError(
                    f'key "{part}" must start and end with lowercase alphanumeric, '
                    "and contain only lowercase alphanumeric and hyphens",
                    code=2,
                )
        level: dict[str, Any] = action.results
        for part in parents:
            if not isinstance(level.get(part), dict):
                level[part] = {}
            level = level[part]
        level[last] = value


@tool("action-fail", args=1)
def action_fail(call: Call) -> None:
    action = _action(call)
    action.failed = True
    action.message = call.argument(0) or _DEFAULT_FAILURE


@tool("action-log", args=None)
def action_log(call: Call) -> None:
    if not call.args:
        raise ToolError("no message specified", code=2)
    action = _action(call)
    message = " ".join(call.args)
    action.log.append(message)
    call.context.log("INFO", message)


def _action(call: Call) -> context.ActionRun:
    if call.context.action is None:
        raise ToolError("not running an action")
    return call.context.action
