"""The class that ops sees. It observes every event and treats all of them alike."""

from __future__ import annotations

import dataclasses
import gc
import logging
import time
from collections.abc import Callable
from typing import Any, ClassVar

import ops

from . import (
    admin,
    commands,
    decide,
    env,
    environment,
    errors,
    facts,
    framework,
    health,
    integration,
    juju,
    migration,
    observability,
    options,
    paas_config,
    processes,
    relations,
    release,
    rollout,
    secret_key,
    workload,
)

# A hook lives for tenths of a second. What has been imported until here stays to its end, and to
# look through it again and again, above all at that end, would be a tenth of the import.
gc.freeze()

logger = logging.getLogger(__name__)

_ROTATE = "rotate-secret-key"
_LONGEST_STATUS = 120  # characters, on a line of a wide terminal
_LEAVING = (ops.StopEvent, ops.RemoveEvent)
_STATUS: dict[release.Level, type[ops.WaitingStatus | ops.BlockedStatus]] = {
    release.Level.WAITING: ops.WaitingStatus,
    release.Level.BLOCKED: ops.BlockedStatus,
}


class PaasCharm(ops.CharmBase):
    """Runs a 12-factor application. Subclass the ``Charm`` of its framework, not this."""

    spec: ClassVar[framework.FrameworkSpec[Any]]
    """What there is to know about the framework."""
    integrations: ClassVar[tuple[integration.Integration[Any], ...]] = ()
    """Integrations of the author's own, beside those of the library."""

    def __init__(self, framework: ops.Framework) -> None:
        super().__init__(framework)
        self._container = self.unit.get_container(juju.container_name(self))
        self._secret_key = secret_key.SecretKey(self, self.spec.name)
        self._endpoints = relations.attach(self, self.spec, self.integrations)
        self._status: ops.StatusBase | None = None
        for event in self.on.events().values():
            kind = event.event_type
            if issubclass(kind, ops.HookEvent) and not issubclass(kind, _LEAVING):
                framework.observe(event, self._on_any_event)
        framework.observe(self.on.secret_remove, self._on_secret_remove)
        framework.observe(self.on.collect_app_status, self._on_collect_status)
        framework.observe(self.on.collect_unit_status, self._on_collect_status)
        self._observe_actions()

    def _observe(self) -> facts.Facts[Any]:
        """Return all that can be observed now, without changing anything but the secret key."""
        config, config_problem = paas_config.look(self.charm_dir)
        declared = juju.declared_options(self)
        problems = options.problems_in(declared.values())
        chosen, framework_problems = options.parse(self.spec.options, declared)
        pinned, key_problems = options.secret_key(self.spec.name, declared)
        site = self._site(config, chosen)
        modules = self.spec.server.modules(chosen) if chosen else ()
        seen, problem = workload.observe(self._container, self.spec, modules)
        return facts.Facts(
            app=site.app,
            model=site.model,
            unit=site.unit,
            is_leader=self.unit.is_leader(),
            now=time.time(),
            container=self._container.name,
            options=chosen,
            declared=declared,
            problems=tuple(dict.fromkeys((*problems, *framework_problems, *key_problems))),
            config=config,
            config_problem=config_problem,
            pinned_key=pinned,
            generated_key=self._secret_key.ensure(),
            peers=juju.peers(self),
            migrated=juju.migrated(self),
            address=site.address,
            proxy=juju.proxy(),
            endpoints=relations.observe(self, self._endpoints, site, declared),
            labels={"product": "Juju", "charm": self.meta.name, **juju.topology(self)},
            forwards_logs=self.model.juju_version.supports_pebble_log_forwarding,
            workload=seen,
            workload_problem=problem,
        )

    def _run(self, seen: facts.Facts[Any]) -> release.Hold | None:
        """Run the release that the facts call for, and return why not if it cannot be run."""
        decision = decide.decide(self.spec, seen)
        try:
            with commands.answering():
                return self._carry_out(decision, seen)
        except errors.WorkloadError as error:
            return release.blocked(str(error))
        except ops.pebble.ConnectionError:
            return release.waiting("Waiting for pebble ready")
        except (ops.pebble.Error, TimeoutError) as error:
            told = str(error)
            if isinstance(decision, release.Release):
                told = env.redact(told, decision.environment)
            return release.blocked(f"Pebble refused: {commands.one_line(told)}")

    def _report(self, hold: release.Hold | None) -> None:
        """Settle the status that is set when all handlers of this event are done."""
        if hold is None:
            self._status = ops.ActiveStatus()
            return
        self._status = _STATUS[hold.level](commands.fit(hold.message, _LONGEST_STATUS))
        if hold.level is release.Level.BLOCKED:
            logger.error("%s", hold.message)

    def _on_any_event(self, _: ops.EventBase) -> None:
        if juju.is_leaving(self.unit):
            return  # with each relation that it leaves something would change, for nobody
        seen = self._observe()
        if environment.is_settled(self.spec, seen):
            site = self._site(seen.config, seen.options, public_url=seen.base_url)
            relations.publish(self, self._endpoints, site, seen.declared)
        self._report(self._run(seen))

    def _on_rotate_secret_key(self, event: ops.ActionEvent) -> None:
        if not self.unit.is_leader():
            event.fail("only leader unit can rotate secret key")
            return
        seen = self._observe()
        if seen.pinned_key is not None:
            event.fail("the secret key is set by an option, which this action does not change")
            return
        if seen.generated_key is None:
            event.fail("charm is still initializing")
            return
        decision = decide.decide(self.spec, seen)
        if isinstance(decision, release.Hold):
            event.fail(f"the secret key was not rotated: {decision.message}")
            return
        hold = self._run(dataclasses.replace(seen, generated_key=self._secret_key.rotate()))
        self._report(hold)
        if hold is None or hold.applied:
            event.set_results({"status": "success"})
        else:
            event.fail(f"the new secret key is kept and not yet in use: {hold.message}")

    def _on_admin_process(self, event: ops.ActionEvent) -> None:
        kinds = {self.on[action.name].action.event_kind: action for action in self.spec.actions}
        action = kinds[event.handle.kind]
        parameters = {p.name: str(event.params.get(p.name) or "") for p in action.parameters}
        absent = sorted(name for name, value in parameters.items() if not value)
        if absent:
            event.fail(f"missing parameters: {', '.join(absent)}")
            return
        decision = decide.decide(self.spec, self._observe())
        if isinstance(decision, release.Hold):
            event.fail(f"app container is not ready: {decision.message}")
            return
        process = action.process(parameters)
        try:
            admin.run(self._container, decision, process)
        except errors.WorkloadError as error:
            event.fail(error.output.strip() or str(error))
        except ops.pebble.ConnectionError:
            event.fail("app container is not ready: Waiting for pebble ready")
        else:
            event.set_results(dict(process.results))

    def _observe_actions(self) -> None:
        handlers: dict[str, Callable[[ops.ActionEvent], None]] = {
            _ROTATE: self._on_rotate_secret_key,
            **{action.name: self._on_admin_process for action in self.spec.actions},
        }
        for name, handler in handlers.items():
            if name in self.meta.actions:
                self.framework.observe(self.on[name].action, handler)

    def _on_secret_remove(self, event: ops.SecretRemoveEvent) -> None:
        event.remove_revision()

    def _on_collect_status(self, event: ops.CollectStatusEvent) -> None:
        entity = self.app if event.handle.kind == "collect_app_status" else self.unit
        if self._status is not None and juju.status(entity) != self._status:
            event.add_status(self._status)

    def _carry_out(
        self, decision: release.Release | release.Hold, seen: facts.Facts[Any]
    ) -> release.Hold | None:
        found = seen.workload
        if isinstance(decision, release.Hold):
            if found is not None:
                rollout.hold(self._container, self.spec, decision, seen, found)
            return decision
        if found is None:
            raise AssertionError("there is no release without a workload")
        if not rollout.is_applied(decision, found):
            self.unit.status = ops.MaintenanceStatus("Preparing service for restart")
            found = rollout.apply(self._container, self.spec, decision, seen, found)
        self.unit.set_ports(decision.port)
        told = migration.told(seen, found, decision)
        if told:
            juju.tell_migrated(self, told)
        found = processes.settle(self._container, decision, found)
        verdict = health.verdict(decision, found)
        if verdict is None or not verdict.service:
            return verdict
        words = commands.last_words(self._container, verdict.service, decision.environment)
        return dataclasses.replace(verdict, message=f"{verdict.message}: {words}".rstrip(": "))

    def _site(
        self, config: paas_config.PaasConfig, chosen: options.Options | None, public_url: str = ""
    ) -> integration.Site:
        metrics = environment.metrics_of(self.spec, config, chosen)
        return integration.Site(
            app=self.app.name,
            model=self.model.name,
            model_uuid=self.model.uuid,
            unit=juju.unit_number(self.unit.name),
            charm=self.meta.name,
            port=environment.port_of(self.spec, config, chosen),
            metrics_port=metrics.port,
            metrics_path=metrics.path,
            jobs=tuple(config.jobs),
            first_generation=self.spec.is_first_generation(self._container.name, self.meta.config),
            address=juju.address(self),
            public_url=public_url,
            observability=observability.of(self, self.spec.name),
        )
