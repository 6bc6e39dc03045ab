"""What is done to the processes of a release, and how it is seen that they serve."""

from __future__ import annotations

import functools
import logging
import re
import time
from collections.abc import Callable
from dataclasses import replace

import ops

from . import commands, env, facts, health, release, workload

logger = logging.getLogger(__name__)

_OUTPUT = "Most recent service output:"
_EXITED = re.compile(r"exited quickly with code (\d+)")
_STARTS = (release.Action.RESTART, release.Action.START)
_PATIENCE = 2.0
"""Seconds for the first look at a web server that was started, beside the time of an answer."""
_LOOK_EVERY = 0.05


def act(container: ops.Container, wanted: release.Release) -> dict[str, str]:
    """Do what each service needs, and return why for those that did not take it."""
    failures: dict[str, str] = {}
    hide = functools.partial(env.redact, environment=wanted.environment)
    steps: tuple[tuple[release.Action, Callable[..., object]], ...] = (
        (release.Action.STOP, functools.partial(workload.stop_services, container)),
        (release.Action.RELOAD, functools.partial(container.send_signal, "SIGHUP")),
        # A service that crashed may be on its way up again with what it had, so it is
        # restarted as well: starting what runs already would change nothing.
        (release.Action.START, functools.partial(workload.restart_services, container)),
        (release.Action.RESTART, functools.partial(_restart_in_turn, container, wanted.delay)),
    )
    for action, step in steps:
        names = [service.name for service in wanted.services if service.action is action]
        if not names:
            continue
        logger.info("%s: %s", action.value, ", ".join(names))
        try:
            step(*names)
        except ops.pebble.ChangeError as error:
            told = _failures(error.change, hide)
            failures |= told or dict.fromkeys(names, commands.one_line(hide(str(error))))
        except ops.pebble.APIError as error:
            failures |= dict.fromkeys(names, commands.one_line(hide(str(error))))
    return failures


def _restart_in_turn(container: ops.Container, delay: float, *names: str) -> None:
    time.sleep(delay)
    workload.restart_services(container, *names)


def _failures(change: ops.pebble.Change, hide: Callable[[str], str]) -> dict[str, str]:
    """Return how each service failed: its exit code and last line, or Pebble's reason."""
    found: dict[str, str] = {}
    for task in change.tasks:
        if task.status != "Error":
            continue
        names = re.findall(r'"([^"]+)"', task.summary)
        log = hide("\n".join(task.log))
        _, printed, output = log.rpartition(_OUTPUT)
        lines = [line.strip() for line in output.splitlines() if line.startswith("    ")]
        code = _EXITED.search(log)
        reason = (
            lines[-1] if printed and lines else commands.last_line(log) or hide(change.err or "")
        )
        if code and lines:
            reason = f"exited with code {code[1]}: {reason}"
        found |= dict.fromkeys(names, reason)
    return found


def check(container: ops.Container, wanted: release.Release, *, answers_within: float) -> None:
    """Run the checks of what runs, and look out for a web server that was started."""
    present = container.get_checks()
    stopped = {n for n, one in present.items() if one.status == ops.pebble.CheckStatus.INACTIVE}
    kept = {name for name, raw in wanted.checks.items() if raw["startup"] == "enabled"}
    workload.switch(container.start_checks, *sorted(kept & stopped))
    ours = health.names(service.name for service in wanted.services)
    name = health.started(wanted.web)
    starts = any(s.name == wanted.web and s.action in _STARTS for s in wanted.services)
    over = (ours & present.keys()) - stopped - kept - (set() if starts else {name})
    workload.switch(container.stop_checks, *sorted(over))
    if starts and name in present:
        workload.switch(container.start_checks, name)
        _look_out(container, name, answers_within + _PATIENCE)


def _look_out(container: ops.Container, name: str, patience: float) -> None:
    """Wait for the first answer, good or bad; Pebble tells of a good one after a bad one."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        check = container.get_check(name)
        if check.successes is None or check.has_run:
            return
        time.sleep(_LOOK_EVERY)


def settle(
    container: ops.Container, wanted: release.Release, seen: facts.Workload
) -> facts.Workload:
    """End the look-out for the web server once it has answered, and return what is then."""
    name = health.started(wanted.web)
    check = seen.checks.get(name)
    if check is None or not check.runs or not check.succeeded:
        return seen
    workload.switch(container.stop_checks, name)
    return replace(seen, checks={**seen.checks, name: replace(check, runs=False)})
