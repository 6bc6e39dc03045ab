"""All endpoints at a glance: those that every charm has, and those that an author may add."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from paas_app_charmer import integration, metadata

from .. import found, variables
from ..markdown import code, codes, table

_OWN = """\
The extension declares these, so nobody writes them into `charmcraft.yaml`. Over a further one,
`secret-storage` on bases before 26.04 and `peers` since, units share the secret key that the charm
makes."""

_MORE = """\
An author adds these to `charmcraft.yaml`, as a rule under the name shown:

```yaml
requires:
  {endpoint}:
    interface: {interface}
    limit: 1
    optional: true
```

Without `optional: true` the application waits until the endpoint is integrated."""

_COLUMNS = ("Endpoint", "Interface", "Under", "Kind", "What it is", "Variables")


def sections() -> tuple[str, ...]:
    """Return both tables."""
    own = declared()
    taken = {endpoint["interface"] for endpoint in own.values()}
    known = found.integrations()
    more = [one for one in known.values() if one.interface not in taken]
    example = next(one for one in more if one.category == "database")
    text = _MORE.format(endpoint=example.endpoint, interface=example.interface)
    return (
        "## Of every charm\n\n" + _OWN,
        table(_COLUMNS, [_row(known[it["interface"]], name, it) for name, it in own.items()]),
        "## To be added\n\n" + text,
        table(_COLUMNS, [_row(one, one.endpoint, {}) for one in more]),
    )


def declared() -> Mapping[str, Mapping[str, Any]]:
    """Return the endpoints that the extension declares."""
    derived = metadata.derive(next(iter(found.specs().values())), first_generation=False)
    return {**derived["requires"], **derived["provides"]}


def _row(
    one: integration.Integration[Any], name: str, declaration: Mapping[str, Any]
) -> tuple[str, ...]:
    limit = declaration.get("limit")
    return (
        code(name) + (f", limit {limit}" if limit else ""),
        f"[{code(one.interface)}](#{one.interface})",
        code(found.role(one.interface)),
        one.category,
        found.about(one),
        _gives(one),
    )


def _gives(one: integration.Integration[Any]) -> str:
    spec = next(iter(found.specs().values()))
    names = variables.of_integration(spec, one)
    words = zip(*(name.split("_") for name in names), strict=False)
    shared = [word for word, *others in words if set(others) <= {word}]
    if len(names) > 1 and shared:
        return code(variables.spelled(spec, "_".join([*shared, "*"])))
    return codes(variables.spelled(spec, name) for name in names)
