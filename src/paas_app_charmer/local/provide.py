"""Backing services: start one for an endpoint, relate it, and let it answer the charm."""

from __future__ import annotations

import concurrent.futures
import contextlib
import dataclasses
import json
import threading
import typing

from . import api, errors, logs, services

if typing.TYPE_CHECKING:
    import pathlib
    from collections.abc import Callable, Generator, Iterable, Mapping

    from . import charmmeta
    from . import engine as juju

FAREWELL = 30.0
"""Seconds that the hooks of a removed relation may take before its service is stopped."""
UNASKED = frozenset({"ingress", "loki_push_api"})
"""Interfaces that every charm declares without `optional: true` and that are never required."""


def required(endpoints: Iterable[charmmeta.Endpoint]) -> list[str]:
    """Name the endpoints without which the charm holds the application back."""
    return [
        endpoint.name
        for endpoint in endpoints
        if endpoint.role == "requires"
        and not endpoint.optional
        and endpoint.interface not in UNASKED
    ]


def _no_ports() -> dict[str, dict[str, int]]:
    return {}


@dataclasses.dataclass(kw_only=True, eq=False)
class Providers:
    """The backing services of one application."""

    endpoints: Mapping[str, charmmeta.Endpoint]
    application: str
    model: str
    state: pathlib.Path
    addresses: Callable[[], Mapping[str, str]]
    """Unit to where it serves HTTP."""
    ports: Callable[[], Mapping[str, Mapping[str, int]]] = _no_ports
    """Unit to its ports, by the keys of paas-config.yaml."""
    journal: logs.Journal
    progress: Callable[[str], None]
    _running: dict[str, services.Running] = dataclasses.field(
        default_factory=dict[str, services.Running], init=False
    )
    _starting: set[str] = dataclasses.field(default_factory=set[str], init=False)
    _changing: threading.Lock = dataclasses.field(default_factory=threading.Lock, init=False)
    _answering: threading.RLock = dataclasses.field(default_factory=threading.RLock, init=False)

    def start(
        self,
        endpoint: str,
        engine: juju.Engine,
        *,
        url: str | None = None,
        port: int | None = None,
    ) -> str:
        """Start the service of an endpoint, or use the one at `url`, and relate it.

        Returns the name of the application that it stands for. Raises LocalError and EngineError.
        """
        declared = self.declared(endpoint)
        service = services.find(declared.interface, url=url)
        with self._reserved(endpoint):
            running = service.start(self._context(endpoint, url=url, port=port))
            try:
                if not _relations(endpoint, engine):
                    engine.integrate(endpoint, service.REMOTE)
            except api.EngineError:
                running.stop()
                raise
            self._running[endpoint] = running
        for relation in _relations(endpoint, engine):
            self.answer(relation, engine)
        return service.REMOTE

    @contextlib.contextmanager
    def _reserved(self, endpoint: str) -> Generator[None]:
        with self._changing:
            if endpoint in self._running or endpoint in self._starting:
                raise errors.LocalError(
                    f"{endpoint} is integrated already: "
                    f"`paas-app-charmer remove-relation {endpoint}` first"
                )
            self._starting.add(endpoint)
        try:
            yield
        finally:
            self._starting.discard(endpoint)

    def answer(self, relation: api.RelationView, engine: juju.Engine) -> None:
        """Let the service of a relation see what our side publishes, and publish its answer."""
        running = self._running.get(relation.endpoint)
        if running is None:
            return  # it is still starting, and is asked when it has
        with self._answering:
            offer = running.offer(
                services.Request(
                    relation_id=relation.id,
                    endpoint=relation.endpoint,
                    app=relation.app_data,
                    units=relation.unit_data,
                    addresses=self.addresses(),
                    ports=self.ports(),
                )
            )
            secrets = {
                key: engine.provider_secret(relation.id, content, label=f"{relation.id}.{key}")
                for key, content in offer.secrets.items()
            }
            ids = offer.compose(secrets) if offer.compose else secrets
            engine.provider_set(relation.id, app={**offer.app, **ids}, units=offer.units)

    def answer_all(self, engine: juju.Engine) -> None:
        """Ask every service again: the units' addresses have changed."""
        for relation in engine.relations():
            self.answer(relation, engine)

    def remove(self, endpoint: str, engine: juju.Engine) -> None:
        """Remove the relation of an endpoint and stop its service; its data stay."""
        self.declared(endpoint)
        relations = _relations(endpoint, engine)
        engine.remove_relation(endpoint)
        engine.wait_idle(FAREWELL)  # the application may use the service until its hook has run
        running = self._running.pop(endpoint, None)
        if running is not None:
            for relation in relations:
                running.withdraw(relation.id)
            running.stop()

    def stop(self) -> None:
        """Stop all services at once."""
        running = list(self._running.values())
        self._running.clear()
        if running:
            with concurrent.futures.ThreadPoolExecutor(len(running)) as executor:
                for stopped in [executor.submit(service.stop) for service in running]:
                    stopped.result()

    def descriptions(self) -> dict[str, str]:
        """Endpoint to one line about what serves it."""
        return {endpoint: running.description for endpoint, running in self._running.items()}

    def declared(self, endpoint: str) -> charmmeta.Endpoint:
        """Return an endpoint that can be integrated. Raises LocalError."""
        declared = self.endpoints.get(endpoint)
        if declared is None or declared.role == "peers":
            known = sorted(name for name, known in self.endpoints.items() if known.role != "peers")
            raise errors.LocalError(
                f"the charm has no endpoint {endpoint!r}; it has: {', '.join(known)}"
            )
        return declared

    def _context(self, endpoint: str, *, url: str | None, port: int | None) -> services.Context:
        folder = self.state / "services" / endpoint
        folder.mkdir(parents=True, exist_ok=True)
        forwards = self.endpoints[endpoint].interface == "loki_push_api"

        def log(text: str) -> None:
            stream = logs.FORWARDED if forwards else ""
            self.journal.add(logs.Line(source=endpoint, stream=stream, text=text.rstrip()))

        return services.Context(
            folder=folder,
            model=self.model,
            application=self.application,
            url=url,
            port=port,
            progress=self.progress,
            log=log,
        )


def _relations(endpoint: str, engine: juju.Engine) -> list[api.RelationView]:
    return [relation for relation in engine.relations() if relation.endpoint == endpoint]


def ingress_url(relations: Iterable[api.RelationView]) -> str | None:
    """Return the URL that the ingress gave the application, if it is related to one."""
    for relation in relations:
        if relation.interface == "ingress":
            published = json.loads(relation.remote_app_data.get("ingress", "{}"))
            return published.get("url")
    return None
