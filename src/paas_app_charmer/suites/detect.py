"""Which framework an application is written with, as its files tell."""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Iterable, Iterator
from typing import Literal, cast

from paas_app_charmer import modules, project

from . import catalogue, document

Certainty = Literal["certain", "sure", "likely"]
"""`certain`: a project file names it; `sure`: several things speak for it; `likely`: one does."""

_PROJECT_FILES = (project.ROCK, project.CHARM, f"charm/{project.CHARM}")
_SEVERAL = 2


@dataclasses.dataclass(frozen=True, kw_only=True)
class Clues:
    """What speaks for one framework.

    The folder of its suite has a module `clues` with `find`, which says it, and `SOUGHT`, which
    says what it looks for.
    """

    reasons: tuple[str, ...] = ()
    """Each a sentence, for example `app.py imports flask`. They are independent of each other."""
    name: str = ""
    """The name that the project has to have for its folders to be found, if that is so."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Detection:
    """A framework, and why it is that one."""

    suite: catalogue.Suite
    certainty: Certainty
    reasons: tuple[str, ...]
    name: str = ""
    doubts: tuple[str, ...] = ()
    """What less speaks for: `Flask: flask is among the requirements`."""

    def __str__(self) -> str:
        return f"{self.suite.title}: {', '.join(self.reasons)}"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Answer:
    """The framework of a project, or why it could not be told."""

    detection: Detection | None = None
    problem: str = ""


def detect(seen: project.Project) -> Answer:
    """Find the framework that a project file names, or for which more speaks than for others."""
    found = list(_named(seen)) or list(_likely(seen))
    if not found:
        return Answer(problem=_none())
    best = [one for one in found if one.certainty != "likely"] or found
    if len(best) > 1:
        told = "; ".join(map(str, best))
        choice = _choice(one.suite for one in best)
        return Answer(problem=f"more than one framework was found ({told}): {choice}")
    doubts = tuple(str(one) for one in found if one is not best[0])
    return Answer(detection=dataclasses.replace(best[0], doubts=doubts))


def clues(suite: catalogue.Suite, seen: project.Project) -> Clues:
    """Return what speaks for the framework of a suite."""
    module = _clues(suite)
    return Clues() if module is None else module.find(seen)


def _clues(suite: catalogue.Suite) -> types.ModuleType | None:
    return modules.find(f"{__package__}.{suite.module}", "clues")


def _named(seen: project.Project) -> Iterator[Detection]:
    named = {file: extensions(seen.texts.get(file, "")) for file in _PROJECT_FILES}
    for suite in catalogue.SUITES.values():
        files = [file for file, extensions in named.items() if suite.name in extensions]
        if files:
            yield Detection(
                suite=suite,
                certainty="certain",
                reasons=tuple(f"{file} names {suite.name}" for file in files),
                name=clues(suite, seen).name,
            )


def _likely(seen: project.Project) -> Iterator[Detection]:
    for suite in catalogue.SUITES.values():
        found = clues(suite, seen)
        if found.reasons:
            yield Detection(
                suite=suite,
                certainty="sure" if len(found.reasons) >= _SEVERAL else "likely",
                reasons=found.reasons,
                name=found.name,
            )


def _none() -> str:
    suites = catalogue.SUITES.values()
    sought = (f"{one.title}: {getattr(_clues(one), 'SOUGHT', '')}" for one in suites)
    return f"no framework was found; looked for {'; '.join(sought)}; {_choice(suites)}"


def _choice(suites: Iterable[catalogue.Suite]) -> str:
    return "choose with --profile " + " or ".join(suite.name for suite in suites)


def extensions(text: str) -> tuple[str, ...]:
    """Return the extensions that a project file names; none if it cannot be read."""
    content, _ = document.load(text, "")
    named: object = (content or {}).get("extensions")
    entries = cast("list[object]", named) if isinstance(named, list) else []
    return tuple(entry for entry in entries if isinstance(entry, str))
