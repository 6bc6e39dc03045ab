"""The rock half of the suites: a short rockcraft.yaml turned into a full one.

The folder of a suite has `rock(seen: parts.Rock) -> expansion.Contribution`, which says what its
framework adds. What all have in common is here: which extension a file names, and whether the
suite can be had on its base.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from paas_app_charmer import documents
from paas_app_charmer import project as projects

from . import catalogue, expansion, finding, parts, shape, words

_EXPERIMENTAL = "ROCKCRAFT_ENABLE_EXPERIMENTAL_EXTENSIONS"


def expand(
    project: projects.Project, content: Mapping[str, Any], *, file: str = projects.ROCK
) -> expansion.Expansion:
    """Return a rock's project file in full, with all that is wrong in it and in its project.

    A file that names no extension is in full already.
    """
    told = shape.check(content, "rockcraft", file)
    author = {key: value for key, value in content.items() if key != "extensions"}
    if finding.errors(told):
        return expansion.Expansion(content=author, findings=told)
    named = cast("list[str]", content.get("extensions") or [])
    suite, unusable = _suite(named, file)
    if suite is None:
        return expansion.Expansion(content=author, findings=(*told, *unusable))
    seen = parts.Rock(suite=suite, project=project, content=author, file=file)
    added: expansion.Contribution = suite.code().rock(seen)
    merged = expansion.merge(author, added.content)
    return expansion.Expansion(
        content=merged,
        findings=(*told, *_of_base(seen), *added.findings, *_of_packages(seen, merged)),
    )


def _suite(
    named: list[str], file: str
) -> tuple[catalogue.Suite | None, tuple[finding.Finding, ...]]:
    known = list(catalogue.SUITES)
    told = [
        finding.Finding(
            file=file,
            key="extensions",
            what=f"{words.quoted(name)} is no extension",
            instead=words.meant(name, known) or f"there are {words.listed(known, 'and')}",
        )
        for name in dict.fromkeys(named)
        if name not in known
    ]
    ours = [suite for suite in catalogue.SUITES.values() if suite.name in named]
    if len(ours) > 1:
        what = f"{words.listed((suite.name for suite in ours), 'and')} cannot be had together"
        told.append(
            finding.Finding(file=file, key="extensions", what=what, instead="choose one of them")
        )
    return (None if told else ours[0] if ours else None), tuple(told)


def _of_base(seen: parts.Rock) -> tuple[finding.Finding, ...]:
    """Tell whether the suite can be had on the base. A file without base is not looked at."""
    if not seen.base:
        return ()
    suite, named = seen.suite, seen.build_base
    key = "build-base" if seen.content.get("build-base") else "base"
    bases = suite.bases("rock")
    built_on = [base for base in bases if base != "bare"]
    if seen.is_bare and named == "bare":
        return (
            seen.error(
                "`bare` needs a `build-base` beside it",
                key="base",
                instead=f"write for example `build-base: {suite.default_base}`",
            ),
        )
    generation = bases.get(named)
    if generation is None:
        what = f"`{suite.name}` cannot be had on {words.shown(named)}"
        choice = f"write {words.listed(built_on, 'or')}"
        return (seen.error(what, key=key, instead=choice),)
    if generation == "second" and seen.is_bare:
        what = f"`{suite.name}` cannot be had on `bare` that is built on `{named}`"
        choice = f"write `base: {named}`, or `build-base: {suite.default_base}`"
        return (seen.error(what, key=key, instead=choice),)
    if generation in suite.experimental:
        what = f"`{suite.name}` on `{named}` is experimental and may change"
        choice = f"Rockcraft's own extension asks for {_EXPERIMENTAL}=1 in the environment"
        return (seen.warning(what, key=key, instead=choice),)
    return ()


def _of_packages(seen: parts.Rock, merged: Mapping[str, Any]) -> Iterator[finding.Finding]:
    """Tell which parts have slices as well as whole packages, which no part can have."""
    for name, part in merged["parts"].items():
        slices, whole = parts.split(documents.mapping(part).get("stage-packages"))
        if slices and whole:
            yield seen.error(
                f"has the slice {words.quoted(slices[0])} and the package "
                f"{words.quoted(whole[0])}, and cannot have both",
                key=f"parts.{name}.stage-packages",
                instead="put one of them into a part of its own, with `plugin: nil`",
            )
