"""The agents of the application's units: they come, resume, stop, upgrade and go."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from . import api, controller, dispatch, ledger, model, remote, settings, uniter, world

if TYPE_CHECKING:
    import socket


@dataclasses.dataclass(frozen=True, kw_only=True)
class Manner:
    """How hooks are run."""

    spawn_for_unit: Callable[[str], api.Spawn]
    python: str
    dispatch: api.DispatchMode
    timing: uniter.Timing


class Agents(controller.Controller):
    """A controller, and an agent for each unit."""

    def __init__(self, shared: world.World, manner: Manner) -> None:
        super().__init__(shared)
        self._manner = manner
        self._uniters: dict[str, uniter.Uniter] = {}
        self._running = False
        shared.agent.on_zygote = self._on_zygote

    def use_charm(self, charm: Mapping[str, Any]) -> None:
        """Take a changed charmcraft.yaml (expanded); `upgrade` then brings it to a unit."""
        with self._lock:
            self._world.use_charm(charm)
            remote.add_peers(self._state)

    def start(self) -> None:
        """Open the socket and resume the units of the stored state.

        A unit that ran before gets what a pod that was restarted gets: upgrade-charm if its charm
        has changed, config-changed, start, and pebble-ready when `pebble_ready` is called.
        """
        self._world.agent.start()
        with self._lock:
            self._running = True
            for unit in self._state.units.values():
                changed = self._world.refresh(unit)
                unit.upgrade_due |= changed and unit.installed
                unit.started, unit.failure, unit.config_seen = False, None, ""
                self._start_unit(unit)

    def stop(self, timeout: float = 1.5) -> None:
        """End every hook and thread without firing anything; state is kept."""
        self._running = False
        items = list(self._uniters.values())
        for item in items:
            item.stop()
        deadline = time.monotonic() + timeout
        for item in items:
            item.join(max(0.0, deadline - time.monotonic()))
        self._world.agent.stop()
        self._world.changed()

    def add_unit(
        self,
        *,
        paas_config: Mapping[str, Any] | None = None,
        config: Mapping[str, Any] | None = None,
        address: str = "127.0.0.1",
    ) -> str:
        """Add one unit and return its name.

        `paas_config` is merged into the copy of paas-config.yaml that this unit's charm sees,
        `config` over the application's config: units share one machine here, so their ports must
        differ.
        """
        with self._changing() as state:
            unit = model.Unit(
                name=f"{state.application}/{state.next_unit}",
                address=address,
                paas_config=dict(paas_config or {}),
                config=settings.config_values(state, config or {}),
            )
            self._world.refresh(unit)
            state.next_unit += 1
            state.units[unit.name] = unit
            state.leader = state.leader or unit.name
            if self._running:
                self._start_unit(unit)
            return unit.name

    def set_unit(
        self,
        unit: str,
        *,
        paas_config: Mapping[str, Any] | None = None,
        config: Mapping[str, Any] | None = None,
    ) -> None:
        """Change those settings; paas_config reaches the charm with `start` or `upgrade`."""
        with self._changing() as state:
            found = self._unit(unit)
            if paas_config is not None:
                found.paas_config = dict(paas_config)
            if config is not None:
                found.config = settings.config_values(state, config)

    def remove_unit(self) -> str:
        """Remove the unit with the highest number; returns its name once stop and remove ran.

        A hook that fails on the way does not hold the removal up.
        """
        with self._changing() as state:
            if not state.units:
                raise api.EngineError("there is no unit to remove")
            unit = max(state.units.values(), key=lambda item: item.number)
            unit.dying = True
        item = self._uniters.get(unit.name)
        with self._lock:
            while item is not None and not unit.removed and unit.failure is None:
                self._lock.wait(1.0)
        if item is not None:
            item.stop()
        with self._changing() as state:
            ledger.forget(state, unit)
            self._uniters.pop(unit.name, None)
        return unit.name

    def units(self) -> tuple[str, ...]:
        """Unit names in numeric order."""
        with self._lock:
            units = sorted(self._state.units.values(), key=lambda unit: unit.number)
            return tuple(unit.name for unit in units)

    def resolve(self, unit: str, *, retry: bool = True) -> None:
        """Run the failed hook again now, or go on without it."""
        with self._changing():
            self._uniter(unit).resolve(retry=retry)

    def upgrade(self, unit: str, *, pod: Callable[[], None] | None = None) -> None:
        """Refresh the unit's copy of the charm and fire upgrade-charm and config-changed.

        With `pod`, as Kubernetes does it with a new pod: stop is fired, then `pod` is called
        (replace Pebble and the files there), then upgrade-charm, config-changed and start. Call
        `pebble_ready` when the new Pebble answers.
        """
        with self._changing():
            self._uniter(unit).refresh(uniter.Refresh(pod=pod))

    def _unit(self, name: str) -> model.Unit:
        try:
            return self._state.units[name]
        except KeyError:
            raise api.EngineError(f'there is no unit "{name}"') from None

    def _uniter(self, name: str) -> uniter.Uniter:
        self._unit(name)
        try:
            return self._uniters[name]
        except KeyError:
            raise api.EngineError(f"{name} is not running") from None

    def _start_unit(self, unit: model.Unit) -> None:
        item = uniter.Uniter(
            self._world,
            unit,
            make_runner=lambda: self._runner(unit.name),
            timing=self._manner.timing,
        )
        self._uniters[unit.name] = item
        item.start()

    def _runner(self, unit: str) -> dispatch.Dispatch:
        spawn = self._manner.spawn_for_unit(unit)
        if self._manner.dispatch == "plain":
            return dispatch.Plain(spawn=spawn, python=self._manner.python)

        def log(text: str) -> None:
            line = api.LogLine(unit=unit, source="uniter", level="WARNING", text=text)
            self._world.log(line)

        return dispatch.Zygote(
            unit=unit,
            address=self._world.agent.address,
            spawn=spawn,
            python=self._manner.python,
            on_line=log,
        )

    def _on_zygote(self, unit: str, connection: socket.socket) -> None:
        item = self._uniters.get(unit)
        if item is not None and isinstance(item.runner, dispatch.Zygote):
            item.runner.attach(connection)
        else:
            connection.close()
