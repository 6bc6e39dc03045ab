"""What an application finds in its environment."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from paas_app_charmer import env, environment, framework

from .. import found, variables
from ..markdown import Page, code, codes, table
from . import ecosystem

_ALWAYS = """\
These are there in every unit, shown for an application `my-app` in the model `my-model`. The
options that give more are in [Options](options.md)."""

_MORE = """\
Those are in [Integrations](integrations.md), with their meaning and their rules."""

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
            f"## From integrations\n\n{_MORE}",
            *ecosystem.sections(specs),
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
    return f"Here `<PREFIX>` is the framework's: {prefixes}.\n\n{told}"


def _value(variable: env.Variable) -> str:
    return code(variable.value.strip()) or "empty"
