"""Which framework an application is written with, as its files tell."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from typing import cast

from paas_app_charmer import modules, project

from . import catalogue, document

_PROJECT_FILES = (project.ROCK, project.CHARM, f"charm/{project.CHARM}")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Clues:
    """What speaks for one framework. The folder of its suite has `clues.find`, which says it."""

    reasons: tuple[str, ...] = ()
    """Each a sentence, for example `app.py imports flask`."""
    name: str = ""
    """The name that the project has to have for its folders to be found, if that is so."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Detection:
    """A framework and why it is that one."""

    suite: catalogue.Suite
    reasons: tuple[str, ...]
    name: str = ""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Answer:
    """The framework of a project, or why it could not be told."""

    detection: Detection | None = None
    problem: str = ""


def detect(seen: project.Project) -> Answer:
    """Find the framework that a project file names, or for which most speaks."""
    found = list(_named(seen)) or list(_likely(seen))
    suites = {one.suite.name for one in found}
    if len(suites) == 1:
        reasons = tuple(reason for one in found for reason in one.reasons)
        return Answer(detection=dataclasses.replace(found[0], reasons=reasons))
    if not suites:
        return Answer(problem=f"no framework was found: {_choice(catalogue.shipped())}")
    told = "; ".join(f"{one.suite.title}: {', '.join(one.reasons)}" for one in found)
    choice = _choice(one.suite for one in found)
    return Answer(problem=f"more than one framework was found ({told}): {choice}")


def clues(suite: catalogue.Suite, seen: project.Project) -> Clues:
    """Return what speaks for the framework of a suite."""
    module = modules.find(f"{__package__}.{suite.module}", "clues")
    return Clues() if module is None else module.find(seen)


def _named(seen: project.Project) -> Iterator[Detection]:
    for file in _PROJECT_FILES:
        for extension in extensions(seen.texts.get(file, "")):
            suite = catalogue.SUITES.get(extension)
            if suite and suite.shipped():
                name = clues(suite, seen).name
                yield Detection(suite=suite, reasons=(f"{file} names {extension}",), name=name)


def _likely(seen: project.Project) -> list[Detection]:
    found = [(suite, clues(suite, seen)) for suite in catalogue.shipped()]
    most = max(len(one.reasons) for _, one in found)
    return [
        Detection(suite=suite, reasons=one.reasons, name=one.name)
        for suite, one in found
        if most and len(one.reasons) == most
    ]


def _choice(suites: Iterable[catalogue.Suite]) -> str:
    return "choose with --profile " + " or ".join(suite.name for suite in suites)


def extensions(text: str) -> tuple[str, ...]:
    """Return the extensions that a project file names; none if it cannot be read."""
    content, _ = document.load(text, "")
    named: object = (content or {}).get("extensions")
    entries = cast("list[object]", named) if isinstance(named, list) else []
    return tuple(entry for entry in entries if isinstance(entry, str))
