"""The container's side: what the rock holds and runs, and commands in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import ops

from . import errors, facts, framework, memory

_PROBE_TIMEOUT = 60
_LONGEST = 200
"""Characters of foreign text in a status."""


def observe(
    container: ops.Container, spec: framework.FrameworkSpec[Any], modules: Iterable[str]
) -> facts.Workload | None:
    """Return what the container holds, None while Pebble cannot be reached.

    ``modules`` are Python modules to look for; each is asked for once per container.

    Raises:
        WorkloadError: Pebble answers, but not with what is asked for.
    """
    try:
        return _observe(container, spec, frozenset(modules))
    except ops.pebble.ConnectionError:
        return None
    except ops.pebble.Error as error:
        raise errors.WorkloadError(one_line(error)) from error


def stop(container: ops.Container, workload: facts.Workload) -> None:
    """Stop every service of the rock that runs."""
    running = sorted(workload.active & workload.services.keys())
    if running:
        container.stop(*running)


def execute(
    container: ops.Container,
    argv: Iterable[str],
    *,
    environment: Mapping[str, str],
    user: str,
    cwd: str,
    timeout: float,
) -> str:
    """Run a command as the application runs and return what it printed.

    Raises:
        WorkloadError: it failed, took too long or could not be started; with its output.
    """
    try:
        process = container.exec(
            list(argv),
            environment=dict(environment),
            user=user,
            working_dir=cwd,
            timeout=timeout,
            combine_stderr=True,
        )
        return process.wait_output()[0]
    except ops.pebble.ExecError as error:  # pyright: ignore[reportUnknownVariableType] - generic
        output = str(error.stdout or "")  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]
        raise errors.WorkloadError(last_line(output), output=output) from error
    except ops.pebble.ConnectionError:
        raise
    except (ops.pebble.Error, TimeoutError) as error:
        raise errors.WorkloadError(one_line(error)) from error


def _observe(
    container: ops.Container, spec: framework.FrameworkSpec[Any], modules: frozenset[str]
) -> facts.Workload:
    running = active(container)
    seen = memory.read(container, spec)
    if seen is None:
        seen = facts.Workload(services=memory.rock_services(container, spec))
    files = seen.files if seen.release else _list(container, spec.app_dir)
    missing = modules - seen.modules
    user = (seen.services.get(spec.name) or {}).get("user") or "_daemon_"
    found = {name for name in missing if _has_module(container, name, user, spec.app_dir)}
    return facts.Workload(
        services=seen.services,
        active=running,
        files=files,
        modules=seen.modules | found,
        running=seen.running,
        release=seen.release,
        checked=seen.checked,
        migrated=seen.migrated,
    )


def active(container: ops.Container) -> frozenset[str]:
    """Return the services that run."""
    services = container.get_services()
    return frozenset(name for name, service in services.items() if service.is_running())


def _list(container: ops.Container, directory: str) -> frozenset[str]:
    try:
        return frozenset(entry.name for entry in container.list_files(directory))
    except (ops.pebble.PathError, ops.pebble.APIError):
        return frozenset()


def _has_module(container: ops.Container, module: str, user: str, cwd: str) -> bool:
    argv = ("python3", "-c", f"import {module}")
    try:
        execute(container, argv, environment={}, user=user, cwd=cwd, timeout=_PROBE_TIMEOUT)
    except errors.WorkloadError:
        return False
    return True


def last_line(text: str) -> str:
    """Return the last line that says something, cut to fit a status."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:_LONGEST] if lines else ""


def one_line(error: Exception) -> str:
    """Return an error's text on one line, cut to fit a status."""
    return " ".join(str(error).split())[:_LONGEST]
