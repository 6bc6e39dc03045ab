"""Backing services for one machine: `services/<interface>.py` provides that interface.

The file's name is the registry, as it is for integrations. Such a module has two things:
`REMOTE`, the name of the application that it stands for, and `start(context) -> Running`. A
third, `find(context) -> str`, says where the server is, if that is not code of ours; it fetches
or builds what it can, and tells `context.progress` before. What a started server means for a
relation is an `Offer`, made without looking at anything but the server's address and the request.
"""

from __future__ import annotations

import dataclasses
import importlib
import pathlib
import typing
from collections.abc import Callable, Mapping

from paas_app_charmer.local import errors

Databag = Mapping[str, str]
Secrets = Mapping[str, Mapping[str, str]]


def _tell_nobody(_line: str) -> None:
    pass


@dataclasses.dataclass(frozen=True, kw_only=True)
class Context:
    """Where a service lives."""

    folder: pathlib.Path
    """Its own, under `.paas/`; what is in it outlives the run."""
    model: str
    application: str
    """Ours, the one that integrates."""
    url: str | None = dataclasses.field(default=None, repr=False)
    """Of a server that runs elsewhere; then nothing is started. It may hold a password."""
    port: int | None = None
    """Which the user wants, for a service that people talk to."""
    progress: Callable[[str], None] = _tell_nobody
    """Takes one line about what lasts above a second."""
    log: Callable[[str], None] = _tell_nobody
    """Takes each line of the service's own log; of a log service, each line that it receives."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Request:
    """What our side has published in one relation, and where its units listen."""

    relation_id: int
    endpoint: str
    app: Databag
    units: Mapping[str, Databag]
    addresses: Mapping[str, str] = dataclasses.field(default_factory=dict[str, str])
    """Unit name to `127.0.0.1:8001`, where it serves HTTP on this machine."""
    ports: Mapping[str, Mapping[str, int]] = dataclasses.field(
        default_factory=dict[str, Mapping[str, int]]
    )
    """Unit name to its ports on this machine, by the keys of paas-config.yaml. What the leader
    publishes for all units are its own."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Offer:
    """What the provider publishes in return."""

    app: Databag = dataclasses.field(default_factory=dict[str, str])
    units: Mapping[str, Databag] = dataclasses.field(default_factory=dict[str, Databag])
    """By remote unit name, for example `postgresql-k8s/0`."""
    secrets: Secrets = dataclasses.field(default_factory=dict[str, Mapping[str, str]], repr=False)
    """Databag key to the content of a secret, whose id is to be published under that key."""
    compose: Callable[[Mapping[str, str]], Databag] | None = None
    """Makes of these ids, by key, what is published instead, where a protocol nests them."""


class Running(typing.Protocol):
    """A started service."""

    @property
    def description(self) -> str:
        """What runs and where, on one line without secrets."""
        ...

    def offer(self, request: Request) -> Offer:
        """Answer a relation's request; the same answer for the same request."""
        ...

    def withdraw(self, relation_id: int) -> None:
        """Take note that a relation is gone. Data stay."""
        ...

    def alive(self) -> bool:
        """Tell whether the server still runs."""
        ...

    def stop(self, timeout: float = 1.5) -> None:
        """End the server; after `timeout` seconds the hard way."""
        ...


class Service(typing.Protocol):
    """What a module of this package looks like."""

    @property
    def REMOTE(self) -> str:  # noqa: N802  a constant of the module
        """Name of the application that it stands for."""
        ...

    def start(self, context: Context) -> Running:
        """Start the server and return when it answers. Raises LocalError."""
        ...


def interfaces() -> tuple[str, ...]:
    """Name the interfaces that have a service here."""
    found = pathlib.Path(__file__).parent.glob("[a-z]*.py")
    return tuple(sorted(path.stem for path in found))


def find(interface: str, *, url: str | None = None) -> Service:
    """Return the service for an interface; with `url`, one that stands for the server there.

    Raises LocalError.
    """
    if url is not None:
        return importlib.import_module(f"{__name__}._url").find(interface)
    if interface not in interfaces():
        raise errors.LocalError(
            f"nothing on this machine provides the interface {interface}; "
            f"these can be had: {', '.join(interfaces())}"
        )
    module: typing.Any = importlib.import_module(f"{__name__}.{interface}")
    return module


def locate(interface: str, context: Context) -> str:
    """Return where the server for an interface is, empty if it is a part of the runner.

    Raises LocalError, which says how to get it.
    """
    where: Callable[[Context], str] | None = getattr(find(interface), "find", None)
    return where(context) if where else ""
