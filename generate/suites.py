"""What the suites know of the charm library, without importing it."""

from __future__ import annotations

import json
import pathlib
from collections.abc import Mapping
from typing import Any

from paas_app_charmer import framework, metadata

from . import found, variables


def files() -> dict[pathlib.Path, str]:
    """Return `charm.json` of every framework, and the table of all interfaces."""
    texts = {
        found.SUITES / module / "charm.json": _json(_charm(spec))
        for module, spec in found.specs().items()
    }
    return {**texts, found.SUITES / "interfaces.json": _json(_interfaces())}


def present() -> frozenset[pathlib.Path]:
    """Return the files of these names that are there."""
    return frozenset(found.SUITES.glob("*/charm.json"))


def _charm(spec: framework.FrameworkSpec[Any]) -> dict[str, Any]:
    return {
        "first": metadata.derive(spec, first_generation=True),
        "second": metadata.derive(spec, first_generation=False),
        "dynamic": metadata.dynamic_options(spec),
        "logs_as_json": spec.server.logs_as_json,
        "migrations": [name for name, _ in spec.migrations],
        "ports": {"port": spec.port, "metrics-port": spec.metrics.port},
        "port_variables": {
            "first": spec.told(first_generation=True).port,
            "second": spec.told(first_generation=False).port,
        },
    }


def _interfaces() -> dict[str, Any]:
    specs = found.specs()
    return {
        interface: {
            "endpoint": one.endpoint,
            "role": found.role(interface),
            "category": one.category,
            "superseded": one.superseded,
            "variables": {
                module: list(variables.of_integration(spec, one)) for module, spec in specs.items()
            },
        }
        for interface, one in found.integrations().items()
    }


def _json(content: Mapping[str, Any]) -> str:
    return json.dumps(content, indent=2) + "\n"
