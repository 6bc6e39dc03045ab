"""A charm's metadata, derived from the models that its run time uses."""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping
from typing import Any

from . import framework, integration, options

_JUJU_TYPES: Mapping[type, str] = {bool: "boolean", int: "int", float: "float", str: "string"}

_ROTATION = (
    "Make a new secret key for the application. Sessions signed with the old one end, "
    "so users have to log in again."
)


def derive(spec: framework.FrameworkSpec[Any], *, first_generation: bool) -> dict[str, Any]:
    """Return what the framework's extension contributes to a charm's metadata."""
    container = spec.container(first_generation=first_generation)
    peers = "secret-storage" if first_generation else "peers"
    return {
        "assumes": ["k8s-api"],
        "containers": {container: {"resource": f"{container}-image"}},
        "resources": {
            f"{container}-image": {
                "type": "oci-image",
                "description": f"Image of the {spec.name} application.",
            }
        },
        "peers": {peers: {"interface": peers}},
        "requires": {
            "logging": {"interface": "loki_push_api"},
            "ingress": {"interface": "ingress", "limit": 1},
        },
        "provides": {
            "metrics-endpoint": {"interface": "prometheus_scrape"},
            "grafana-dashboard": {"interface": "grafana_dashboard"},
        },
        "actions": _actions(spec),
        "config": {"options": _options(spec, first_generation=first_generation)},
    }


def dynamic_options(spec: framework.FrameworkSpec[Any]) -> dict[str, dict[str, Any]]:
    """Return the options that come with each endpoint of an interface, by interface.

    `{endpoint}` stands for its name in the names of options, in defaults and in descriptions.
    """
    found = {one.interface: _endpoint_options(spec.adapted(one)) for one in integration.every()}
    return {interface: declared for interface, declared in found.items() if declared}


def _endpoint_options(one: integration.Integration[Any]) -> dict[str, dict[str, str]]:
    return {
        f"{{endpoint}}-{name}": {
            "type": "string",
            "description": option.description,
            "default": option.default,
        }
        for name, option in one.options.items()
    }


def _actions(spec: framework.FrameworkSpec[Any]) -> dict[str, Any]:
    actions: dict[str, Any] = {"rotate-secret-key": {"description": _ROTATION}}
    for action in spec.actions:
        actions[action.name] = {
            "description": action.description,
            "params": {
                parameter.name: {"type": "string", "description": parameter.description}
                for parameter in action.parameters
            },
            "required": [parameter.name for parameter in action.parameters],
        }
    return actions


def _options(spec: framework.FrameworkSpec[Any], *, first_generation: bool) -> dict[str, Any]:
    declared: dict[str, Any] = {}
    model: type[options.Options] = spec.options
    for name, field in model.model_fields.items():
        shown = options.shown(field)
        if not (shown.first if first_generation else shown.second):
            continue
        option: dict[str, Any] = {
            "type": _juju_type(field.annotation),
            "description": field.description or "",
        }
        if shown.default is not None:
            option["default"] = shown.default
        declared[field.alias or name.replace("_", "-")] = option
    declared |= _secret_key_options(spec, first_generation=first_generation)
    return dict(sorted(declared.items()))


def _secret_key_options(
    spec: framework.FrameworkSpec[Any], *, first_generation: bool
) -> dict[str, Any]:
    holds = (
        "A Juju user secret, granted to this application, whose one key 'value' holds the key "
        "that the application signs sessions with. Without it the charm makes one."
    )
    if not first_generation:
        return {"app-secret-key": {"type": "secret", "description": holds}}
    option = f"{spec.name if spec.own_names else 'app'}-secret-key"
    text = (
        "The key that the application signs sessions with. Everybody who may see options can "
        f"read it here; {option}-id hides it."
    )
    return {
        option: {"type": "string", "description": text},
        f"{option}-id": {"type": "secret", "description": holds},
    }


def _juju_type(annotation: Any) -> str:
    """Return the Juju type of ``int | None``, ``Annotated[str, ...] | None`` and the like."""
    origin = typing.get_origin(annotation)
    if origin is typing.Annotated:
        return _juju_type(typing.get_args(annotation)[0])
    if origin in {typing.Union, types.UnionType}:
        return next(
            _juju_type(one) for one in typing.get_args(annotation) if one is not type(None)
        )
    return _JUJU_TYPES[annotation]
