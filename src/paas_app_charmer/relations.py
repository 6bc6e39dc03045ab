"""Databags: what the other side says, and what this side has to say, for every integration."""

from __future__ import annotations

import dataclasses
import functools
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import ops
import pydantic

from . import env, errors, facts, framework, integration, juju, libraries, options

logger = logging.getLogger(__name__)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Attached:
    """An endpoint of a charm whose interface is known."""

    integration: integration.Integration[Any]
    requirer: integration.Requirer[Any] | None = None
    """Of a library, where one owns the protocol."""


Endpoints = Mapping[str, Attached]
"""By endpoint, in the order of the charm's metadata."""


def attach(
    charm: ops.CharmBase,
    spec: framework.FrameworkSpec[Any],
    own: Iterable[integration.Integration[Any]],
) -> Endpoints:
    """Return the charm's endpoints whose interface is known, ``own`` ones before the library's.

    Those that have no relation and may do without give nothing and are left out, so that their
    integrations need not be imported. Called when the charm is made, because libraries observe
    events of their own.
    """
    known = {one.interface: one for one in own}
    endpoints = {**charm.meta.requires, **charm.meta.provides}
    attached: dict[str, Attached] = {}
    for name, meta in endpoints.items():
        related = bool(charm.model.relations[name])
        if not (related or _is_required(charm, name)):
            continue
        interface = meta.interface_name or ""
        one = known.get(interface) or integration.find(interface)
        if one is not None:
            requirer = libraries.attach(charm, name, one) if related else None
            attached[name] = Attached(integration=spec.adapted(one), requirer=requirer)
    return attached


def observe(
    charm: ops.CharmBase,
    endpoints: Endpoints,
    site: integration.Site,
    declared: Mapping[str, options.Declared],
) -> tuple[facts.Endpoint, ...]:
    """Return what every endpoint gives. Bad data become a value, never an exception.

    An ingress is read first, because others tell their neighbours the URL that it gives.
    """
    found: dict[str, facts.Endpoint] = {}
    for name in sorted(endpoints, key=lambda name: endpoints[name].integration.base_url is None):
        one = endpoints[name]
        found[name] = _observe(charm, name, one, _site_of(site, name, one, declared))
        if found[name].base_url and not site.public_url:
            site = dataclasses.replace(site, public_url=found[name].base_url)
    return tuple(found[name] for name in endpoints)


def publish(
    charm: ops.CharmBase,
    endpoints: Endpoints,
    site: integration.Site,
    declared: Mapping[str, options.Declared],
) -> None:
    """Write what the other sides need to know, where it is not there already."""
    for name, one in endpoints.items():
        relations = _relations(charm, name)
        if not relations:
            continue
        here = _site_of(site, name, one, declared)
        try:
            if one.requirer is None:
                _publish(charm, relations, one.integration.request(here))
            else:
                one.requirer.publish(here)
        except (errors.PaasError, ops.ModelError) as error:
            logger.error("nothing published on %s: %s", name, error)  # noqa: TRY400 - as short


def _site_of(
    site: integration.Site,
    name: str,
    one: Attached,
    declared: Mapping[str, options.Declared],
) -> integration.Site:
    values: dict[str, str] = {}
    for option, described in one.integration.options.items():
        found = declared.get(f"{name}-{option}")
        chosen = None if found is None else found.value
        values[option] = described.default_of(name) if chosen is None else env.text(chosen)
    return dataclasses.replace(site, endpoint=name, options=values)


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


def _is_required(charm: ops.CharmBase, endpoint: str) -> bool:
    return endpoint in charm.meta.requires and not charm.meta.requires[endpoint].optional


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


def _observe(
    charm: ops.CharmBase, name: str, one: Attached, site: integration.Site
) -> facts.Endpoint:
    relations = _relations(charm, name)
    if one.requirer is not None:
        requirer = one.requirer
        give = functools.partial(_usable, one.integration, lambda: requirer.read(site))
        read = [_understood(give, name)] if relations else []
    else:
        read = [_read(charm, relation, one.integration, site) for relation in relations]
    if one.integration.single and len(relations) > 1:
        read = [_Read(problem=f"{len(relations)} relations, and only one can be used")]
    data, *others = [one.data for one in read if one.data is not None] or [None]
    return facts.Endpoint(
        name=name,
        integration=one.integration,
        required=_is_required(charm, name) and one.integration.essential,
        related=bool(relations),
        data=data,
        others=tuple(filter(None, others)),
        problem=next((one.problem for one in read if one.problem), ""),
        need=next((one.need for one in read if one.need), ""),
        options=site.options,
    )


@dataclasses.dataclass(frozen=True, kw_only=True)
class _Read:
    """What one relation gives, or why nothing."""

    data: pydantic.BaseModel | None = None
    problem: str = ""
    need: str = ""


def _read(
    charm: ops.CharmBase,
    relation: ops.Relation,
    one: integration.Integration[Any],
    site: integration.Site,
) -> _Read:
    def read() -> pydantic.BaseModel | None:
        units = sorted(relation.units, key=lambda unit: juju.unit_number(unit.name))
        remote = integration.RemoteData(
            app=relation.data[relation.app],
            units={unit.name: relation.data[unit] for unit in units},
            secret=lambda secret_id: _secret(charm, secret_id),
            site=site,
        )
        return one.read(remote)

    return _understood(functools.partial(_usable, one, read), relation.name)


def _usable(
    one: integration.Integration[Any], read: Callable[[], pydantic.BaseModel | None]
) -> pydantic.BaseModel | None:
    """Refuse what no environment variable can hold, where its endpoint can still be told."""
    data = read()
    if data is None:
        return None
    for name, value in one.properties(data).items():
        if "\0" in value or not env.is_text(value):
            raise errors.RelationDataError(f"{name} holds a character that no variable can hold")
    return data


def _understood(read: Callable[[], pydantic.BaseModel | None], name: str) -> _Read:
    try:
        return _Read(data=read())
    except pydantic.ValidationError as error:
        return _Read(
            problem="; ".join(
                f"{problem.name}: {problem.reason}" for problem in options.problems_of(error)
            )
        )
    except UnicodeEncodeError:
        return _Read(problem="a text in it is not Unicode")
    except errors.NeedError as error:
        return _Read(need=str(error))
    except errors.RelationDataError as error:
        return _Read(problem=str(error))
    except ops.ModelError as error:
        logger.warning("cannot read relation %s: %s", name, error)
        return _Read()


def _secret(charm: ops.CharmBase, secret_id: str) -> Mapping[str, str]:
    content = juju.secret_content(charm.model, secret_id)
    if content is None:
        raise errors.RelationDataError("its secret is missing or not granted to this application")
    return content
