"""One unit's thread: take the next hook, run it, retry what failed."""

from __future__ import annotations

import dataclasses
import threading
import time
from collections import deque
from collections.abc import Callable

from . import api, context, dispatch, hookrun, ledger, model, resolver, world
from . import hook as hooks

_POLL_SECONDS = 1.0
"""How often the clock is looked at: retries, update-status, rotation of secrets."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Timing:
    """Seconds."""

    update_status: float
    retry: float
    """Before the first retry of a failed hook; it doubles with each, up to `retry_most`."""
    retry_most: float


@dataclasses.dataclass(frozen=True, kw_only=True)
class Refresh:
    """A request to take the charm's files anew, in a new pod if `pod` replaces it."""

    pod: Callable[[], None] | None = None


class Uniter:
    """Runs one unit. Everything but `stop` and `join` is called under the world's lock."""

    def __init__(
        self,
        shared: world.World,
        unit: model.Unit,
        *,
        make_runner: Callable[[], dispatch.Dispatch],
        timing: Timing,
    ) -> None:
        self.running: hooks.Hook | None = None
        self.runner = make_runner()
        self._world = shared
        self._unit = unit
        self._make_runner = make_runner
        self._timing = timing
        self._events: deque[hooks.Hook] = deque()
        self._actions: deque[tuple[hooks.Hook, context.ActionRun]] = deque()
        self._refresh: Refresh | None = None
        self._failed: hooks.Hook | None = None
        self._retry_at = 0.0
        self._update_status_at = time.monotonic() + timing.update_status
        self._stopping = False
        self._thread = threading.Thread(target=self._loop, name=unit.name, daemon=True)

    @property
    def idle(self) -> bool:
        """Whether nothing runs or is due; a failed hook that waits for its retry is idle."""
        unit = self._unit
        if self.running is not None or self._actions or self._refresh is not None:
            return False
        if self._failed is not None:
            return self._retry_at > time.monotonic()
        due = resolver.next_hook(self._world.state, unit)
        return due is None and not (self._events and unit.started)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Cut the running hook short and end; nothing of that hook is kept."""
        with self._world.lock:
            self._stopping = True
            self._world.lock.notify_all()
        self.runner.interrupt()

    def join(self, timeout: float) -> None:
        self._thread.join(timeout)

    def fire(self, hook: hooks.Hook) -> None:
        """Queue an event that the state does not show; the same one waits only once."""
        if hook not in self._events:
            self._events.append(hook)
        self._world.lock.notify_all()

    def act(self, hook: hooks.Hook, action: context.ActionRun) -> None:
        """Queue an action."""
        self._actions.append((hook, action))
        self._world.lock.notify_all()

    def refresh(self, request: Refresh) -> None:
        self._refresh = request
        self._world.lock.notify_all()

    def resolve(self, *, retry: bool) -> None:
        """Retry the failed hook now, or count it as run."""
        failed = self._failed
        if failed is None:
            raise api.EngineError(f"{self._unit.name} is not in an error state")
        self._retry_at = 0.0
        if not retry:
            self._succeeded(failed, resolver.config_digest(self._world.state, self._unit))
        self._world.lock.notify_all()

    def _loop(self) -> None:
        self.runner.warm()
        while (job := self._wait()) is not None:
            try:
                job()
            except Exception as error:  # noqa: BLE001  the unit must outlive what a callback raises
                self._log("ERROR", f"{type(error).__name__}: {error}")
                time.sleep(_POLL_SECONDS)
            with self._world.lock:
                self.running = None
                self._world.lock.notify_all()

    def _wait(self) -> Callable[[], None] | None:
        with self._world.lock:
            while not self._stopping and not self._unit.removed:
                job = self._next()
                if job is not None:
                    return job
                self._world.lock.wait(_POLL_SECONDS)
        return None

    def _next(self) -> Callable[[], None] | None:
        """Pick what is due, in Juju's order: actions run even while a hook is failed."""
        unit, moment = self._unit, time.monotonic()
        if self._actions and unit.installed:
            hook, action = self._actions.popleft()
            self.running = hook
            return lambda: self._act(hook, action)
        if self._refresh is not None:
            request, self._refresh = self._refresh, None
            self.running = hooks.Hook(kind="upgrade-charm")
            return lambda: self._upgrade(request)
        if self._failed is not None:
            return self._job(self._failed) if moment >= self._retry_at else None
        if self._events and unit.started and not unit.dying:
            return self._job(self._events.popleft())
        due = resolver.next_hook(self._world.state, unit)
        if due is None and moment >= self._update_status_at:
            due = hooks.Hook(kind="update-status")
        return self._job(due) if due is not None else None

    def _job(self, hook: hooks.Hook) -> Callable[[], None]:
        self.running = hook
        return lambda: self._run(hook)

    def _upgrade(self, request: Refresh) -> None:
        """Refresh the files; a failed hook is tried again with them, as after a forced refresh."""
        if request.pod is not None:
            self._replace(request.pod)
        with self._world.lock:
            self._world.refresh(self._unit)
            self._unit.upgrade_due = True
            self._retry_at = 0.0

    def _replace(self, pod: Callable[[], None]) -> None:
        unit = self._unit
        if unit.started and self._failed is None:
            self._run(hooks.Hook(kind="stop"))
        self.runner.interrupt()
        with self._world.lock:
            unit.started = False
            self._events.clear()
            if self._failed is not None and self._failed.kind == "stop":
                # The old pod is killed in the end, with or without it.
                self._failed, unit.failure = None, None
        try:
            pod()
        finally:
            # The old one has gone with the pod, whatever has become of the new pod.
            self.runner = self._make_runner()
            self.runner.warm()

    def _run(self, hook: hooks.Hook) -> None:
        result = hookrun.run(
            self._world, self._unit, hook, self.runner, wanted=lambda: not self._stopping
        )
        with self._world.lock:
            if self._stopping:
                return
            if result.succeeded:
                self._succeeded(hook, result.config_digest)
            else:
                self._fail(hook, result)
        self._world.changed()

    def _act(self, hook: hooks.Hook, action: context.ActionRun) -> None:
        try:
            result = hookrun.run(self._world, self._unit, hook, self.runner, action=action)
            if not result.succeeded:
                action.failed, action.message = True, result.reason
                action.tail = result.tail
            self._world.changed()
        finally:
            action.done = True

    def _succeeded(self, hook: hooks.Hook, config_digest: str) -> None:
        state, unit = self._world.state, self._unit
        self._failed, unit.failure = None, None
        if hook.kind == "config-changed":
            unit.config_seen = config_digest
        if hook.kind == "start" and unit.status.message == hookrun.INSTALLING:
            unit.status = model.Status(status="unknown")
        if hook.kind == "update-status":
            self._update_status_at = time.monotonic() + self._timing.update_status
        ledger.record(state, unit, hook)
        ledger.prune(state)

    def _fail(self, hook: hooks.Hook, result: hookrun.Result) -> None:
        before = self._unit.failure
        attempts = before.attempts + 1 if before is not None and self._failed == hook else 1
        delay = min(self._timing.retry * 2 ** (attempts - 1), self._timing.retry_most)
        self._unit.failure = model.Failure(
            hook=hook.title, reason=result.reason, tail=result.tail, attempts=attempts
        )
        self._failed = hook
        self._retry_at = time.monotonic() + delay
        self._log(
            "ERROR", f'hook failed: "{hook.title}" ({result.reason}), retry in {delay:.0f} s'
        )

    def _log(self, level: str, text: str, *, source: str = "uniter") -> None:
        line = api.LogLine(unit=self._unit.name, source=source, level=level, text=text)
        self._world.log(line)
