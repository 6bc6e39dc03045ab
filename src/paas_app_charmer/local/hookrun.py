"""One run of one hook: give it a picture of the model, start it, keep or drop what it wrote."""

from __future__ import annotations

import dataclasses
import secrets
import time
from collections.abc import Callable

from . import api, context, dispatch, ledger, model, resolver, world
from . import hook as hooks

_TAIL_LINES = 15
INSTALLING = "installing charm software"
_DOING: dict[str, str] = {
    "install": INSTALLING,
    "stop": "stopping charm software",
    "remove": "cleaning up prior to charm deletion",
}
"""The status that Juju itself sets before some hooks."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Result:
    code: int | None
    """None when the hook was cut short."""
    reason: str
    """Why it failed, in a few words; empty when it did not."""
    tail: list[str]
    """The end of its traceback or output."""
    config_digest: str
    """Of the config that the hook has seen."""

    @property
    def succeeded(self) -> bool:
        return self.code == 0


def run(
    shared: world.World,
    unit: model.Unit,
    hook: hooks.Hook,
    runner: dispatch.Dispatch,
    *,
    action: context.ActionRun | None = None,
    wanted: Callable[[], bool] = lambda: True,
) -> Result:
    """Run the hook and commit its writes if it succeeds and is still `wanted` at its end.

    Called without the lock, which is held only at the beginning and at the end. What the hook's
    success means for the unit is for the caller to record.
    """

    def log(level: str, text: str, *, source: str = "juju-log") -> None:
        shared.log(api.LogLine(unit=unit.name, source=source, level=level, text=text))

    with shared.lock:
        if hook.kind in _DOING and not hook.artificial:
            unit.status = model.Status(status="maintenance", message=_DOING[hook.kind])
        ledger.enter_scopes(shared.state, unit)
        digest = resolver.config_digest(shared.state, unit)
        running = context.Context(
            identifier=f"{unit.name}-{hook.title}-{secrets.token_hex(8)}",
            state=shared.state,
            unit=unit.name,
            hook=hook,
            log=log,
            gap=shared.gap,
            resources=shared.resources,
            action=action,
        )
        variables = {**shared.variables(unit), **hook.variables(), "JUJU_CONTEXT_ID": running.id}
        shared.agent.open(running)
    log("DEBUG", f"running {hook.title}", source="uniter")
    begun = time.monotonic()
    try:
        outcome = runner.run(variables, lambda text: log("INFO", text, source="hook"))
    except OSError as error:
        outcome = dispatch.Outcome(code=1, tail=(f"the hook could not be started: {error}",))
    spent = (time.monotonic() - begun) * 1000
    with shared.lock:
        shared.agent.close(running)
        if outcome.code == 0 and wanted():
            running.commit()
    if outcome.code == 0:
        log("DEBUG", f"ran {hook.title} ({spent:.0f} ms)", source="uniter")
    return Result(
        code=outcome.code,
        reason=_reason(outcome.code),
        tail=_tail(running, outcome),
        config_digest=digest,
    )


def _reason(code: int | None) -> str:
    if code is None:
        return "it was cut short"
    if code < 0:
        return f"signal {-code}"
    return f"exit status {code}" if code else ""


def _tail(running: context.Context, outcome: dispatch.Outcome) -> list[str]:
    """Return the end of the traceback: ops sends it to juju-log, other programs to stderr."""
    lines = running.last_error.splitlines() or list(outcome.tail)
    return lines[-_TAIL_LINES:]
