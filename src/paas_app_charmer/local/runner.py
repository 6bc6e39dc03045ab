"""The runner: one project's application with its charm, workload and backing services.

It ties together what the other modules of this package do each on its own. All that takes time
at the start goes on at once: the hooks that need no workload, the virtual environment, Pebble, and
each backing service.
"""

from __future__ import annotations

import concurrent.futures
import dataclasses
import functools
import threading
import typing

from . import (
    charmmeta,
    control_server,
    engine,
    errors,
    logs,
    provide,
    runner_blueprint,
    runner_pods,
    runner_project,
    runner_ready,
    runner_requests,
    runner_watch,
)

if typing.TYPE_CHECKING:
    from collections.abc import Mapping

    from . import api, runner_pod

INGRESS_PORT = 8080
"""Where to begin to look for a port of the ingress."""
STOP = 0.5
"""Seconds for hooks to end once they are interrupted."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Settings:
    """What the user asked for."""

    project: runner_project.Project
    endpoints: tuple[str, ...] = ()
    """To be integrated besides those that are required."""
    port: int | None = None
    environment: Mapping[str, str] = dataclasses.field(default_factory=dict[str, str], repr=False)
    config: Mapping[str, str] = dataclasses.field(default_factory=dict[str, str], repr=False)
    dispatch: api.DispatchMode = "zygote"


class Runner:
    """A project that runs; used inside of `sandbox.enter`, with the project's lock held."""

    def __init__(self, settings: Settings) -> None:
        """Read the project; nothing is started. Raises LocalError."""
        state = settings.project.state
        self.settings = settings
        self.journal = logs.Journal(state)
        self.stopping = threading.Event()
        self.memory = runner_project.remember(state)
        self.blueprint = runner_blueprint.read(settings.project, self.say)
        self.pods = runner_pods.Pods(
            blueprint=self.blueprint,
            memory=self.memory,
            environment=settings.environment,
            journal=self.journal,
        )
        self.providers = provide.Providers(
            endpoints=charmmeta.parse(self.blueprint.charmcraft).endpoints,
            application=self.blueprint.application,
            state=state,
            model=runner_ready.MODEL,
            addresses=self.pods.addresses,
            ports=self.pods.told_ports,
            journal=self.journal,
            progress=self.say,
        )
        self.engine = engine.Engine(
            store_dir=state,
            application=self.blueprint.application,
            charm=self.blueprint.charmcraft,
            charm_dir=settings.project.charm,
            spawn_for_unit=self.pods.spawn_for,
            on_log=self._take_log,
            on_relation_data=self._answer,
            model_name=runner_ready.MODEL,
            python=str(self.blueprint.python),
            dispatch="plain" if settings.project.packed else settings.dispatch,
        )
        self._refuse_other_state()
        self.start_of = runner_ready.Start(self)
        self._control = control_server.Server(state, runner_requests.Requests(self).answer)
        self._workers = concurrent.futures.ThreadPoolExecutor(thread_name_prefix="runner")

    def start(self) -> None:
        """Start everything and return at once; `start_of.verdict` tells how it goes.

        Raises LocalError or EngineError if the user asks for what cannot be.
        """
        for name in self.settings.endpoints:
            self.providers.declared(name)
        self.engine.set_config(self.settings.config)
        related = [relation.endpoint for relation in self.engine.relations()]
        wanted = self._wanted_endpoints(related)
        if self.settings.port:
            self._promise(self.settings.port, wanted)
        self.pods.resume(self.engine)
        self.engine.start()
        if not self.engine.units():
            self.pods.add(self.engine)
        self._control.start()
        services = {name: self._workers.submit(self._provide, name) for name in wanted}
        # What the charm knows of a service from an earlier run is true again once that serves.
        start = functools.partial(self._start_pod, after=[services[name] for name in related])
        pods = [self._workers.submit(start, pod) for pod in self.pods]
        self.start_of.follow([*services.values(), *pods])
        threading.Thread(target=runner_watch.follow, args=(self,), daemon=True).start()

    def stop(self) -> None:
        """Stop everything; state and data are kept."""
        self.stopping.set()
        self._control.close()
        self.engine.stop(STOP)  # first, or a running hook would see its workload go away
        with concurrent.futures.ThreadPoolExecutor() as executor:
            for stopped in [executor.submit(self.pods.stop), executor.submit(self.providers.stop)]:
                stopped.result()

    def say(self, text: str, *, level: str = "INFO") -> None:
        """Tell the user what the runner itself is doing."""
        self.journal.add(logs.Line(source="runner", text=text, level=level))

    def url(self) -> str | None:
        """Return where the application is to be reached: through its ingress if it has one.

        None while the ingress has not given a URL yet.
        """
        relations = self.engine.relations()
        if any(self.is_ingress(relation.endpoint) for relation in relations):
            return provide.ingress_url(relations)
        return f"http://{next(iter(self.pods.addresses().values()))}"

    def provide(self, endpoint: str, *, url: str | None) -> str:
        """Start or take the service of an endpoint, relate it, and return whom it stands for."""
        port = None
        if self.is_ingress(endpoint):
            port = self._ingress_port(endpoint)
        remote = self.providers.start(endpoint, self.engine, url=url, port=port)
        if url:
            self.memory.urls[endpoint] = url
        self.memory.save()
        return remote

    def _promise(self, port: int, endpoints: list[str]) -> None:
        """Keep the port that the user wants for the ingress if there is one, else for a unit."""
        if any(map(self.is_ingress, endpoints)):
            self.pods.ports.demand(port)  # to refuse at once if it is taken
            self.pods.ports.release(port)
        else:
            self.pods.first_port = port

    def _ingress_port(self, endpoint: str) -> int:
        wanted = None if self.pods.first_port else self.settings.port
        last = self.memory.ports.pop(endpoint, {}).get("port")
        port = self.pods.ports.again(last, wanted=wanted, otherwise=INGRESS_PORT)
        self.memory.ports[endpoint] = {"port": port}
        return port

    def _refuse_other_state(self) -> None:
        (name,) = self.engine.snapshot()["applications"]
        if name != self.blueprint.application:
            raise errors.LocalError(
                f"what is kept in {self.settings.project.state} is of {name}, and the charm is "
                f"{self.blueprint.application}: begin anew with `paas-app-charmer run --clean`"
            )

    def _start_pod(
        self, pod: runner_pod.Pod, *, after: list[concurrent.futures.Future[None]]
    ) -> None:
        concurrent.futures.wait(after)
        pod.start(self.engine)

    def _wanted_endpoints(self, related: list[str]) -> list[str]:
        required = provide.required(self.providers.endpoints.values())
        return list(dict.fromkeys([*related, *required, *self.settings.endpoints]))

    def _provide(self, endpoint: str) -> None:
        try:
            self.provide(endpoint, url=self.memory.urls.get(endpoint))
        except control_server.REFUSALS as error:
            # The charm says what it misses; everything else can be tried without.
            self.say(f"{endpoint}: {error}", level="ERROR")

    def is_ingress(self, endpoint: str) -> bool:
        """Tell whether an endpoint of the charm is for its ingress."""
        declared = self.providers.endpoints.get(endpoint)
        return declared is not None and declared.interface == "ingress"

    def _answer(self, relation: api.RelationView) -> None:
        self.providers.answer(relation, self.engine)

    def _take_log(self, line: api.LogLine) -> None:
        stream = logs.JUJU if line.source in {"uniter", "status"} else logs.CHARM
        for text in line.text.splitlines():
            self.journal.add(
                logs.Line(source=line.unit, stream=stream, text=text, level=line.level)
            )
