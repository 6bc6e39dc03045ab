"""The variables that the application gets, each with where it comes from."""

from __future__ import annotations

import dataclasses
import typing

if typing.TYPE_CHECKING:
    from collections.abc import Mapping

MASK = "********"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Variable:
    """One row of `paas-app-charmer env`."""

    name: str
    value: str
    """The value, or MASK."""
    source: str
    """What gave it, in the charm's words; empty when the charm did not say."""


def variables(
    environment: Mapping[str, str], release: Mapping[str, typing.Any], *, reveal: bool
) -> list[Variable]:
    """Join the environment of the Pebble plan with what the charm noted about it.

    `release` is the charm's state file, with `sources` and `secrets`. Where it says nothing about
    a variable, the variable counts as a secret.
    """
    sources = release.get("sources", {})
    secrets = release.get("secrets", ())
    return [
        Variable(
            name=name,
            value=value if reveal or (name in sources and name not in secrets) else MASK,
            source=sources.get(name, ""),
        )
        for name, value in sorted(environment.items())
    ]
