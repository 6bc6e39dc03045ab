"""The units of the application on this machine: their ports, their pods, their number."""

from __future__ import annotations

import concurrent.futures
import threading
import typing

from . import runner_pod, runner_ports

if typing.TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from . import api, logs, runner_blueprint, runner_project
    from . import engine as juju

STATSD = 9125
"""Where to begin to look for a port of the exporter; other ports are those that the rock uses."""
CHARM_PORTS = ("port", "metrics-port")
"""What of a unit's ports its charm is told, by the keys of paas-config.yaml."""


class Pods:
    """A pod for each unit."""

    def __init__(
        self,
        *,
        blueprint: runner_blueprint.Blueprint,
        memory: runner_project.Memory,
        environment: Mapping[str, str],
        journal: logs.Journal,
    ) -> None:
        self.blueprint = blueprint
        self._memory = memory
        self._environment = environment
        self.first_port: int | None = None
        """What the first unit has to listen on, if the user said so."""
        self._journal = journal
        self._pods: dict[str, runner_pod.Pod] = {}
        self.ports = runner_ports.Reserved()
        """Of this run."""
        self._promised: dict[str, int] = {}
        """The ports of the unit that is being added."""
        self._changing = threading.RLock()

    def __iter__(self) -> Iterator[runner_pod.Pod]:
        return iter(list(self._pods.values()))

    def __getitem__(self, unit: str) -> runner_pod.Pod:
        return self._pods[unit]

    def addresses(self) -> dict[str, str]:
        """Unit to where it serves HTTP."""
        return {unit: f"127.0.0.1:{pod.ports['port']}" for unit, pod in self._pods.items()}

    def told_ports(self) -> dict[str, dict[str, int]]:
        """Unit to the ports that its charm is told."""
        return {unit: _for_charm(pod.ports) for unit, pod in self._pods.items()}

    def spawn_for(self, unit: str) -> api.Spawn:
        """Return what starts a program in the charm container of a unit.

        The engine asks while it adds a unit, before `add` knows the name.
        """
        with self._changing:
            pod = self._pods.get(unit) or self._make(unit, self._promised)
        return pod.spawn_charm

    def resume(self, engine: juju.Engine) -> None:
        """Make the pods of the units that an earlier run left, before the engine starts."""
        for unit in engine.units():
            chosen = self._choose(self._memory.ports.get(unit, {}))
            self._make(unit, chosen)
            engine.set_unit(unit, paas_config=_for_charm(chosen))

    def add(self, engine: juju.Engine) -> runner_pod.Pod:
        """Add a unit. Its hooks begin; its workload does with `Pod.start`."""
        with self._changing:
            self._promised = self._choose({})
            return self._pods[engine.add_unit(paas_config=_for_charm(self._promised))]

    def remove_last(self, engine: juju.Engine) -> None:
        """Remove the unit with the highest number, with what it has on disk."""
        pod = self._pods.pop(engine.remove_unit())
        pod.stop()
        pod.remove()
        for port in pod.ports.values():
            self.ports.release(port)
        self._memory.ports.pop(pod.unit, None)
        self._memory.save()

    def replace(self, blueprint: runner_blueprint.Blueprint) -> None:
        """Build what is built from now on from a newer state of the project."""
        self.blueprint = blueprint
        for pod in self:
            pod.blueprint = blueprint

    def stop(self) -> None:
        """Stop all pods at once."""
        pods = list(self)
        if pods:
            with concurrent.futures.ThreadPoolExecutor(len(pods)) as executor:
                list(executor.map(runner_pod.Pod.stop, pods))

    def _make(self, unit: str, chosen: dict[str, int]) -> runner_pod.Pod:
        pod = runner_pod.Pod(
            unit=unit,
            folder=self.blueprint.project.state / "units" / unit.replace("/", "-"),
            blueprint=self.blueprint,
            ports=chosen,
            environment=self._environment,
            journal=self._journal,
        )
        self._pods[unit] = pod
        self._memory.ports[unit] = chosen
        self._memory.save()
        return pod

    def _choose(self, last: Mapping[str, int]) -> dict[str, int]:
        preferred = {**self.blueprint.ports, "statsd": STATSD}
        is_one = preferred["port"] == preferred["metrics-port"]
        chosen = {
            purpose: self.ports.choose(after=last.get(purpose, port))
            for purpose, port in preferred.items()
            if purpose != "port" and not (is_one and purpose == "metrics-port")
        }
        if self.first_port is None or self._pods:
            chosen["port"] = self.ports.choose(after=last.get("port", preferred["port"]))
        else:
            chosen["port"] = self.ports.demand(self.first_port)
        # A program that has its metrics on its own port may know of no other.
        return {"metrics-port": chosen["port"], **chosen} if is_one else chosen


def _for_charm(chosen: Mapping[str, int]) -> dict[str, int]:
    return {purpose: chosen[purpose] for purpose in CHARM_PORTS}
