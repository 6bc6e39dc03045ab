"""Stands between a charm and the Pebble of ops.testing: counts what is asked, and may refuse."""

from __future__ import annotations

import contextlib
import dataclasses
import types
from collections.abc import Callable, Generator, Mapping, Sequence
from typing import Any

import calls
import ops
import ops.testing
import pytest
import scenario._runtime
import scenario.mocking
import yaml

from . import processes, refusals

_READS = {"pull", "list_files", "wait_change", "wait_output", "wait"}
_CHANGES = {
    *("start_services", "stop_services", "restart_services", "replan_services"),
    *("autostart_services", "send_signal"),
}
"""Calls that do something to processes."""
_UP = ops.pebble.CheckStatus.UP


@dataclasses.dataclass(kw_only=True)
class Ear:
    """Of one unit: what its charm asked for during the last event."""

    processes: processes.Processes
    fault: refusals.Fault | None = None
    calls: list[str] = dataclasses.field(default_factory=list[str])
    """Of Pebble, all of them."""
    writes: list[str] = dataclasses.field(default_factory=list[str])
    """Whatever changes something, in Pebble or in Juju."""
    spoken: list[str] = dataclasses.field(default_factory=list[str])
    """What others on the machine may see: the words of commands."""
    left: ops.testing.Container | None = None
    """The container as the charm has changed it so far."""
    has_struck: bool = False
    """Whether the fault was met."""
    is_healthy: bool = True
    """Whether what runs answers when Pebble asks it."""

    def begin(self, fault: refusals.Fault | None) -> None:
        self.fault = fault
        self.left = None
        self.has_struck = False
        for heard in (self.calls, self.writes, self.spoken):
            heard.clear()

    def let(
        self,
        name: str,
        do: Callable[[], Any],
        environment: Callable[[], Mapping[str, str]],
        services: Sequence[str] = (),
    ) -> Any:
        """Do what is asked for, unless it is time for the fault."""
        self.calls.append(name)
        if not name.startswith("get_") and name not in _READS:
            self.writes.append(name)
        if self.fault is None or not self.fault.strikes(self.calls):
            return do()
        self.has_struck = True
        if self.fault.done:
            with contextlib.suppress(ops.pebble.Error):  # that it refused is not heard either
                do()
        raise refusals.KINDS[self.fault.kind](name, services, environment())


class _Exec:
    """A process that was started by a charm."""

    def __init__(self, real: Any, ear: Ear, given: Mapping[str, Any]) -> None:
        self._real, self._ear, self._given = real, ear, given

    def wait_output(self) -> Any:
        return self._let("wait_output", self._real.wait_output)

    def wait(self) -> None:
        self._let("wait", self._real.wait)

    def _let(self, name: str, do: Callable[[], Any]) -> Any:
        environment: Mapping[str, str] = self._given.get("environment") or {}
        try:
            return self._ear.let(name, do, lambda: environment)
        except ops.pebble.ExecError:
            stdout = self._given.get("stdout")
            if stdout is not None:
                stdout.write("\n".join(refusals.printed(environment)))
            raise


class _Client:
    """The client of a charm's container: Pebble's calls, each of them through the ear."""

    def __init__(self, real: Any, ear: Ear) -> None:
        self._real, self._ear = real, ear
        ear.left = real._container

    def __getattr__(self, name: str) -> Any:
        def call(*args: Any, **kwargs: Any) -> Any:
            def do() -> Any:
                answer = getattr(self._real, name)(*args, **kwargs)
                if name in _CHANGES:
                    self._follow(name, args)
                return answer

            if name == "get_checks":
                self._look()

            if name != "exec":
                services = args[0] if name.endswith("_services") and args else ()
                return self._ear.let(name, do, self._environment, services or ())
            self._ear.spoken.append(" ".join(args[0]))
            return _Exec(self._ear.let(name, do, dict), self._ear, kwargs)

        return call

    def _follow(self, name: str, args: Any) -> None:
        """Do to the processes what Pebble has done to the services."""
        running = self._ear.processes
        services = self._real.get_plan().to_dict().get("services", {})
        if name == "start_services":
            running.begin([one for one in args[0] if one not in running], services)
        elif name == "restart_services":
            running.begin(args[0], services)
        elif name == "stop_services":
            running.end(args[0])
        elif name == "send_signal":
            running.signal(args[0], args[1])
        else:
            enabled = [one for one, raw in services.items() if raw.get("startup") == "enabled"]
            running.begin([one for one in enabled if running.differ(one, services)], services)

    def _look(self) -> None:
        """Let every check look once, as Pebble does at once when it is there or started."""
        for name, check in self._real.get_plan().checks.items():
            enabled = check.startup != ops.pebble.CheckStartup.DISABLED
            known = self._real._check_infos.get(name)
            if known is None:
                status = _UP if enabled else ops.pebble.CheckStatus.INACTIVE
                known = ops.pebble.CheckInfo(name, check.level, check.startup, status)
                self._real._check_infos[name] = known
            if known.status != ops.pebble.CheckStatus.INACTIVE:
                is_up = self._ear.is_healthy
                known.status = _UP if is_up else ops.pebble.CheckStatus.DOWN
                known.successes, known.failures = int(is_up), 0 if is_up else check.threshold or 3
        self._real._update_state_check_infos()

    def _environment(self) -> dict[str, str]:
        plan = self._real.get_plan()
        return {k: v for one in plan.services.values() for k, v in one.environment.items()}


@contextlib.contextmanager
def ears() -> Generator[list[Ear]]:
    """Let every charm be heard by the ear that stands last in the list."""
    present: list[Ear] = []
    backend: Any = scenario.mocking._MockModelBackend
    get_pebble = backend.get_pebble

    def tapped(self: Any, socket: str) -> Any:
        return _Client(get_pebble(self, socket), present[-1])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(backend, "get_pebble", tapped)
        # The charm's metadata are written for each event, which takes half of its time in Python.
        patch.setattr(scenario._runtime, "yaml", types.SimpleNamespace(safe_dump=_dump))
        for name in calls.JUJU_WRITES:
            if name in vars(backend):
                patch.setattr(backend, name, _noting(name, getattr(backend, name), present))
        yield present


def _dump(content: object) -> str:
    return yaml.dump(content, Dumper=getattr(yaml, "CSafeDumper", yaml.SafeDumper))


def _noting(name: str, original: Callable[..., Any], present: list[Ear]) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:
        present[-1].writes.append(name)
        return original(*args, **kwargs)

    return call
