"""How a release reaches the container: checked, migrated, then by the gentlest actions."""

from __future__ import annotations

import functools
import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import ops

from . import (
    commands,
    env,
    errors,
    facts,
    framework,
    health,
    memory,
    processes,
    release,
    workload,
)

logger = logging.getLogger(__name__)

_LAYER = "charm"


def is_applied(wanted: release.Release, seen: facts.Workload) -> bool:
    """Return whether the container is as the release wants it: one comparison, no access."""
    settled = all(service.action is release.Action.NOTHING for service in wanted.services)
    return settled and seen.release == wanted.fingerprint and seen.gap_since is None


def apply(
    container: ops.Container,
    spec: framework.FrameworkSpec[Any],
    wanted: release.Release,
    seen: facts.Facts[Any],
    before: facts.Workload,
) -> facts.Workload:
    """Bring the container to the release, by the gentlest action for each service.

    Return the container as it is then. Nothing that runs is touched before the check and the
    migration succeeded. What was done is remembered as it is done, and that it was all done
    is remembered last, so the next event goes on where this one broke off.

    Raises:
        WorkloadError: the release is refused, and what ran before goes on.
        ops.pebble.Error: Pebble went away half way.
    """
    notes = _prepare(container, spec, wanted, seen, before)
    notes = _announce(container, spec, wanted, notes)
    _ensure_layer(container, wanted)
    failures = processes.act(container, wanted)
    processes.check(container, wanted, answers_within=seen.config.health.timeout)
    found = workload.look(container, notes)
    # What Pebble starts again by itself runs with what it was given, as soon as it can.
    taken = found.active - failures.keys() | found.failing
    down = [s.name for s in wanted.services if s.enabled and s.name not in taken]
    notes = replace(
        found,
        failures=failures,
        running={
            service.name: service.running
            for service in wanted.services
            if service.running is not None and service.name in taken
        },
        release="" if down else wanted.fingerprint,
    )
    memory.write(container, spec, notes)
    if down:
        raise errors.WorkloadError(
            f"service {down[0]} failed: {failures.get(down[0], 'it is not running')}"
        )
    return notes


def _announce(
    container: ops.Container,
    spec: framework.FrameworkSpec[Any],
    wanted: release.Release,
    notes: facts.Workload,
) -> facts.Workload:
    """Note what is about to be done to processes, while nobody can tell yet whether it was.

    A hook that dies after a step, and a change that is taken back after that, would otherwise
    leave a process with what was withdrawn.
    """
    changed = {s.name: s for s in wanted.services if s.action is not release.Action.NOTHING}
    if not changed:
        return notes
    running = {name: one for name, one in notes.running.items() if name not in changed}
    for name, service in changed.items():
        if service.action is release.Action.RELOAD and service.running is not None:
            running[name] = replace(service.running, environment="", files="")
    notes = replace(notes, running=running)
    memory.write(container, spec, notes)
    return notes


def hold(
    container: ops.Container,
    spec: framework.FrameworkSpec[Any],
    reason: release.Hold,
    seen: facts.Facts[Any],
    found: facts.Workload,
) -> None:
    """Stop what must not go on, or remember since when it goes on without what it needs."""
    if reason.stops:
        workload.stop(container, found)
    elif reason.gap and found.active and found.gap_since is None:
        memory.write(container, spec, replace(found, gap_since=seen.now))


def _prepare(
    container: ops.Container,
    spec: framework.FrameworkSpec[Any],
    wanted: release.Release,
    seen: facts.Facts[Any],
    before: facts.Workload,
) -> facts.Workload:
    """Do all that can be done while the release before is still running."""
    notes = replace(
        before, release="", gap_since=None, variables=memory.variables(wanted.environment)
    )
    memory.write(container, spec, notes)
    for directory in wanted.directories:
        if not container.exists(directory):
            container.make_dir(directory, make_parents=True, user=wanted.user)
    replaced = _ensure_files(container, wanted)
    try:
        checked = _succeeded(container, wanted, wanted.preflight, notes.checked)
        if checked != notes.checked:
            notes = replace(notes, checked=checked)
            if wanted.migration:
                # A migration that fails is tried again at each event, the check is not.
                memory.write(container, spec, notes)
        migrated = _succeeded(container, wanted, wanted.migration, notes.migrated)
    except (errors.WorkloadError, ops.pebble.Error):
        _put_back(container, wanted, replaced)
        raise
    if migrated != notes.migrated:
        notes = replace(notes, migrated=migrated, migrated_over=seen.migrated)
        memory.write(container, spec, notes)
    return notes


def _succeeded(
    container: ops.Container, wanted: release.Release, command: release.Command | None, last: str
) -> str:
    """Run a command if its inputs are not those it last succeeded with, and return them."""
    if command is None or command.fingerprint == last:
        return last
    if not command.is_done:
        _run(container, wanted, command)
    return command.fingerprint


def _ensure_files(container: ops.Container, wanted: release.Release) -> dict[str, str | None]:
    """Write the files that differ and return what stood there before, None for no file."""
    replaced: dict[str, str | None] = {}
    for file in wanted.files:
        before = memory.pull(container, file.path)
        if before == file.content:
            continue
        replaced[file.path] = before
        container.push(
            file.path, file.content, make_dirs=True, permissions=file.mode, user=wanted.user
        )
    return replaced


def _put_back(
    container: ops.Container, wanted: release.Release, replaced: Mapping[str, str | None]
) -> None:
    modes = {file.path: file.mode for file in wanted.files}
    for path, content in replaced.items():
        try:
            if content is None:
                container.remove_path(path)
            else:
                container.push(path, content, permissions=modes[path], user=wanted.user)
        except ops.pebble.Error as error:
            logger.error("cannot put %s back: %s", path, error)  # noqa: TRY400 - reason is enough


def _run(container: ops.Container, wanted: release.Release, command: release.Command) -> None:
    try:
        output = commands.execute(
            container,
            command.argv,
            environment=env.values(wanted.environment),
            hide=functools.partial(env.redact, environment=wanted.environment),
            user=wanted.user,
            cwd=wanted.cwd,
            timeout=command.timeout,
        )
    except errors.WorkloadError as error:
        logger.error("%s: %s\n%s", " ".join(command.argv), error, error.output)  # noqa: TRY400 - as said
        message = f"{command.failure}: {error}" if str(error) else command.failure
        raise errors.WorkloadError(message) from error
    if output:
        logger.info("%s:\n%s", command.argv[0], output)


def _ensure_layer(container: ops.Container, wanted: release.Release) -> None:
    plan = container.get_plan()
    services: dict[str, Any] = {s.name: dict(s.definition) for s in wanted.services}
    targets: dict[str, Any] = {name: dict(raw) for name, raw in wanted.log_targets.items()}
    for name, target in plan.log_targets.items():
        if name not in targets and target.labels.get("product") == "Juju":
            targets[name] = {**target.to_dict(), "override": "replace", "services": ["-all"]}
    checks: dict[str, Any] = {name: dict(raw) for name, raw in wanted.checks.items()}
    for name in (health.names(services) & plan.checks.keys()) - checks.keys():
        checks[name] = {"override": "merge", "startup": "disabled"}
    layer = ops.pebble.Layer({"services": services, "checks": checks, "log-targets": targets})
    same = (
        all(plan.services.get(name) == one for name, one in layer.services.items()),
        all(plan.checks.get(name) == one for name, one in layer.checks.items()),
        all(plan.log_targets.get(name) == one for name, one in layer.log_targets.items()),
    )
    if not all(same):
        container.add_layer(_LAYER, layer, combine=True)
