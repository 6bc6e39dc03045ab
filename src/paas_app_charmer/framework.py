"""What the library knows about one framework, as data in one file each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Generic, Protocol, TypeVar

import pydantic

from . import env, facts, integration, options, place, release

D = TypeVar("D", bound=pydantic.BaseModel)

MIGRATIONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("manage.py", ("python3", "manage.py", "migrate")),
    ("migrate.py", ("python3", "migrate.py")),
    ("migrate.sh", ("bash", "-eo", "pipefail", "migrate.sh")),
    ("migrate", ("{app_dir}/migrate",)),
)
"""Files in the application's directory and how to run them. The first that exists wins."""


@dataclass(frozen=True, kw_only=True)
class Metrics:
    """Where Prometheus finds the application's metrics."""

    port: int
    path: str = "/metrics"


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """A parameter of an action; all are strings and required."""

    name: str
    description: str


@dataclass(frozen=True, kw_only=True)
class AdminProcess:
    """What an action runs in the application's environment (the twelfth factor)."""

    argv: tuple[str, ...]
    environment: Mapping[str, str] = field(repr=False)
    """Beside the release's, which wins."""
    results: Mapping[str, str] = field(repr=False)
    """What the action reports when the process succeeds."""


@dataclass(frozen=True, kw_only=True)
class Action:
    """An action of the charm that runs a process of the application."""

    name: str
    description: str
    parameters: tuple[Parameter, ...]
    process: Callable[[Mapping[str, str]], AdminProcess]


class Server(Protocol[options.O]):
    """Starts the application: which files and arguments it wants, and what it can do live."""

    @property
    def logs_as_json(self) -> bool:
        """Whether it can write its own log as JSON."""
        ...

    def modules(self, options: options.O) -> tuple[str, ...]:
        """Return the Python modules that the rock has to have for these options."""
        ...

    def configure(self, spec: FrameworkSpec[options.O], seen: Seen[options.O]) -> Serving:
        """Return how to run the main service.

        Raises:
            OptionError: the options ask for what this rock does not have.
        """
        ...


@dataclass(frozen=True, kw_only=True)
class Seen(Generic[options.O]):
    """The part of the facts that a server looks at, complete and valid."""

    options: options.O
    workload: facts.Workload
    environment: env.Environment
    """What the main service gets, the rock's own variables included."""
    port: int
    metrics: Metrics
    forwards_logs: bool
    traces: bool
    """Whether there is where to send traces to. Only the server knows whether the rock can."""
    graceful_timeout: float
    """Seconds that requests may take to finish when their worker is to stop."""
    json_logs: bool
    """Whether the author wants the server's own log as JSON."""


@dataclass(frozen=True, kw_only=True)
class Serving:
    """How a server wants to be run."""

    definition: release.Definition = field(repr=False)
    """The main service without its environment."""
    environment: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    """What the server itself is told by variables, over all others of the main service."""
    files: tuple[release.File, ...] = ()
    directories: tuple[str, ...] = ()
    preflight: release.Command | None = None
    companions: Mapping[str, release.Definition] = field(
        default_factory=dict[str, release.Definition], repr=False
    )
    """Other services of the rock that have to follow, whole."""
    reloads: bool = False
    """Whether a new environment and new files reach the running process by a SIGHUP."""


Check = Callable[["FrameworkSpec[Any]", facts.Facts[Any]], release.Hold | None]
"""A reason not to run, if there is one. It reads as a sentence: ``pebble_is_ready``."""


def _no_variables(_facts: facts.Facts[Any], _base_url: str) -> Mapping[str, str]:
    return {}


def _no_names(_given: env.Environment) -> Iterable[tuple[str, env.Variable]]:
    return ()


def _no_files(_facts: facts.Facts[Any]) -> tuple[release.File, ...]:
    return ()


@dataclass(frozen=True, kw_only=True)
class FrameworkSpec(Generic[options.O]):
    """All that the library knows about one framework.

    A charm that needs more replaces a field::

        class Charm(paas_app_charmer.flask.Charm):
            spec = dataclasses.replace(paas_app_charmer.flask.Charm.spec, checks=(...))
    """

    name: str
    """Also of the Pebble service, and of the options' prefix."""
    options: type[options.O]
    server: Server[options.O]
    base_dir: str
    """Holds the server's configuration, writable for the application's user."""
    app_dir: str
    prefix: str
    """Of the variables from options, the base URL, the key and the peers."""
    port: int
    metrics: Metrics
    tells: place.Variables = field(default_factory=place.Variables)
    """By which variables the application learns on which port it has to listen, and the like."""
    tells_first: place.Variables | None = None
    """The same for charms of the first generation, if that is another."""
    settings_prefix: str | None = None
    """Of the variables from the framework's own options, if that is another."""
    own_names: bool = False
    """Whether container and key options of the first generation are named after the framework."""
    dialect: env.Dialect = env.mechanical
    migrations: tuple[tuple[str, tuple[str, ...]], ...] = MIGRATIONS
    checks: tuple[Check, ...] = ()
    """Beside those that hold for every framework."""
    actions: tuple[Action, ...] = ()
    extra_environment: Callable[[facts.Facts[options.O], str], Mapping[str, str]] = _no_variables
    """Variables that only this framework has, from the facts and the base URL."""
    ecosystem: Callable[[env.Environment], Iterable[tuple[str, env.Variable]]] = _no_names
    """What only this framework's ecosystem calls otherwise, made of the contract's variables. Each
    keeps its origin; the key, the port and what integrations give are known elsewhere."""
    extra_files: Callable[[facts.Facts[options.O]], tuple[release.File, ...]] = _no_files
    """Files beside the server's that the application reads when it starts."""
    endpoint_options: Mapping[str, Mapping[str, integration.Option]] = field(
        default_factory=dict[str, Mapping[str, integration.Option]]
    )
    """Options that each endpoint of an interface brings along here, beside its integration's own
    or in place of them: by interface, then by name without the endpoint's."""

    def adapted(self, one: integration.Integration[D]) -> integration.Integration[D]:
        """Return an integration with the options that its endpoints have for this framework."""
        more = self.endpoint_options.get(one.interface)
        return one if more is None else replace(one, options={**one.options, **more})

    def is_first_generation(self, container: str, declared: Iterable[str]) -> bool:
        """Return which generation a charm is of, by its container and its options."""
        if self.own_names:
            return container == self.container(first_generation=True)
        return "app-secret-key-id" in declared or place.is_optional(self.options, declared)

    def container(self, *, first_generation: bool) -> str:
        """Return the name of the container in charms of a generation."""
        return f"{self.name}-app" if first_generation and self.own_names else "app"

    def told(self, *, first_generation: bool) -> place.Variables:
        """Return by which variables applications of a generation learn their place."""
        if first_generation and self.tells_first is not None:
            return self.tells_first
        return self.tells

    @property
    def complaint(self) -> str:
        """The file in which a server that goes on nevertheless says what is wrong."""
        return f"{self.base_dir}/complaint"

    @property
    def state_dir(self) -> str:
        """Where the charm remembers what it did; it goes with the container."""
        return f"/tmp/{self.name}/state"  # noqa: S108 - writable for every user that Pebble has
