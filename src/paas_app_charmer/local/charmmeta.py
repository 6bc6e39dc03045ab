"""What the engine must know of a charm's metadata, read from an expanded charmcraft.yaml."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

OptionType: TypeAlias = Literal["string", "int", "float", "boolean", "secret"]
Role: TypeAlias = Literal["requires", "provides", "peers"]
ROLES: tuple[Role, ...] = ("requires", "provides", "peers")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Option:
    type: OptionType
    default: str | int | float | bool | None = None
    description: str = ""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Endpoint:
    name: str
    role: Role
    interface: str
    limit: int | None = None
    optional: bool = False


@dataclasses.dataclass(frozen=True, kw_only=True)
class Action:
    description: str = ""
    params: dict[str, dict[str, Any]] = dataclasses.field(default_factory=dict[str, Any])
    """JSON schema by parameter name."""
    required: tuple[str, ...] = ()
    additional: bool = True
    """Whether parameters that `params` does not name are let through."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Charm:
    name: str = ""
    options: dict[str, Option] = dataclasses.field(default_factory=dict[str, Option])
    endpoints: dict[str, Endpoint] = dataclasses.field(default_factory=dict[str, Endpoint])
    actions: dict[str, Action] = dataclasses.field(default_factory=dict[str, Action])
    containers: tuple[str, ...] = ()
    bindings: tuple[str, ...] = ()
    resources: dict[str, str] = dataclasses.field(default_factory=dict[str, str])
    """Resource name -> its `upstream-source`, or empty text."""


def parse(charmcraft: Mapping[str, Any]) -> Charm:
    """Read the mapping; it is trusted to be well formed, as it comes out of the expansion."""
    options: dict[str, Any] = _table(_table(charmcraft, "config"), "options")
    resources = _table(charmcraft, "resources")
    return Charm(
        name=str(charmcraft.get("name", "")),
        options={name: _option(entry or {}) for name, entry in options.items()},
        endpoints={
            name: _endpoint(name, role, entry or {})
            for role in ROLES
            for name, entry in _table(charmcraft, role).items()
        },
        actions={
            name: _action(entry or {}) for name, entry in _table(charmcraft, "actions").items()
        },
        containers=tuple(_table(charmcraft, "containers")),
        bindings=tuple(_table(charmcraft, "extra-bindings")),
        resources={
            name: str(_table(resources, name).get("upstream-source", "")) for name in resources
        },
    )


def _table(mapping: Mapping[str, Any], key: str) -> dict[str, Any]:
    return dict(mapping.get(key) or {})


def _option(entry: Mapping[str, Any]) -> Option:
    return Option(
        type=entry.get("type", "string"),
        default=entry.get("default"),
        description=str(entry.get("description", "")),
    )


def _endpoint(name: str, role: Role, entry: Mapping[str, Any]) -> Endpoint:
    return Endpoint(
        name=name,
        role=role,
        interface=str(entry.get("interface", "")),
        limit=entry.get("limit"),
        optional=entry.get("optional") is True,
    )


def _action(entry: Mapping[str, Any]) -> Action:
    return Action(
        description=str(entry.get("description", "")),
        params=_table(entry, "params"),
        required=tuple(entry.get("required") or ()),
        additional=entry.get("additionalProperties") is not False,
    )
