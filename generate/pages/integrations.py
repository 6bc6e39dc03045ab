"""What a charm can be integrated with, and what comes of it, interface by interface."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from paas_app_charmer import env, framework, integration
from paas_app_charmer.local import explanation

from .. import found, properties, published, spoken, variables
from ..markdown import Page, code, codes, table
from . import endpoints, statuses

_SHORT = 60
"""Characters of an example that a line of text bears."""

_VARIABLES = """\
An endpoint gives its variables as soon as its provider has published what is needed. What the
provider leaves out has no variable. `<PREFIX>` is the framework's: {prefixes}. An endpoint
that is not called as usual has its own name in front, so one interface may be had twice.

Spring Boot has names of its own, which mean one service. Of several endpoints of an interface the
one that is called as usual has them, or else the first with a relation; an endpoint that is not
called as usual always has the names with its own in front too. Of PostgreSQL and MySQL, the later
in the metadata has `spring.datasource.*`. No shell can read a name with dots. `bash` passes it on
to what it starts, but `dash`, the `sh` of Ubuntu, does not.

What is marked as secret is hidden by `paas-app-charmer env` and left out of logs and statuses.
`paas-app-charmer env --explain` tells the rule, and what takes a variable away, for an application
that runs."""

Specs = Mapping[str, framework.FrameworkSpec[Any]]
Integration = integration.Integration[Any]


def page() -> Page:
    """Return the page."""
    specs = found.specs()
    said = published.of_every_endpoint()
    prefixes = codes(dict.fromkeys(spec.prefix for spec in specs.values()))
    return Page(
        name="integrations",
        title="Integrations",
        about="What a charm can be integrated with, what it says to the other side, the variables "
        "that come of it, and what the status tells. An interface of your own, and other "
        "libraries, are in [the guide](../integrations.md).",
        sections=(
            *endpoints.sections(),
            f"## Variables\n\n{_VARIABLES.format(prefixes=prefixes)}",
            f"## Statuses\n\n{statuses.section()}",
            "## One by one",
            *(_section(one, specs, said[one.interface]) for one in found.integrations().values()),
        ),
    )


def _section(one: Integration, specs: Specs, said: published.Published) -> str:
    facts = "\n".join(f"* {fact}" for fact in _facts(one, specs, said))
    return "\n\n".join(
        (f"### `{one.interface}`", f"{found.about(one)}.", facts, *_variables(one, specs))
    )


def _facts(one: Integration, specs: Specs, said: published.Published) -> Iterator[str]:
    usual = f"{code(one.endpoint)}, under {code(found.role(one.interface))}"
    yield f"Endpoint: {usual}{_superseded(one)}"
    yield f"Relations: {_relations(one)}"
    yield f"Spoken {_spoken(one)}"
    for who, bag in (("The leader", said.app), ("Each unit", said.unit)):
        if bag:
            yield f"{who} publishes {', '.join(_pair(*pair) for pair in bag.items())}"
    if not (said.app or said.unit):
        yield "Nothing is published"
    holds = "unless it is optional" if one.essential else "never"
    yield f"Holds the application back: {holds}"
    if one.migrates:
        yield "The migration runs again when its variables change"
    for told, error in (("Has to be done first", "NeedError"), ("Refused", "RelationDataError")):
        reasons = spoken.refusals(one, error)
        if reasons:
            yield f"{told}: {codes(reasons)}"
    if one.options:
        names = codes(f"<endpoint>-{name}" for name in one.options)
        yield f"Brings the [options](options.md) {names}"
    for module, spec in specs.items():
        more = codes(f"<endpoint>-{n}" for n in spec.adapted(one).options if n not in one.options)
        if more:
            yield f"Of {found.suite(module).title} applications, also {more}"
    yield from _rules(one, specs)


def _superseded(one: Integration) -> str:
    if not one.superseded:
        return ""
    others = [other for other in found.integrations().values() if other.category == one.category]
    instead = codes(other.interface for other in others if not other.superseded)
    return f". New projects take {instead}"


def _relations(one: Integration) -> str:
    if one.single:
        return "one; a second is refused"
    if one.log_targets is not None:
        return "any number, and all are used"
    if not variables.of_integration(next(iter(found.specs().values())), one):
        return "any number, and all are told the same"
    return "any number; the first that gives data counts"


def _spoken(one: Integration) -> str:
    names = [
        f"by {code(library.module)} from {code(library.package)}, imported where it is related"
        for library in spoken.libraries(one)
    ]
    told = ", ".join(names) or "directly"
    if one.interface in spoken.FETCHED:
        return f"{told}, or by [a library that charms fetch](../integrations.md)"
    return told


def _pair(key: str, value: str) -> str:
    return code(f"{key}={value}" if len(value) <= _SHORT else key)


def _rules(one: Integration, specs: Specs) -> Iterator[str]:
    """Yield how names come about, by the usual name of the endpoint and by another one."""
    other = f"my-{one.endpoint}"
    for name, told in (
        (one.endpoint, "Rule"),
        (other, f"Rule of another endpoint, {code(other)}"),
    ):
        rules = dict.fromkeys(
            _marked(explanation.rule(variables.spelled(spec, variable), given.origin))
            for spec in specs.values()
            # A framework with names of its own has no rule but its table below.
            if spec.dialect is env.mechanical
            for variable, given in variables.of_integration(spec, one, name).items()
            if name == one.endpoint or given.origin.kind == "integration"
        )
        if rules:
            yield f"{told}: {'; '.join(rules)}"


def _marked(rule: str) -> str:
    """Mark what would otherwise be read as HTML."""
    return re.sub(r"\S*<\w+>\S*?(?=,|$)", lambda match: code(match[0]), rule)


def _variables(one: Integration, specs: Specs) -> list[str]:
    """Return one table for all frameworks that name things alike."""
    tables: dict[str, list[str]] = {}
    named = {module: variables.of_integration(spec, one) for module, spec in specs.items()}
    used = {variable.origin.property for given in named.values() for variable in given.values()}
    meanings = properties.meanings(one, frozenset(used - {""}))
    for module, spec in specs.items():
        given = named[module]
        rows = [
            _row(variables.spelled(spec, name), variable, meanings)
            for name, variable in given.items()
        ]
        columns = ("Variable", "Property", "Meaning", "Example", "Secret")
        text = table(columns, rows) if rows else "Gives no variables."
        tables.setdefault(text, []).append(found.suite(module).title)
    return [
        text if len(tables) == 1 else f"{', '.join(titles)}:\n\n{text}"
        for text, titles in tables.items()
    ]


def _row(name: str, variable: env.Variable, meanings: Mapping[str, str]) -> tuple[str, ...]:
    of = variable.origin.property
    example = code(variable.value.strip()) or "empty"
    hidden = "yes" if variable.secret else ""
    return (code(name), code(of), meanings.get(of, ""), example, hidden)
