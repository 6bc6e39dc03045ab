"""The variables that the application gets, each with where it comes from."""

from __future__ import annotations

import dataclasses
import typing

from paas_app_charmer import documents, env

from . import explanation

if typing.TYPE_CHECKING:
    from collections.abc import Mapping

MASK = "********"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Variable:
    """One row of `paas-app-charmer env`; what the charm did not say is empty."""

    name: str
    value: str
    """The value, or MASK."""
    source: str
    """What gave it, in the charm's words."""
    endpoint: str = ""
    interface: str = ""
    property: str = ""
    """What it is of its source: a property, a key of a secret, or the name of the option."""
    rule: str = ""
    overrides: tuple[str, ...] = ()
    """Sources that it wins over, the strongest last."""
    removed_by: str = ""
    """A command, or what else takes it away."""
    removed_by_in_juju: str = ""
    then: str = ""
    """What the same source gives after that; weaker ones are in `overrides`."""


def variables(
    environment: Mapping[str, str],
    release: Mapping[str, typing.Any],
    *,
    reveal: bool,
    deployment: explanation.Deployment,
) -> list[Variable]:
    """Join the environment of the Pebble plan with what the charm noted about it.

    `release` is the charm's state file, with `sources` and `secrets`. Where it says nothing about
    a variable, the variable counts as a secret.
    """
    sources = documents.mapping(release.get("sources"))
    secrets = release.get("secrets", ())
    rows: list[Variable] = []
    for name, value in sorted(environment.items()):
        noted = documents.mapping(sources.get(name))
        if not noted:
            rows.append(Variable(name=name, value=value if reveal else MASK, source=""))
            continue
        shown = reveal or name not in secrets
        rows.append(_explained(name, value if shown else MASK, noted, deployment))
    return rows


def _explained(
    name: str, value: str, noted: Mapping[str, typing.Any], deployment: explanation.Deployment
) -> Variable:
    origin = _origin(noted)
    overrides = [_origin(one) for one in noted.get("overrides", ())]
    removal = explanation.removal(origin, deployment)
    endpoint = origin.name if origin.kind in {"integration", "url", "proxy"} else ""
    of_option = origin.kind in {"option", "setting"}
    return Variable(
        name=name,
        value=value,
        source=str(origin),
        endpoint=endpoint,
        interface=deployment.interfaces.get(endpoint, ""),
        property=origin.name if of_option else origin.property,
        rule=explanation.rule(name, origin),
        overrides=tuple(map(str, overrides)),
        removed_by=removal.by,
        removed_by_in_juju=removal.juju,
        then=removal.then,
    )


def _origin(noted: Mapping[str, typing.Any]) -> env.Origin:
    return env.Origin(
        kind=noted.get("kind", ""),
        name=noted.get("name", ""),
        property=noted.get("property", ""),
        ecosystem=noted.get("ecosystem") is True,
    )
