"""What there is to choose from: suites, their bases and options, and endpoints."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from . import catalogue, generated

Table = tuple[str, Sequence[str], Sequence[Sequence[str]]]
"""A title, its columns, and the rows."""


def as_json(suites: Sequence[catalogue.Suite]) -> dict[str, Any]:
    """Return all of it for a machine; options of the suites that are asked for."""
    return {
        "suites": {
            suite.name: {
                "bases": {"rock": suite.bases("rock"), "charm": suite.bases("charm")},
                "experimental": list(suite.experimental),
                "options": _options(suite) if suite in suites else {},
            }
            for suite in catalogue.SUITES.values()
        },
        "endpoints": {
            integration["endpoint"]: {"interface": interface, **integration}
            for interface, integration in generated.interfaces().items()
        },
    }


def tables(suites: Sequence[catalogue.Suite]) -> Iterator[Table]:
    """Return all of it for a person."""
    yield (
        "Profiles",
        ("Profile", "Rock bases", "Charm bases"),
        [
            (suite.name, ", ".join(suite.bases("rock")), ", ".join(suite.bases("charm")))
            for suite in catalogue.SUITES.values()
        ],
    )
    for suite in suites:
        yield (
            f"Options of {suite.name}",
            ("Option", "Type", "Default", "Bases", "Description"),
            list(_option_rows(suite)),
        )
    yield (
        "Endpoints",
        ("Endpoint", "Interface", "Role", "Declared by", "Variables"),
        list(_endpoint_rows(suites)),
    )


def _options(suite: catalogue.Suite) -> dict[str, Any]:
    """Return the options of both generations by name; each says which have it.

    One that they declare differently has the declaration of the second as `otherwise`.
    """
    first, second = (
        generated.charm(suite)[generation]["config"]["options"]
        for generation in ("first", "second")
    )
    options: dict[str, Any] = {}
    for name in sorted(first.keys() | second.keys()):
        early, late = first.get(name), second.get(name)
        if early == late:
            options[name] = {**early, "generations": ["first", "second"]}
        elif early and late:
            otherwise = {**late, "generations": ["second"]}
            options[name] = {**early, "generations": ["first"], "otherwise": otherwise}
        else:
            generation = "first" if early else "second"
            options[name] = {**(early or late), "generations": [generation]}
    return options


def _option_rows(suite: catalogue.Suite) -> Iterator[Sequence[str]]:
    for name, option in _options(suite).items():
        yield _option_row(suite, name, option)
        if "otherwise" in option:
            yield _option_row(suite, name, option["otherwise"])


def _option_row(suite: catalogue.Suite, name: str, option: Mapping[str, Any]) -> Sequence[str]:
    default = option.get("default", "")
    bases = suite.bases("charm").items()
    having = [base for base, generation in bases if generation in option["generations"]]
    return (
        name,
        option["type"],
        str(default).lower() if isinstance(default, bool) else str(default),
        "all" if len(having) == len(bases) else ", ".join(having),
        option["description"],
    )


def _endpoint_rows(suites: Iterable[catalogue.Suite]) -> Iterator[Sequence[str]]:
    suites = list(suites)
    ours: set[str] = set()
    for suite in suites:
        contributed = generated.charm(suite)["first"]
        ours |= {*contributed["requires"], *contributed["provides"]}
    for interface, integration in sorted(generated.interfaces().items()):
        endpoint = integration["endpoint"]
        given = integration["variables"]
        variables = {name: None for suite in suites for name in given[suite.module]}
        yield (
            endpoint,
            interface,
            integration["role"],
            "the extension" if endpoint in ours else "you",
            shortened(list(variables)),
        )


def shortened(names: Sequence[str]) -> str:
    """Say a common beginning once: `S3_BUCKET, S3_REGION` becomes `S3_BUCKET, _REGION`."""
    words = [name.split("_") for name in names]
    common = 0
    for column in zip(*(one[:-1] for one in words), strict=False):
        if len(set(column)) > 1:
            break
        common += 1
    if len(names) == 1 or not common:
        return ", ".join(names)
    rest = ("_" + "_".join(one[common:]) for one in words[1:])
    return ", ".join([names[0], *rest])
