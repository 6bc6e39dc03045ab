"""Which base a charm is for, and by it which generation of names it has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from paas_app_charmer import documents

from . import catalogue, finding, words


def of_charm(content: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the bases that a charmcraft.yaml names anywhere, each like `ubuntu@24.04`."""
    return tuple(sorted(set(_named(content))))


def _named(content: Mapping[str, Any]) -> Iterator[str]:
    base = content.get("base")
    if isinstance(base, str) and base:
        yield base
    for label, platform in documents.mapping(content.get("platforms")).items():
        labelled = list(_in_labels(label))
        yield from labelled or _in_labels(documents.mapping(platform).get("build-for"))
    for entry in _list(content.get("bases")):
        form = documents.mapping(entry)
        for one in _list(form.get("build-on")) or [form]:
            pair = documents.mapping(one)
            if "name" in pair and "channel" in pair:
                yield f"{pair['name']}@{pair['channel']}"


def _in_labels(labels: object) -> Iterator[str]:
    """Find the base in front of an architecture, as in `ubuntu@24.04:amd64`."""
    for label in _list(labels) or [labels]:
        base, colon, _ = str(label).partition(":")
        if colon and "@" in base:
            yield base


def _list(value: object) -> list[object]:
    return cast("list[object]", value) if isinstance(value, list) else []


def check(
    content: Mapping[str, Any], suite: catalogue.Suite, file: str
) -> tuple[catalogue.Generation, tuple[finding.Finding, ...]]:
    """Return the generation that a charm belongs to, and what is wrong with its bases.

    Without one base that is right the generation is a guess, for other checks to go on with.
    """
    known = suite.bases("charm")
    named = of_charm(content)
    generation = known[next((base for base in named if base in known), next(iter(known)))]
    allowed = f"write `base:` with {words.listed(known, 'or')}"
    told: list[finding.Finding] = []
    if not named:
        told.append(
            finding.Finding(file=file, key="base", what="no base is named", instead=allowed)
        )
    elif len(named) > 1:
        what = f"a charm of {suite.name} is for one base, not for {words.listed(named, 'and')}"
        told.append(finding.Finding(file=file, key="base", what=what, instead=allowed))
    outside = [base for base in named if base not in known]
    if outside:
        what = f"{suite.name} is not for {words.listed(outside, 'and')}"
        told.append(finding.Finding(file=file, key="base", what=what, instead=allowed))
    if named and not told and generation in suite.experimental:
        what = f"{suite.name} is experimental on {words.listed(named, 'and')}"
        told.append(finding.Finding(file=file, key="base", what=what, severity="warning"))
    return generation, tuple(told)
