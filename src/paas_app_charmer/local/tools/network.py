"""open-port, close-port, opened-ports, network-get, unit-get."""

from __future__ import annotations

import re
from typing import Any

from paas_app_charmer.local import model

from .base import Call, ToolError, tool
from .relations import relation_of

_PORT = re.compile(r"(\d+)(?:-(\d+))?(?:/(tcp|udp))?", re.ASCII)
_HIGHEST = 65535
_ALL = "*"


@tool("open-port", "endpoints=", "format=", args=1)
def open_port(call: Call) -> None:
    port, endpoints = _port(call), _endpoints(call)
    unit = call.context.unit_name

    def change(state: model.Model) -> None:
        known = state.units[unit].ports.setdefault(port, [])
        known.extend(name for name in endpoints if name not in known)

    call.context.write(change)


@tool("close-port", "endpoints=", "format=", args=1)
def close_port(call: Call) -> None:
    port, endpoints = _port(call), _endpoints(call)
    unit = call.context.unit_name

    def change(state: model.Model) -> None:
        ports = state.units[unit].ports
        left = [name for name in ports.get(port, []) if name not in endpoints]
        if left and endpoints != [_ALL]:
            ports[port] = left
        else:
            ports.pop(port, None)

    call.context.write(change)


@tool("opened-ports", "endpoints", prints="smart")
def opened_ports(call: Call) -> list[str]:
    ports = sorted(call.context.unit.ports.items(), key=lambda item: _order(item[0]))
    if call.switch("endpoints"):
        return [f"{port} ({', '.join(names)})" for port, names in ports]
    return [port for port, _ in ports]


@tool(
    "network-get",
    "relation|r=",
    "bind-address",
    "ingress-address",
    "egress-subnets",
    "primary-address",
    prints="smart",
    args=1,
)
def network_get(call: Call) -> Any:
    binding = call.argument(0)
    if not binding:
        raise ToolError("no arguments specified", code=2)
    if call.text("relation") is not None:
        relation_of(call)
    charm = call.context.view.charm
    if binding not in (*charm.endpoints, *charm.bindings, "juju-info"):
        raise ToolError(f'no network config found for binding "{binding}"')
    address = call.context.unit.address
    if call.switch("primary-address"):
        return address
    asked = {
        "bind-address": address,
        "ingress-address": address,
        "egress-subnets": [f"{address}/32"],
    }
    keys = [key for key in asked if call.switch(key)]
    if len(keys) == 1:
        return asked[keys[0]]
    if keys:
        return {key: asked[key] for key in keys}
    found = {"hostname": "", "value": address, "cidr": ""}
    return {
        "bind-addresses": [{"mac-address": "", "interface-name": "", "addresses": [found]}],
        "egress-subnets": asked["egress-subnets"],
        "ingress-addresses": [address],
    }


@tool("unit-get", prints="smart", args=1)
def unit_get(call: Call) -> str:
    setting = call.argument(0)
    if setting not in ("private-address", "public-address"):
        raise ToolError(f'unknown setting "{setting}"')
    return call.context.unit.address


def _endpoints(call: Call) -> list[str]:
    names = [name.strip() for name in (call.text("endpoints") or _ALL).split(",")]
    for name in names:
        if name != _ALL and name not in call.context.view.charm.endpoints:
            raise ToolError(f'endpoint "{name}" not found')
    return names


def _port(call: Call) -> str:
    text = call.argument(0)
    if text is None:
        raise ToolError("no port or range specified", code=2)
    if text.lower() == "icmp":
        return "icmp"
    match = _PORT.fullmatch(text.lower())
    if match is None:
        raise ToolError(f'expected <port>[/<protocol>] or <from>-<to>[/<protocol>]; got "{text}"')
    first, last = int(match[1]), int(match[2] or match[1])
    if not 1 <= first <= last <= _HIGHEST:
        raise ToolError(f"port range bounds must be between 1 and {_HIGHEST}, got {first}-{last}")
    ports = str(first) if first == last else f"{first}-{last}"
    return f"{ports}/{match[3] or 'tcp'}"


def _order(port: str) -> tuple[int, str]:
    digits = re.match(r"\d+", port)
    return (int(digits[0]) if digits else 0, port)
