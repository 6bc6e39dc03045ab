"""The names of the ecosystem, framework by framework."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

from paas_app_charmer import env, environment, framework, integration, metadata, options
from paas_app_charmer import paas_config as config

from .. import found, variables
from ..markdown import code, codes, table

_INTRO = """\
Code that was not written for a charm looks for `DATABASE_URL`, `SECRET_KEY` or `PORT`. With this
in [`paas-config.yaml`](paas-config.md) it finds them:

```yaml
environment:
  names: ecosystem
```

They are added beside the names above and those of the integrations, which stay as they are, and
have the same values but for their spelling. A variable that an option of the author's or the
contract calls so wins; one that the rock declares does not. [Decision
15](../decisions/0015-names-of-the-ecosystem-are-added.md) tells why these and no others."""

_INTEGRATIONS = """\
A name belongs to the first endpoint in `charmcraft.yaml` that has a relation, also while that has
no data yet. A second database, cache or store is found by the contract's names alone. Where the
last column is empty, the contract has the same name if the endpoint is called as usual, or none.
`DATABASE_URL` and `REDIS_URL` have one host, as few clients understand more."""

_COLUMNS = ("Variable", "Example", "From", "Stands for")

Spec = framework.FrameworkSpec[Any]
_WANTED = config.PaasConfig.model_validate({"environment": {"names": "ecosystem"}})


def sections(specs: Mapping[str, Spec]) -> Iterator[str]:
    """Yield the sections of the page of variables."""
    yield f"## By the names of the ecosystem\n\n{_INTRO}"
    for module, spec in specs.items():
        yield f"### {found.suite(module).title} by its ecosystem\n\n{_own(module, spec)}"
    yield f"### Integrations by the ecosystem\n\n{_INTEGRATIONS}"
    tables: dict[str, list[str]] = {}
    for module, spec in specs.items():
        tables.setdefault(_integrations(spec), []).append(found.suite(module).title)
    for text, titles in tables.items():
        yield text if len(tables) == 1 else f"{', '.join(titles)}:\n\n{text}"


def _own(module: str, spec: Spec) -> str:
    first, second = (_built(spec, first_generation=first) for first in (True, False))
    both = {**_added(first), **_added(second)}
    rows = [
        (
            *_row(name, one, second if name in _added(second) else first),
            found.bases(module, first=name in _added(first), second=name in _added(second)),
        )
        for name, one in sorted(both.items())
    ]
    return table((*_COLUMNS, "Bases"), rows)


def _integrations(spec: Spec) -> str:
    rows: list[tuple[str, ...]] = []
    for one in found.integrations().values():
        given = _built(spec, one)
        own = _added(_built(spec))
        names = [*one.ecosystem, *(name for name in _added(given) if name not in own)]
        rows += [
            _row(name, given[name], given, spec) for name in dict.fromkeys(names) if name in given
        ]
    return table(_COLUMNS, rows)


def _built(
    spec: Spec, one: integration.Integration[Any] | None = None, *, first_generation: bool = False
) -> env.Environment:
    alone = variables.alone(spec, spec.container(first_generation=first_generation))
    known = metadata.derive(spec, first_generation=first_generation)["config"]["options"]
    declared = {name: options.Declared(name=name, type=raw["type"]) for name, raw in known.items()}
    endpoints = () if one is None else (variables.endpoint(one),)
    return environment.build(
        spec,
        dataclasses.replace(alone, declared=declared, endpoints=endpoints, config=_WANTED),
    )


def _added(given: env.Environment) -> dict[str, env.Variable]:
    return {name: one for name, one in given.items() if one.origin.ecosystem}


def _row(
    name: str, one: env.Variable, given: env.Environment, spec: Spec | None = None
) -> tuple[str, ...]:
    origin = dataclasses.replace(one.origin, ecosystem=False)
    others = [other for other, it in given.items() if it.origin == origin and other != name]
    if spec is not None:
        others = [variables.spelled(spec, other) for other in others]
    return (code(name), code(one.value.strip()), one.source, codes(others))
