"""A dialect as a table: the names that a framework has, and what stands under each."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from . import env

Make = Callable[[env.Given, str | None], str | None]
"""Makes a value of what is given and of one property of that, None where there is none."""
Rule = str | tuple[str, Make]
"""The property that is the value; or the one that the value is made of, if any, and how."""
_ENDPOINT = "{endpoint}"


def always(value: str) -> Make:
    """Say the same whatever the property is."""
    return lambda _given, _property: value


def when(meant: str | None, then: str, otherwise: str | None = None) -> Make:
    """Say it in other words where the property is what is meant."""
    return lambda _given, value: then if value == meant else otherwise


def unless(other: str) -> Make:
    """Say it where there is no such other property."""
    return lambda given, value: None if other in given.properties else value


def option(name: str) -> Make:
    """Say what the operator chose for the endpoint."""
    return lambda given, _property: given.options.get(name)


def where_given(then: str) -> Make:
    """Say it where there is the property."""
    return lambda _given, value: None if value is None else then


def named(given: env.Given, rules: Mapping[str, Rule]) -> dict[str, env.Named]:
    """Return what there is to be named, ``{endpoint}`` in a name being the endpoint's own.

    A name without it stands for one service, so only the main endpoint of the interface has it.
    """
    found: dict[str, env.Named] = {}
    for name, rule in rules.items():
        if _ENDPOINT in name or given.is_main:
            key, make = (rule, None) if isinstance(rule, str) else rule
            value = given.properties.get(key)
            said = value if make is None else make(given, value)
            if said is not None:
                found[name.replace(_ENDPOINT, given.endpoint)] = env.Named(
                    property=key, value=said
                )
    return found


def is_shared(rules: Mapping[str, Rule]) -> bool:
    """Return whether the endpoints of an interface are after the same names."""
    return not any(_ENDPOINT in name for name in rules)
