"""How a release reaches the container: checked, migrated, then by the gentlest actions."""

from __future__ import annotations

import functools
import logging
import re
from collections.abc import Callable, Mapping
from typing import Any

import ops

from . import env, errors, facts, framework, memory, release, workload

logger = logging.getLogger(__name__)

_OUTPUT = "Most recent service output:"
_LAYER = "charm"


def is_applied(wanted: release.Release, seen: facts.Workload) -> bool:
    """Return whether the container is as the release wants it: one comparison, no access."""
    settled = all(service.action is release.Action.NOTHING for service in wanted.services)
    return settled and seen.release == wanted.fingerprint


def apply(
    container: ops.Container,
    spec: framework.FrameworkSpec[Any],
    wanted: release.Release,
    seen: facts.Workload,
) -> None:
    """Bring the container to the release, by the gentlest action for each service.

    Nothing that runs is touched before the check and the migration succeeded. What was done
    is remembered as it is done, and that it was all done is remembered last, so the next
    event goes on where this one broke off.

    Raises:
        WorkloadError: the release is refused, and what ran before goes on.
        ops.pebble.Error: Pebble went away half way.
    """
    notes = memory.Notes.of(seen, wanted)
    notes.write(container, spec, release="")
    for directory in wanted.directories:
        if not container.exists(directory):
            container.make_dir(directory, make_parents=True, user=wanted.user)
    replaced = _ensure_files(container, wanted)
    try:
        notes.checked = _succeeded(container, wanted, wanted.preflight, notes.checked)
        if notes.checked != seen.checked and wanted.migration:
            # A migration that fails is tried again at each event, the check is not.
            notes.write(container, spec, release="")
        notes.migrated = _succeeded(container, wanted, wanted.migration, notes.migrated)
    except (errors.WorkloadError, ops.pebble.Error):
        _put_back(container, wanted, replaced)
        raise
    if notes.migrated != seen.migrated:
        notes.write(container, spec, release="")
    _ensure_layer(container, wanted)
    failures = _act(container, wanted)
    active = workload.active(container)
    notes.running = {
        service.name: service.running
        for service in wanted.services
        if service.running is not None and service.name in active - failures.keys()
    }
    down = [s.name for s in wanted.services if s.enabled and s.name not in active]
    notes.write(container, spec, release="" if down or failures else wanted.fingerprint)
    failed = next(iter((*failures, *down)), None)
    if failed is not None:
        reason = env.redact(failures.get(failed, "it is not running"), wanted.environment)
        raise errors.WorkloadError(f"service {failed} failed: {reason}")


def _succeeded(
    container: ops.Container, wanted: release.Release, command: release.Command | None, last: str
) -> str:
    """Run a command if its inputs are not those it last succeeded with, and return them."""
    if command is None or command.fingerprint == last:
        return last
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
        output = workload.execute(
            container,
            command.argv,
            environment=env.values(wanted.environment),
            user=wanted.user,
            cwd=wanted.cwd,
            timeout=command.timeout,
        )
    except errors.WorkloadError as error:
        reason = env.redact(str(error), wanted.environment)
        output = env.redact(error.output, wanted.environment)
        logger.error("%s: %s\n%s", " ".join(command.argv), reason, output)  # noqa: TRY400 - as said
        message = f"{command.failure}: {reason}" if reason else command.failure
        raise errors.WorkloadError(message) from error
    if output:
        logger.info("%s:\n%s", command.argv[0], env.redact(output, wanted.environment))


def _ensure_layer(container: ops.Container, wanted: release.Release) -> None:
    plan = container.get_plan()
    services: dict[str, Any] = {s.name: dict(s.definition) for s in wanted.services}
    targets: dict[str, Any] = {name: dict(raw) for name, raw in wanted.log_targets.items()}
    for name, target in plan.log_targets.items():
        if name not in targets and target.labels.get("product") == "Juju":
            targets[name] = {**target.to_dict(), "override": "replace", "services": ["-all"]}
    layer = ops.pebble.Layer({"services": services, "log-targets": targets})
    same_services = all(plan.services.get(name) == one for name, one in layer.services.items())
    same_targets = all(
        plan.log_targets.get(name) == one for name, one in layer.log_targets.items()
    )
    if not (same_services and same_targets):
        container.add_layer(_LAYER, layer, combine=True)


def _act(container: ops.Container, wanted: release.Release) -> dict[str, str]:
    """Do what each service needs, and return why for those that did not take it."""
    failures: dict[str, str] = {}
    steps: tuple[tuple[release.Action, Callable[..., object]], ...] = (
        (release.Action.STOP, container.stop),
        (release.Action.RELOAD, functools.partial(container.send_signal, "SIGHUP")),
        (release.Action.RESTART, container.restart),
        # A service that crashed may be on its way up again with what it had, so it is
        # restarted as well: starting what runs already would change nothing.
        (release.Action.START, container.restart),
    )
    for action, step in steps:
        names = [service.name for service in wanted.services if service.action is action]
        if not names:
            continue
        logger.info("%s: %s", action.value, ", ".join(names))
        try:
            step(*names)
        except ops.pebble.ChangeError as error:
            failures |= _failures(error) or dict.fromkeys(names, workload.one_line(error))
        except ops.pebble.APIError as error:
            failures |= dict.fromkeys(names, workload.one_line(error))
    return failures


def _failures(error: ops.pebble.ChangeError) -> dict[str, str]:
    """Return the last line that each service printed before it failed, or Pebble's reason."""
    found: dict[str, str] = {}
    for task in error.change.tasks:
        if task.status != "Error":
            continue
        names = re.findall(r'"([^"]+)"', task.summary)
        log = "\n".join(task.log)
        _, printed, output = log.rpartition(_OUTPUT)
        lines = [line.strip() for line in output.splitlines() if line.startswith("    ")]
        reason = lines[-1] if printed and lines else workload.last_line(log) or error.err
        found |= dict.fromkeys(names, reason)
    return found
