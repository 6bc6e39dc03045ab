"""Config options and action parameters that the user gives, checked as Juju does."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import yaml

from . import api, charmmeta, model, secretstate


def config_values(state: model.Model, values: Mapping[str, Any]) -> dict[str, model.ConfigValue]:
    """Return the values in their options' types; refuse unknown options and what does not fit."""
    found: dict[str, model.ConfigValue] = {}
    for name, value in values.items():
        option = known_option(state, name)
        found[name] = _typed(name, option.type, value)
        if option.type == "secret" and found[name]:
            _check_secret(state, name, str(found[name]))
    return found


def known_option(state: model.Model, name: str) -> charmmeta.Option:
    try:
        return state.charm.options[name]
    except KeyError:
        known = ", ".join(sorted(state.charm.options)) or "none"
        raise api.EngineError(f'unknown option "{name}"; the charm has: {known}') from None


def action_params(charm: charmmeta.Charm, name: str, params: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters with defaults filled in and text converted to the schema's type."""
    action = charm.actions.get(name)
    if action is None:
        known = ", ".join(sorted(charm.actions)) or "none"
        raise api.EngineError(f'action "{name}" is not defined; the charm has: {known}')
    unknown = params.keys() - action.params.keys()
    if unknown and not action.additional:
        raise api.EngineError(f'action "{name}" has no parameter "{min(unknown)}"')
    found = {
        key: schema["default"] for key, schema in action.params.items() if "default" in schema
    }
    for key, value in params.items():
        found[key] = _parameter(key, action.params.get(key, {}).get("type", ""), value)
    for key in action.required:
        if key not in found:
            raise api.EngineError(f'action "{name}" needs the parameter "{key}"')
    return found


def _typed(name: str, kind: charmmeta.OptionType, value: Any) -> model.ConfigValue:
    refusal = api.EngineError(
        f'option "{name}" expected {kind}, got {json.dumps(value, default=str)}'
    )
    text = str(value).lower() if isinstance(value, bool) else value
    if kind in ("string", "secret"):
        if isinstance(value, str):
            return value
        raise refusal
    try:
        if kind == "boolean":
            return {"true": True, "false": False}[str(text).lower()]
        return int(str(text)) if kind == "int" else float(str(text))
    except (KeyError, TypeError, ValueError):
        raise refusal from None


def _check_secret(state: model.Model, name: str, uri: str) -> None:
    known = secretstate.identifier(uri) in state.secrets
    if not uri.startswith("secret:") or not known:
        raise api.EngineError(
            f'option "{name}" wants the id of a secret (secret:...), and "{uri}" is none; '
            "add one and grant it first"
        )


def _parameter(key: str, kind: str, value: Any) -> Any:
    if kind == "string":
        return value if isinstance(value, str) else json.dumps(value)
    parsed = yaml.safe_load(value) if isinstance(value, str) else value
    expected: dict[str, tuple[type, ...]] = {
        "integer": (int,),
        "number": (int, float),
        "boolean": (bool,),
        "array": (list,),
        "object": (dict,),
    }
    types = expected.get(kind, (object,))
    mistaken = isinstance(parsed, bool) and kind in ("integer", "number")
    if not isinstance(parsed, types) or mistaken:
        raise api.EngineError(f'parameter "{key}" expected {kind}, got {json.dumps(value)}')
    return parsed
