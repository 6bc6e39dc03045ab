"""The container's side: what the rock holds, and what runs."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import ops

from . import commands, errors, facts, framework, health, memory, release

logger = logging.getLogger(__name__)

_PROBE_TIMEOUT = 60
_NET = 15 * 60.0
"""Seconds. Pebble ends what does not stop by itself long before."""
_ROCK = "/.rock/metadata.yaml"
"""Written by Rockcraft, with the time of packing."""
_BACKOFF = "backoff"
"""A state of services that ops has no name for."""


def observe(
    container: ops.Container, spec: framework.FrameworkSpec[Any], modules: Iterable[str]
) -> tuple[facts.Workload | None, str]:
    """Return what the container holds, or None and why Pebble does not tell it.

    There is no reason while Pebble cannot be reached. ``modules`` are Python modules to look
    for; each is asked for once per container.
    """
    try:
        with commands.answering():
            return _observe(container, spec, frozenset(modules)), ""
    except ops.pebble.ConnectionError:
        return None, ""
    except ops.pebble.Error as error:
        return None, commands.one_line(str(error))


def look(container: ops.Container, workload: facts.Workload) -> facts.Workload:
    """Return the workload with what runs now, and how it does."""
    services = container.get_services()
    return replace(
        workload,
        active=frozenset(name for name, one in services.items() if one.is_running()),
        failing=frozenset(name for name, one in services.items() if one.current == _BACKOFF),
        checks={
            name: facts.Check(
                runs=one.status != ops.pebble.CheckStatus.INACTIVE,
                is_up=one.status == ops.pebble.CheckStatus.UP,
                succeeded=None if one.successes is None else one.successes > 0,
            )
            for name, one in container.get_checks().items()
        },
    )


def stop(container: ops.Container, workload: facts.Workload) -> None:
    """Stop every service of the rock that runs, and the checks that would find it missing."""
    ours = health.names(workload.services)
    checks = sorted(name for name in ours & workload.checks.keys() if workload.checks[name].runs)
    switch(container.stop_checks, *checks)
    running = sorted((workload.active | workload.failing) & workload.services.keys())
    if running:
        stop_services(container, *running)


def switch(step: Callable[..., object], *checks: str) -> None:
    """Start or stop checks, where Pebble can: before 1.19 they run as the plan says."""
    if not checks:
        return
    try:
        step(*checks)
    except ops.pebble.APIError as error:
        logger.debug("checks go on as they are: %s", error)


def stop_services(container: ops.Container, *names: str) -> None:
    """Stop services, for as long as they are allowed to take."""
    container.pebble.stop_services(names, timeout=_NET)


def restart_services(container: ops.Container, *names: str) -> None:
    """Restart services, or start them; for as long as they are allowed to take to stop."""
    container.pebble.restart_services(names, timeout=_NET)


def _observe(
    container: ops.Container, spec: framework.FrameworkSpec[Any], modules: frozenset[str]
) -> facts.Workload:
    seen = memory.read(container, spec)
    if seen is None:
        seen = facts.Workload(services=memory.rock_services(container, spec))
    if not seen.release:
        entries = _entries(container, spec.app_dir)
        image = _image(container, spec, entries)
        seen = replace(seen, files=frozenset(entry.name for entry in entries), image=image)
    unknown = modules - seen.modules - seen.absent
    if unknown:
        user = (seen.services.get(spec.name) or {}).get("user") or "_daemon_"
        told = {name: _has_module(container, name, user, spec.app_dir) for name in unknown}
        found = {name for name, there in told.items() if there}
        absent = {name for name, there in told.items() if there is False}
        seen = replace(seen, modules=seen.modules | found, absent=seen.absent | absent)
        # Remembered here, because a unit that is held does not come to where the rest is.
        memory.write(container, spec, seen)
    complaint = memory.pull(container, spec.complaint) or ""
    return look(container, replace(seen, complaint=complaint.strip()))


def _entries(container: ops.Container, directory: str) -> list[ops.pebble.FileInfo]:
    try:
        return container.list_files(directory)
    except (ops.pebble.PathError, ops.pebble.APIError):
        return []


def _image(
    container: ops.Container,
    spec: framework.FrameworkSpec[Any],
    entries: Iterable[ops.pebble.FileInfo],
) -> str:
    """Return what differs between releases of the rock, and not between units that have the same.

    That is the time of packing in its metadata; without those, what is known of its scripts.
    """
    packed = memory.pull(container, _ROCK)
    scripts = {name for name, _ in spec.migrations}
    found = sorted((e.name, e.size, e.last_modified) for e in entries if e.name in scripts)
    return release.digest(found if packed is None else packed)


def _has_module(container: ops.Container, module: str, user: str, cwd: str) -> bool | None:
    """Return whether the rock has a module, None if nobody could tell."""
    argv = ("python3", "-c", f"import {module}")
    try:
        commands.execute(
            container,
            argv,
            environment={},
            hide=str,
            user=user,
            cwd=cwd,
            timeout=_PROBE_TIMEOUT,
        )
    except errors.WorkloadError as error:
        return False if "No module named" in error.output else None
    return True
