"""Databags: what the other side says, and what this side has to say, for every integration."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import ops
import pydantic

from . import errors, facts, integration, juju, options

logger = logging.getLogger(__name__)

Declared = Mapping[str, integration.Integration[Any]]
"""The integrations of a charm by endpoint, in the order of its metadata."""


def declared(charm: ops.CharmBase, own: Iterable[integration.Integration[Any]]) -> Declared:
    """Return the charm's endpoints whose interface is known, ``own`` ones before the library's."""
    known = {one.interface: one for one in own}
    endpoints = {**charm.meta.requires, **charm.meta.provides}
    found = {
        name: known.get(meta.interface_name or "") or integration.find(meta.interface_name or "")
        for name, meta in endpoints.items()
    }
    return {name: one for name, one in found.items() if one is not None}


def observe(charm: ops.CharmBase, endpoints: Declared) -> tuple[facts.Endpoint, ...]:
    """Return what every endpoint gives. Bad data become a value, never an exception."""
    return tuple(_observe(charm, name, one) for name, one in endpoints.items())


def publish(charm: ops.CharmBase, endpoints: Declared, site: integration.Site) -> None:
    """Write what the other sides need to know, where it is not there already."""
    for name, one in endpoints.items():
        relations = _relations(charm, name)
        if not relations:
            continue
        try:
            _publish(charm, relations, one.request(site))
        except errors.PaasError as error:
            logger.error("nothing published on %s: %s", name, error)  # noqa: TRY400 - as short


def _publish(
    charm: ops.CharmBase, relations: Sequence[ops.Relation], bag: integration.Databag
) -> None:
    for relation in relations:
        _write(relation, charm.unit, bag.unit)
    if charm.unit.is_leader():
        app = {k: v if isinstance(v, str) else v() for k, v in bag.app.items()}
        for relation in relations:
            _write(relation, charm.app, app)


def _relations(charm: ops.CharmBase, endpoint: str) -> list[ops.Relation]:
    return sorted(charm.model.relations[endpoint], key=lambda relation: relation.id)


def _write(
    relation: ops.Relation, entity: ops.Unit | ops.Application, wanted: Mapping[str, str]
) -> None:
    if not wanted:
        return
    try:
        present = relation.data[entity]
        changed = {k: v for k, v in wanted.items() if present.get(k, "") != v}
        if changed:
            present.update(changed)
    except ops.ModelError as error:
        logger.error("cannot write to relation %s: %s", relation.name, error)  # noqa: TRY400


def _observe(charm: ops.CharmBase, name: str, one: integration.Integration[Any]) -> facts.Endpoint:
    relations = _relations(charm, name)
    required = name in charm.meta.requires and not charm.meta.requires[name].optional
    read = [_read(charm, relation, one) for relation in relations]
    data, *others = [data for data, _ in read if data is not None] or [None]
    return facts.Endpoint(
        name=name,
        integration=one,
        required=required and one.essential,
        related=bool(relations),
        data=data,
        others=tuple(filter(None, others)),
        problem=next((problem for _, problem in read if problem), ""),
    )


def _read(
    charm: ops.CharmBase, relation: ops.Relation, one: integration.Integration[Any]
) -> tuple[pydantic.BaseModel | None, str]:
    units = sorted(relation.units, key=lambda unit: juju.unit_number(unit.name))
    try:
        remote = integration.RemoteData(
            app=relation.data[relation.app],
            units={unit.name: relation.data[unit] for unit in units},
            secret=lambda secret_id: _secret(charm, secret_id),
        )
        return one.read(remote), ""
    except pydantic.ValidationError as error:
        return None, "; ".join(
            f"{problem.name}: {problem.reason}" for problem in options.problems_of(error)
        )
    except errors.RelationDataError as error:
        return None, str(error)
    except ops.ModelError as error:
        logger.warning("cannot read relation %s: %s", relation.name, error)
        return None, ""


def _secret(charm: ops.CharmBase, secret_id: str) -> Mapping[str, str]:
    content = juju.secret_content(charm.model, secret_id)
    if content is None:
        raise errors.RelationDataError("its secret is missing or not granted to this application")
    return content
