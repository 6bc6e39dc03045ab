"""What other commands ask of the runner through its control socket."""

from __future__ import annotations

import collections
import dataclasses
import functools
import typing

from . import control, environment, errors, explanation, logs, runner_ready

if typing.TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from . import runner

HEARTBEAT = 2.0
"""Seconds without a line after which a follower is asked whether it still listens."""
SETTLE = 60.0
"""Seconds that a request waits at most for the hooks that it causes."""

Call: typing.TypeAlias = "Callable[..., control.Json]"


class Requests:
    """Serves each request with the method of its name; arguments are the method's own."""

    def __init__(self, running: runner.Runner) -> None:
        self._running = running
        self._engine = running.engine

    def answer(
        self, request: str, arguments: Mapping[str, control.Json], emit: control.OnEvent
    ) -> control.Json:
        """Serve one request. Raises LocalError and EngineError to refuse it."""
        calls: dict[str, Call] = {
            "status": self.status,
            "config": self._engine.config,
            "config-set": self.config_set,
            "integrate": self.integrate,
            "remove-relation": self.remove_relation,
            "scale": self.scale,
            "run-action": self.run_action,
            "secret-add": self._engine.add_secret,
            "secret-update": self._engine.update_secret,
            "secret-grant": self._engine.grant_secret,
            "logs": functools.partial(self.logs, emit),
            "exec": self.execute,
            "env": self.env,
            "fire": self.fire,
            "resolve": self.resolve,
            "ready": functools.partial(self.ready, emit),
            "down": self._running.stopping.set,
        }
        if request not in calls:
            raise errors.LocalError(f"the runner knows no request {request!r}")
        return calls[request](**arguments)

    def status(self) -> control.Json:
        """Return the engine's snapshot with what only the runner knows."""
        running = self._running
        return {
            **self._engine.snapshot(),
            "url": running.url(),
            "addresses": running.pods.addresses(),
            "services": running.providers.descriptions(),
            "gaps": list(self._engine.gaps()),
        }

    def config_set(self, *, values: dict[str, str], reset: list[str]) -> None:
        """Set and reset options."""
        if reset:
            self._engine.reset_config(*reset)
        if values:
            self._engine.set_config(values)

    def integrate(self, *, endpoint: str, url: str | None) -> str:
        """Relate an endpoint and remember the address of a service that is not ours."""
        provider = self._running.provide(endpoint, url=url)
        self._engine.wait_idle(SETTLE)
        return provider

    def remove_relation(self, *, endpoint: str) -> None:
        """Remove the relation of an endpoint."""
        self._running.providers.remove(endpoint, self._engine)
        if self._running.memory.urls.pop(endpoint, None):
            self._running.memory.save()

    def scale(self, *, units: int) -> dict[str, str]:
        """Add or remove units; returns where each serves."""
        running = self._running
        while len(self._engine.units()) > units:
            running.pods.remove_last(self._engine)
        while len(self._engine.units()) < units:
            running.pods.add(self._engine).start(self._engine)
        running.providers.answer_all(self._engine)
        self._engine.wait_idle(SETTLE)
        return {unit: f"http://{address}" for unit, address in running.pods.addresses().items()}

    def run_action(
        self, *, name: str, params: dict[str, str], unit: str | None
    ) -> dict[str, control.Json]:
        """Run an action and return what `api.ActionResult` holds."""
        result = self._engine.run_action(name, params, unit=unit and self._unit(unit))
        return dataclasses.asdict(result)

    def logs(
        self,
        emit: control.OnEvent,
        *,
        follow: bool,
        lines: int,
        unit: str | None,
        **rest: typing.Any,
    ) -> None:
        """Send the last lines and, to a follower, every new one; `rest` is as in `logs.Choice`."""
        choice = logs.Choice(unit=unit and self._unit(unit), **rest)
        journal = self._running.journal
        number, kept = journal.after(0)
        for line in collections.deque(filter(choice.takes, kept), maxlen=lines):
            emit(dataclasses.asdict(line))
        while follow and not self._running.stopping.is_set():
            number, fresh = journal.after(number, wait=HEARTBEAT)
            for line in filter(choice.takes, fresh):
                emit(dataclasses.asdict(line))
            if not fresh:
                emit(None)

    def execute(self, *, unit: str | None) -> dict[str, control.Json]:
        """Say how Pebble's client reaches the application of a unit."""
        blueprint = self._running.pods.blueprint
        pod = self._running.pods[self._unit(unit)]
        return {
            "pebble": str(blueprint.tools.result().pebble),
            "socket": str(pod.socket),
            "context": blueprint.framework,
            "folder": pod.app_folder,
        }

    def env(self, *, unit: str | None, reveal: bool) -> list[dict[str, control.Json]]:
        """Return the variables of the application, and what can be told of each."""
        running = self._running
        pod = running.pods[self._unit(unit)]
        deployment = explanation.Deployment(
            application=running.blueprint.application,
            interfaces={
                name: declared.interface for name, declared in running.providers.endpoints.items()
            },
            neighbours={one.endpoint: one.remote_app for one in self._engine.relations()},
            options=self._engine.config(),
        )
        rows = environment.variables(
            pod.plan_environment(), pod.release(), reveal=reveal, deployment=deployment
        )
        return [dataclasses.asdict(row) for row in rows]

    def fire(self, *, event: str, unit: str | None) -> None:
        """Fire an event and wait for its hooks."""
        self._engine.fire(event, unit=unit and self._unit(unit))
        self._engine.wait_idle(SETTLE)

    def resolve(self, *, unit: str | None, retry: bool) -> list[str]:
        """Resolve one unit, or all that are in error; returns their names."""
        failed = [self._unit(unit)] if unit else runner_ready.in_error(self._engine)
        for name in failed:
            self._engine.resolve(name, retry=retry)
        self._engine.wait_idle(SETTLE)
        return failed

    def ready(self, emit: control.OnEvent) -> str:
        """Return the URL once the application answers and its charm has noticed.

        Meanwhile it sends what the runner says. It refuses with what holds the application back.
        """
        number = 0
        while True:
            verdict = self._running.start_of.verdict
            if verdict.url:
                runner_ready.come_to_rest(self._engine, self._running.stopping)
                return verdict.url
            if verdict.reason:
                raise errors.LocalError(verdict.reason)
            if self._running.stopping.is_set():
                raise errors.LocalError("the runner was stopped before the application answered")
            number, fresh = self._running.journal.after(number, wait=0.1)
            for line in fresh:
                if line.source == "runner":
                    emit(line.text)

    def _unit(self, unit: str | None) -> str:
        units = self._engine.units()
        if unit is None:
            return units[0]
        name = f"{self._running.blueprint.application}/{unit}" if unit.isdigit() else unit
        if name not in units:
            raise errors.LocalError(f"there is no unit {unit}; there are: {', '.join(units)}")
        return name
