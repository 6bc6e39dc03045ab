"""What was observed, as values. Nothing here knows where it was observed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Generic

import pydantic

from . import env, integration, paas_config, release
from .options import Declared, O, Problem


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """An endpoint of the charm whose interface the library knows."""

    name: str
    integration: integration.Integration[Any]
    required: bool
    related: bool = False
    data: pydantic.BaseModel | None = field(default=None, repr=False)
    """None while it is not related, or its data are still arriving or unusable."""
    others: tuple[pydantic.BaseModel, ...] = field(default=(), repr=False)
    """What further relations on the endpoint give; the application learns of the first only."""
    problem: str = ""
    """Why the data of one of its relations cannot be used."""
    need: str = ""
    """What somebody has to do before the integration can be used."""
    options: Mapping[str, str] = field(default_factory=dict[str, str])
    """Values of the options that it brings along, by their names without its own."""

    def properties(self) -> env.Properties:
        """Return what it gives, in neutral names."""
        return {} if self.data is None else self.integration.properties(self.data)

    @property
    def base_url(self) -> str:
        """The URL of the application that it gives, empty if it gives none."""
        give = self.integration.base_url
        return "" if give is None or self.data is None else give(self.data)

    @property
    def proxy(self) -> Mapping[str, str]:
        """The proxies that it gives by variable name, empty if it gives none."""
        give = self.integration.proxy
        return {} if give is None or self.data is None else give(self.data)

    @property
    def namespace(self) -> str:
        """The prefix of its variables."""
        if self.name == self.integration.endpoint and self.integration.namespace:
            return self.integration.namespace
        return env.upper_snake(self.name)


@dataclass(frozen=True, kw_only=True)
class Check:
    """What Pebble says of one of its checks."""

    runs: bool
    is_up: bool = True
    """It has not failed as often in a row as its threshold says."""
    succeeded: bool | None = None
    """Whether it ever did since it was started; None for a Pebble that does not tell."""


@dataclass(frozen=True, kw_only=True)
class Workload:
    """What the container holds and what runs in it."""

    services: Mapping[str, release.Definition] = field(repr=False)
    """The rock's own, as they were before this charm changed any."""
    active: frozenset[str] = frozenset()
    failing: frozenset[str] = frozenset()
    """Services that stopped by themselves, and that Pebble starts again after a while."""
    failures: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    """Why a service did not start when it was told to the last time, without secrets."""
    complaint: str = ""
    """What is wrong with the web server that goes on as it was nevertheless."""
    checks: Mapping[str, Check] = field(default_factory=dict[str, Check])
    files: frozenset[str] = frozenset()
    """Names in the application's directory."""
    modules: frozenset[str] = frozenset()
    """Python modules that were asked for and are in the rock."""
    absent: frozenset[str] = frozenset()
    """Those that are not."""
    running: Mapping[str, release.Running] = field(default_factory=dict[str, release.Running])
    release: str = ""
    """Fingerprint of the release that was applied; empty if the last attempt did not end."""
    checked: str = ""
    """Fingerprint of the inputs that passed the last preflight."""
    migrated: str = ""
    """Fingerprint of the inputs of the last migration that succeeded."""
    migrated_with: Mapping[str, str] = field(default_factory=dict[str, str])
    """Digests of the variables with which an older charm migrated here; empty if none did."""
    migrated_over: str = ""
    """What the leader had told of migrations by then, where only the leader migrates."""
    image: str = ""
    """Digest that tells the rock from other releases of it."""
    variables: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """What tools are shown of the variables of the release, without their values."""
    gap_since: float | None = None
    """When a required integration went missing while services ran, as ``Facts.now``."""


@dataclass(frozen=True, kw_only=True)
class Facts(Generic[O]):
    """Everything that a decision may depend on."""

    app: str
    model: str
    unit: int
    is_leader: bool = False
    now: float = 0.0
    """Seconds since the epoch."""
    container: str
    options: O | None
    """None when they are invalid."""
    declared: Mapping[str, Declared] = field(default_factory=dict[str, Declared], repr=False)
    """All options of the charm with their values, by name, in the order of the metadata."""
    problems: tuple[Problem, ...] = ()
    config: paas_config.PaasConfig = field(default_factory=paas_config.default)
    config_problem: str = ""
    pinned_key: str | None = field(default=None, repr=False)
    """The secret key that the operator set."""
    generated_key: str | None = field(default=None, repr=False)
    peers: tuple[int, ...] | None = None
    """Numbers of the other units, ascending; None without a peer relation."""
    migrated: str = ""
    """Fingerprint of the migration that the leader has run, where only the leader migrates."""
    address: str = ""
    """IP address of this unit; empty while it has none."""
    proxy: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    """Juju's own proxy settings by variable name."""
    endpoints: tuple[Endpoint, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict[str, str])
    """What every log line is labelled with: the Juju topology of this unit."""
    forwards_logs: bool = True
    """Whether this Juju's Pebble can send logs to Loki by itself."""
    workload: Workload | None = None
    """None while Pebble cannot be reached."""
    workload_problem: str = ""
    """Why the container could not be read, when Pebble did answer."""

    @property
    def base_url(self) -> str:
        """The URL of the application, by the ingress if that gave one."""
        return next((one.base_url for one in self.endpoints if one.base_url), "")

    def main_of(self, interface: str) -> Endpoint | None:
        """Return the endpoint of an interface that names mean in which no endpoint stands.

        Of those with a relation, that is the conventional one, or else the first.
        """
        # Not of those with data: the application must not be sent to the second database while
        # the first is about to say where it is.
        ours = [o for o in self.endpoints if o.related and o.integration.interface == interface]
        usual = [one for one in ours if one.name == one.integration.endpoint]
        return next(iter((*usual, *ours)), None)

    @property
    def traces(self) -> bool:
        """Whether there is where to send traces to."""
        return any(one.integration.traces and one.data is not None for one in self.endpoints)
