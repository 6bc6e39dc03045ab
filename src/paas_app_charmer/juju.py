"""Juju's side of the facts: options, secrets, peers, and where this unit is."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from typing import Any

import ops

from . import documents, options

logger = logging.getLogger(__name__)

_PROXIES = ("http", "https", "no")
_MIGRATED = "migrated"


def declared_options(charm: ops.CharmBase) -> dict[str, options.Declared]:
    """Return every option that the charm's metadata declares, with its present value."""
    required = _required_options(charm)
    found: dict[str, options.Declared] = {}
    for name, meta in charm.meta.config.items():
        value, problem = _value(charm, name, meta.type)
        found[name] = options.Declared(
            name=name, type=meta.type, required=name in required, value=value, problem=problem
        )
    return found


def secret_content(model: ops.Model, secret_id: str) -> Mapping[str, str] | None:
    """Return the latest content of a secret, None if this application may not read it."""
    if not secret_id:
        return None
    try:
        return model.get_secret(id=secret_id).get_content(refresh=True)
    except (ops.SecretNotFoundError, ops.ModelError):
        return None


def unit_number(name: str) -> int:
    """Return the 3 of ``app/3``."""
    return int(name.rpartition("/")[2])


def container_name(charm: ops.CharmBase) -> str:
    """Return the workload container, whose name differs between generations of charms."""
    return next(iter(charm.meta.containers), "app")


def peer_relation(charm: ops.CharmBase) -> ops.Relation | None:
    """Return the peer relation, whatever the charm calls its endpoint."""
    for endpoint in charm.meta.peers:
        relation = charm.model.get_relation(endpoint)
        if relation is not None:
            return relation
    return None


def peers(charm: ops.CharmBase) -> tuple[int, ...] | None:
    """Return the numbers of the other units, None before the peer relation is there."""
    relation = peer_relation(charm)
    if relation is None:
        return None
    others = {unit.name for unit in relation.units if unit.app is charm.app}
    return tuple(sorted(unit_number(name) for name in others - {charm.unit.name}))


def is_leaving(unit: ops.Unit) -> bool:
    """Return whether this hook takes the unit out of a relation because the unit goes."""
    return os.environ.get("JUJU_DEPARTING_UNIT") == unit.name


def migrated(charm: ops.CharmBase) -> str:
    """Return the fingerprint of the migration that a leader has told the units, if any."""
    relation = peer_relation(charm)
    return relation.data[charm.app].get(_MIGRATED, "") if relation is not None else ""


def tell_migrated(charm: ops.CharmBase, fingerprint: str) -> None:
    """Tell all units which migration has run. Only for the leader."""
    relation = peer_relation(charm)
    if relation is not None:
        relation.data[charm.app][_MIGRATED] = fingerprint


def proxy() -> dict[str, str]:
    """Return the model's proxy settings by variable name."""
    values = {kind: os.environ.get(f"JUJU_CHARM_{kind.upper()}_PROXY") for kind in _PROXIES}
    return {f"{kind}_proxy": value for kind, value in values.items() if value}


def address(charm: ops.CharmBase) -> str:
    """Return this unit's IP address, empty while it has none."""
    try:
        binding = charm.model.get_binding(next(iter(charm.meta.peers), "juju-info"))
        return str(binding.network.bind_address or "")
    except (ops.ModelError, ops.RelationNotFoundError):
        return ""


def status(entity: ops.Unit | ops.Application) -> ops.StatusBase | None:
    """Return the status that Juju shows, None if it shows none of ours."""
    try:
        return entity.status
    except (KeyError, ops.ModelError):
        return None  # an application that never had one has a status that ops does not know


def topology(charm: ops.CharmBase) -> dict[str, str]:
    """Return the labels that tell this unit's telemetry from all other's."""
    return {
        "juju_model": charm.model.name,
        "juju_model_uuid": charm.model.uuid,
        "juju_application": charm.app.name,
        "juju_unit": charm.unit.name,
    }


def _required_options(charm: ops.CharmBase) -> frozenset[str]:
    # ops keeps neither spelling of the key, so the file is read once more.
    declared: Mapping[str, Any] = {}
    try:
        declared = documents.mapping(documents.read(charm.charm_dir / "config.yaml"))
        if not declared:
            project = documents.mapping(documents.read(charm.charm_dir / "charmcraft.yaml"))
            declared = documents.mapping(project.get("config"))
    except (OSError, documents.Error):
        logger.warning("cannot read which options are required")
    found = documents.mapping(declared.get("options"))
    return frozenset(name for name, raw in found.items() if options.required(raw))


def _value(charm: ops.CharmBase, name: str, kind: str) -> tuple[options.Value | None, str]:
    value = charm.config.get(name)
    if value is None or kind != "secret":
        return value, ""
    content = secret_content(charm.model, str(value))
    if content is None:
        command = f"juju grant-secret <secret> {charm.app.name}"
        return None, f"the secret is missing or not granted; run: {command}"
    return content, ""
