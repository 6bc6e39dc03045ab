"""What an application finds in its environment."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from paas_app_charmer import env, environment, framework, integration

from .. import found, variables
from ..markdown import Page, code, codes, table

_ALWAYS = """\
These are there in every unit, shown for an application `my-app` in the model `my-model`. The
options that give more are in [Options](options.md)."""

_NAMES = """\
An endpoint gives its variables as soon as its provider has published what is needed. What the
provider leaves out has no variable. The names hold for an endpoint that has its usual name. An
endpoint of another name is its own prefix, so that one interface may be had twice: with an
endpoint `{other}` for `{interface}` the first variable is `{variable}`.

`CONNECT_STRING` is a whole URL. `SCHEME`, `NETLOC`, `PATH`, `PARAMS`, `QUERY`, `FRAGMENT`,
`USERNAME`, `PASSWORD`, `HOSTNAME` and `PORT` are its parts, as Python's `urllib.parse` names them;
where it has several hosts, the first. `NAME` is its path without the slash.

What is marked as secret is hidden by `paas-app-charmer env` and left out of logs and statuses."""

Specs = Mapping[str, framework.FrameworkSpec[Any]]


def page() -> Page:
    """Return the page."""
    specs = found.specs()
    return Page(
        name="variables",
        title="Environment variables",
        about="What an application finds in its environment, in every process of the rock and in "
        "its migration.",
        sections=(
            f"## Always\n\n{_ALWAYS}",
            *(_always(module, spec) for module, spec in specs.items()),
            f"## With more units, and behind a proxy\n\n{_sometimes(specs)}",
            f"## From integrations\n\n{_names(specs)}",
            *(_integration(one, specs) for one in found.integrations().values()),
        ),
    )


def _always(module: str, spec: framework.FrameworkSpec[Any]) -> str:
    first = environment.build(spec, variables.alone(spec, f"{spec.name}-app"))
    second = environment.build(spec, variables.alone(spec))
    rows = [
        (
            code(name),
            _value(variable),
            variable.source,
            found.bases(module, first=name in first, second=name in second),
        )
        for name, variable in sorted({**first, **second}.items())
    ]
    columns = ("Variable", "Example", "From", "Bases")
    return f"### {found.suite(module).title}\n\n{table(columns, rows)}"


def _sometimes(specs: Specs) -> str:
    spec = next(iter(specs.values()))
    alone = variables.alone(spec)
    proxy = {"http_proxy": "http://proxy:3128", "no_proxy": "localhost"}
    always = environment.build(spec, alone)
    more = environment.build(spec, dataclasses.replace(alone, peers=(1, 2), proxy=proxy))
    rows = [
        (code(variables.spelled(spec, name)), _value(variable), variable.source)
        for name, variable in more.items()
        if name not in always
    ]
    prefixes = codes(one.prefix for one in specs.values())
    told = table(("Variable", "Example", "From"), rows)
    return f"Here and below `<PREFIX>` is the framework's: {prefixes}.\n\n{told}"


def _names(specs: Specs) -> str:
    one = next(one for one in found.integrations().values() if one.category == "database")
    other = "orders-db"
    given = variables.of_integration(next(iter(specs.values())), one, other)
    return _NAMES.format(other=other, interface=one.interface, variable=next(iter(given)))


def _integration(one: integration.Integration[Any], specs: Specs) -> str:
    """Return one table for all frameworks that name things alike."""
    tables: dict[str, list[str]] = {}
    for module, spec in specs.items():
        rows = [
            (
                code(variables.spelled(spec, name)),
                _value(variable),
                "yes" if variable.secret else "",
            )
            for name, variable in variables.of_integration(spec, one).items()
        ]
        text = table(("Variable", "Example", "Secret"), rows) if rows else "Gives none."
        tables.setdefault(text, []).append(found.suite(module).title)
    told = [
        text if len(tables) == 1 else f"{', '.join(titles)}:\n\n{text}"
        for text, titles in tables.items()
    ]
    return "\n\n".join((f"### `{one.interface}`", f"{found.about(one)}.", *told))


def _value(variable: env.Variable) -> str:
    return code(variable.value.strip()) or "empty"
