"""The gentlest action that brings a service to its new definition."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any

from . import facts, release
from .servers import commandline

_OF_THE_PROCESS = ("command", "user", "user-id", "group", "group-id", "working-dir")
"""Fields that a process is started with. The others tell Pebble how to look after it."""


def stays(
    name: str, definition: release.Definition, workload: facts.Workload
) -> release.Running | None:
    """Return what the process runs with if a reload would do; None if it starts anew.

    Only a process whose definition is as it was can go on, whatever else changed. One that
    stopped by itself is started by Pebble with what it had.
    """
    before = workload.running.get(name)
    if name not in workload.active | workload.failing or before is None:
        return None
    return before if before.definition == _of_the_process(definition) else None


def touched(running: release.Running, environment: Mapping[str, str]) -> frozenset[str]:
    """Return the variables that a reload has to set or remove, in all since the process started.

    A variable that came back to its first value stays among them: the reload before this
    one changed it in the process.
    """
    now = digests(environment)
    changed = {name for name, value in now.items() if running.base.get(name) != value}
    gone = running.base.keys() - now.keys()
    return running.touched | changed | gone


def service(
    name: str,
    definition: release.Definition,
    files: Iterable[release.File],
    workload: facts.Workload,
    *,
    reloads: bool,
    here: bool,
) -> release.Service:
    """Return a service together with what to do to its process.

    ``here`` says whether this unit runs processes of its type.
    """
    active = name in workload.active
    if not here or definition.get("startup") != "enabled":
        action = release.Action.STOP if active and not here else release.Action.NOTHING
        return release.Service(name=name, definition=definition, action=action, running=None)
    environment: Mapping[str, str] = definition.get("environment") or {}
    fresh = release.Running(
        definition=_of_the_process(definition),
        environment=release.digest(environment),
        files=release.digest([(file.path, file.content) for file in files]),
        base=digests(environment),
    )
    before = stays(name, definition, workload)
    # One that did not take a change is asked again, as a migration that failed is run again.
    again = reloads and bool(workload.complaint)
    action, running = _compare(fresh, before, reloads=reloads, again=again)
    if not active and action is not release.Action.NOTHING:
        action, running = release.Action.START, fresh
    elif running is not fresh and action is release.Action.RELOAD:
        running = dataclasses.replace(running, touched=touched(running, environment))
    return release.Service(name=name, definition=definition, action=action, running=running)


def _compare(
    fresh: release.Running, before: release.Running | None, *, reloads: bool, again: bool
) -> tuple[release.Action, release.Running]:
    if before is None:
        return release.Action.RESTART, fresh
    same = (fresh.environment, fresh.files) == (before.environment, before.files)
    if same and not again:
        return release.Action.NOTHING, before
    if not reloads:
        return release.Action.RESTART, fresh
    kept = dataclasses.replace(before, environment=fresh.environment, files=fresh.files)
    return release.Action.RELOAD, kept


def _of_the_process(definition: release.Definition) -> str:
    given: dict[str, Any] = {k: definition[k] for k in _OF_THE_PROCESS if k in definition}
    # Two spellings of one command start the same process.
    given["command"] = commandline.words(str(given.get("command") or ""))
    return release.digest(given)


def digests(environment: Mapping[str, str]) -> dict[str, str]:
    """Return a digest for each variable, by its name."""
    return {name: release.digest(value)[:16] for name, value in environment.items()}
