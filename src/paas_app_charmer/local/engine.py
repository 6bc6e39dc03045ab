"""The engine of the local runner: one application's Juju, embedded.

Everything here may be called from any thread. Calls that change something return at once, hooks
follow in the unit's own thread; `wait_idle` waits for them. A refusal is an `api.EngineError` with
one line of text.

    engine = Engine(store_dir=..., application="flask-app", charm=expanded_charmcraft_mapping,
                    charm_dir=project / "charm", spawn_for_unit=..., on_log=print)
    engine.start()                                # resumes the units that state.json knows
    unit = engine.add_unit()                      # "flask-app/0"; install ... start follow
    engine.pebble_ready(unit, "flask-app")        # when that unit's Pebble answers
    db = engine.integrate("postgresql", "postgresql", units=1)
    engine.provider_set(db, app={"endpoints": "127.0.0.1:5432"})
    engine.wait_idle(timeout=30)
    engine.stop()                                 # no hooks; state is kept
"""

from __future__ import annotations

import pathlib
import sys
from collections.abc import Callable, Mapping
from typing import Any

from . import agents, api, context, events, settings, snapshot, uniter, world
from . import hook as hooks

NOT_MODELLED = (
    "storage",
    "secret backends, and secrets that cross models",
    "a leader that loses its lease while it is alive",
    "network spaces: every endpoint has the unit's one address",
    "proxy settings of the model",
    "trust: credential-get is always refused",
)
"""What Juju has and this engine has not, for `doctor` and the documentation."""


def _ignore(*_: object) -> None:
    return


class Engine(agents.Agents):
    """One application of one model, with its units."""

    def __init__(  # noqa: PLR0913  the one place where the runner says what it wants
        self,
        *,
        store_dir: pathlib.Path,
        application: str,
        charm: Mapping[str, Any],
        charm_dir: pathlib.Path,
        spawn_for_unit: Callable[[str], api.Spawn],
        on_log: Callable[[api.LogLine], None],
        on_relation_data: Callable[[api.RelationView], None] | None = None,
        on_change: Callable[[], None] | None = None,
        model_name: str = "local",
        python: str = sys.executable,
        dispatch: api.DispatchMode = "zygote",
        update_status_seconds: float = 300,
        retry_seconds: tuple[float, float] = (5, 300),
    ) -> None:
        """Load `store_dir/state.json` if it is there; nothing runs before `start`.

        `charm` is the expanded charmcraft.yaml. `on_relation_data` is called, outside of any lock
        and in a unit's thread, when a hook has changed what our side publishes in a relation to a
        remote application; a provider answers with `provider_set`. `on_change` is called after
        anything that `snapshot` shows has changed.
        """
        shared = world.World(
            store_dir=store_dir,
            application=application,
            model_name=model_name,
            charm_dir=charm_dir,
            python=python,
            on_log=on_log,
            on_relation_data=on_relation_data or _ignore,
            on_change=on_change or _ignore,
        )
        first, most = retry_seconds
        timing = uniter.Timing(update_status=update_status_seconds, retry=first, retry_most=most)
        manner = agents.Manner(
            spawn_for_unit=spawn_for_unit, python=python, dispatch=dispatch, timing=timing
        )
        super().__init__(shared, manner)
        self.use_charm(charm)

    # --- Pebble and events -----------------------------------------------------------------------
    def pebble_ready(self, unit: str, container: str) -> None:
        self._fire(unit, hooks.Hook(kind="pebble-ready", name=container))

    def pebble_notice(
        self, unit: str, container: str, *, notice_id: str, notice_type: str, notice_key: str
    ) -> None:
        notice = (notice_id, notice_type, notice_key)
        self._fire(
            unit, hooks.Hook(kind=f"pebble-{notice_type}-notice", name=container, notice=notice)
        )

    def pebble_check(self, unit: str, container: str, check: str, *, failed: bool) -> None:
        """Fire pebble-check-failed or -recovered."""
        kind = "pebble-check-failed" if failed else "pebble-check-recovered"
        self._fire(unit, hooks.Hook(kind=kind, name=container, check=check))

    def fire(self, event: str, *, unit: str | None = None) -> None:
        """Fire `update-status`, `config-changed`, `<endpoint>-relation-changed`, ... by name.

        On every unit unless one is named.
        """
        with self._lock:
            for name in [unit] if unit else self.units():
                for hook in events.named(self._state, self._unit(name), event):
                    self._uniter(name).fire(hook)

    def run_action(
        self,
        name: str,
        params: Mapping[str, Any] | None = None,
        *,
        unit: str | None = None,
        timeout: float = 300,
    ) -> api.ActionResult:
        """Run an action (on the leader unless a unit is named) and wait for it.

        Text values are converted to the parameter's type; unknown actions and parameters are
        refused.
        """
        with self._lock:
            given = settings.action_params(self._state.charm, name, params or {})
            run = context.ActionRun(id=str(self._state.next_action), params=given)
            self._state.next_action += 1
            target = unit or self._state.leader
            if not target:
                raise api.EngineError(f'there is no unit to run "{name}" on')
            self._uniter(target).act(hooks.Hook(kind="action", name=name, action_id=run.id), run)
            if not self._lock.wait_for(lambda: run.done, timeout):
                raise api.EngineError(
                    f'action "{name}" on {target} has not ended in {timeout:.0f} s'
                )
        return api.ActionResult(
            id=run.id,
            status="failed" if run.failed else "completed",
            results=run.results,
            message=run.message,
            log=tuple(run.log),
            tail=tuple(run.tail),
        )

    # --- looking ---------------------------------------------------------------------------------
    def snapshot(self) -> dict[str, Any]:
        """The state in Juju's nouns, ready for JSON; see `snapshot.snapshot` for its keys."""
        with self._lock:
            running = {
                name: item.running.title
                for name, item in self._uniters.items()
                if item.running is not None
            }
            return snapshot.snapshot(self._state, running, self.gaps())

    def gaps(self) -> tuple[str, ...]:
        """What the charm asked of Juju that this engine does not model."""
        return self._world.gaps

    def wait_idle(self, timeout: float) -> bool:
        """Wait until no hook runs or is due; False if a unit is in error or time ran out."""
        with self._lock:
            idle = self._lock.wait_for(self._is_idle, timeout)
            failed = any(unit.failure for unit in self._state.units.values())
            return idle and not failed

    # --- inside ----------------------------------------------------------------------------------
    def _is_idle(self) -> bool:
        return all(item.idle for item in self._uniters.values())

    def _fire(self, unit: str, hook: hooks.Hook) -> None:
        with self._lock:
            if hook.name not in self._state.charm.containers:
                raise api.EngineError(f'the charm has no container "{hook.name}"')
            self._uniter(unit).fire(hook)
