"""Names that a framework's ecosystem has for what the contract calls otherwise.

A module that was written for no charm finds its database under ``DATABASE_URL``. Such names are
added where the author asks for them, and mean what the contract's mean.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from . import env, facts, framework


def names(
    spec: framework.FrameworkSpec[Any],
    seen: facts.Facts[Any],
    given: env.Environment,
    *,
    port: env.Variable,
) -> dict[str, env.Variable]:
    """Return the variables by these names, those apart that the contract calls so itself.

    ``given`` is all that the contract gives, and ``port`` where the application has to listen,
    of which not every application is told.
    """
    found = {"PORT": port, **dict(_of_integrations(seen))}
    key = given.get(f"{spec.prefix}SECRET_KEY")
    if key is not None:
        found["SECRET_KEY"] = key
    found.update(spec.ecosystem(given))
    return {
        name: replace(one, origin=replace(one.origin, ecosystem=True), overrides=())
        for name, one in found.items()
        if name not in given or given[name].origin != one.origin
    }


def _of_integrations(seen: facts.Facts[Any]) -> Iterable[tuple[str, env.Variable]]:
    taken: set[str] = set()
    for endpoint in seen.endpoints:
        if not endpoint.related:
            continue
        properties = endpoint.properties()
        hidden = endpoint.integration.hidden(properties)
        # A name is taken from when there is a relation on. The application must not be sent to
        # the second database while the first is about to say where it is.
        for name, alias in endpoint.integration.ecosystem.items():
            given = properties.get(alias.of)
            if given and name not in taken:
                value = alias.spelled(given)
                origin = env.Origin(kind="integration", name=endpoint.name, property=alias.of)
                secret = env.conceals(value, hidden)
                yield name, env.Variable(value=value, origin=origin, secret=secret)
        taken |= endpoint.integration.ecosystem.keys()
