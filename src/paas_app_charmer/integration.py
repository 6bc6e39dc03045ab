"""What the library knows about one interface, as data in one file each."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, Protocol, TypeVar

import pydantic

from . import addresses, env, errors, modules, paas_config

Category = Literal["database", "cache", "broker", "storage", "identity", "telemetry", "network"]

_MODULES = f"{__package__}.integrations"

D = TypeVar("D", bound=pydantic.BaseModel)
D_co = TypeVar("D_co", bound=pydantic.BaseModel, covariant=True)


class Data(pydantic.BaseModel):
    """What a provider publishes, checked where it enters."""

    model_config = pydantic.ConfigDict(
        defer_build=True, frozen=True, extra="ignore", hide_input_in_errors=True
    )


@dataclass(frozen=True, kw_only=True)
class Databag:
    """What we publish. An empty value removes its key."""

    app: Mapping[str, str | Callable[[], str]] = field(
        default_factory=dict[str, str | Callable[[], str]], repr=False
    )
    """Written by the leader. A value that is costly to make is a function, so that no other
    unit makes it."""
    unit: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    """Written by each unit."""


def _nothing() -> str:
    return ""


@dataclass(frozen=True, kw_only=True)
class Observability:
    """Rules and dashboards of the charm, encoded as the observability charms expect them."""

    topology: Callable[[], str] = _nothing
    prometheus_rules: Callable[[], str] = _nothing
    loki_rules: Callable[[], str] = _nothing
    dashboards: Callable[[], str] = _nothing


@dataclass(frozen=True, kw_only=True)
class Site:
    """Where this unit is, and what an integration may tell the other side about it."""

    app: str = ""
    model: str = ""
    model_uuid: str = ""
    unit: int = 0
    charm: str = ""
    port: int = 0
    metrics_port: int = 0
    metrics_path: str = ""
    jobs: tuple[paas_config.ScrapeConfig, ...] = ()
    """Prometheus jobs of the author."""
    first_generation: bool = False
    """Whether the charm has the names that charms had before the base 26.04."""
    address: str = ""
    """IP address of this unit; empty while it has none."""
    public_url: str = ""
    """The URL that an ingress gave the application; empty without one."""
    endpoint: str = ""
    """The endpoint that is spoken of."""
    options: Mapping[str, str] = field(default_factory=dict[str, str])
    """Values of the options that this endpoint brings along, by their names without its own."""
    observability: Observability = field(default_factory=Observability)

    def fqdn(self, unit: int) -> str:
        """Return the DNS name of a unit of this application."""
        return addresses.of_unit(self.app, self.model, unit)


def _no_secret(_secret_id: str) -> Mapping[str, str]:
    raise errors.RelationDataError("its secret is missing or not granted to this application")


@dataclass(frozen=True, kw_only=True)
class RemoteData:
    """What the other side of one relation published."""

    app: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    units: Mapping[str, Mapping[str, str]] = field(
        default_factory=dict[str, Mapping[str, str]], repr=False
    )
    """Databags by unit name, in numeric order; each is fetched when it is looked into."""
    secret: Callable[[str], Mapping[str, str]] = field(default=_no_secret, repr=False)
    """The content of a secret by its id, at its latest revision.

    Raises:
        RelationDataError: it is missing, or not granted.
    """
    site: Site = field(default_factory=Site, repr=False)
    """This side, for what is made of both."""


@dataclass(frozen=True, kw_only=True)
class Option:
    """An option that each endpoint of an interface brings along, of type string.

    Its name is the endpoint's, a hyphen and its own; `{endpoint}` in default and description
    stands for the endpoint.
    """

    default: str
    description: str

    def default_of(self, endpoint: str) -> str:
        """Return what it is for an endpoint whose charm does not declare it or leaves it empty."""
        return self.default.replace("{endpoint}", endpoint)


class Requirer(Protocol[D_co]):
    """What a library that owns a protocol does for one endpoint."""

    def publish(self, site: Site) -> None:
        """Tell the other sides what they need to know, if they do not know it yet."""
        ...

    def read(self, site: Site) -> D_co | None:
        """Return what the other side gives, None while it is still arriving.

        Raises:
            RelationDataError: it cannot be used.
            NeedError: something else has to be done first.
        """
        ...


def _read_nothing(_remote: RemoteData) -> None:
    return None


def _publish_nothing(_site: Site) -> Databag:
    return Databag()


def fields_of(data: pydantic.BaseModel) -> dict[str, str]:
    """Return every field that has a value as a property of the same name."""
    return {
        name: env.text(value)
        for name, value in data.model_dump(mode="json", exclude_none=True).items()
    }


@dataclass(frozen=True, kw_only=True)
class Integration(Generic[D]):
    """All that the library knows about one interface."""

    interface: str
    category: Category
    endpoint: str
    """The endpoint name that charms conventionally give it."""
    data: type[D]
    example: D
    """Feeds the contract tests and the reference."""
    read: Callable[[RemoteData], D | None] = _read_nothing
    """Returns None while the data are still arriving; raises RelationDataError or
    pydantic.ValidationError when they cannot be used, NeedError when something else is missing."""
    request: Callable[[Site], Databag] = _publish_nothing
    connect: Callable[[Any, str], Requirer[D]] | None = None
    """Attaches a library's requirer to an endpoint of a charm, in place of the two above. It is
    the only place that imports the library."""
    options: Mapping[str, Option] = field(default_factory=dict[str, Option])
    """What an operator may set for each endpoint, by the option's name without the endpoint's."""
    namespace: str = ""
    """The prefix of the variables if the endpoint has its conventional name; by default that
    name. An endpoint of another name is its own prefix, so that one interface may be had twice."""
    single: bool = False
    """Whether a second relation on the endpoint is a mistake; otherwise the first one counts."""
    superseded: bool = False
    """Whether another interface has taken its place, so that new charms are not offered it."""
    prefixed: bool = False
    """Whether the framework's prefix, such as `FLASK_`, stands before that."""
    properties: Callable[[D], env.Properties] = fields_of
    secrets: tuple[str, ...] = ()
    """Properties to hide, here and wherever their value turns up in another one."""
    ecosystem: Mapping[str, env.Alias] = field(default_factory=dict[str, env.Alias])
    """Names that the ecosystems of the frameworks have for its properties, whatever the endpoint
    is called. Of several endpoints the first that is related has a name to itself."""
    essential: bool = True
    """Whether an endpoint that is not optional holds the application back."""
    migrates: bool = False
    """Whether migrations run again when its variables change."""
    log_targets: Callable[[D], Mapping[str, str]] | None = None
    """Names and push URLs of the Loki servers that it gives."""
    base_url: Callable[[D], str] | None = None
    """The URL of the application that it gives."""
    proxy: Callable[[D], Mapping[str, str]] | None = None
    """`http_proxy` and `https_proxy` that it gives, in place of the model's."""
    traces: bool = False
    """Whether requests are to be traced once it gives its data."""

    def hidden(self, properties: env.Properties) -> list[str]:
        """Return the values that are not to be shown."""
        return [properties[name] for name in self.secrets if name in properties]


def no_properties(_data: pydantic.BaseModel) -> dict[str, str]:
    """Give the application nothing: the integration is for the platform around it."""
    return {}


def find(interface: str) -> Integration[Any] | None:
    """Return the integration for an interface, from the module of that name.

    Only declared interfaces are looked for, so that no charm pays for what it does not use.
    """
    module = modules.find(_MODULES, interface)
    return None if module is None else module.INTEGRATION


def every() -> Iterator[Integration[Any]]:
    """Return all that the library knows, for tools: a charm pays for what it imports."""
    import pkgutil  # noqa: PLC0415 - no charm comes here

    folder = importlib.import_module(_MODULES).__path__
    for name in sorted(module.name for module in pkgutil.iter_modules(folder)):
        one = find(name)
        if one is not None:
            yield one
