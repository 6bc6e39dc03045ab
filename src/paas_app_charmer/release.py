"""What to run, as a value: the twelve-factor release of a rock and its configuration."""

from __future__ import annotations

import enum
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from . import env

Definition = Mapping[str, Any]
"""A service as a Pebble layer spells it."""


class Level(enum.Enum):
    """How a Juju status calls it."""

    WAITING = "waiting"
    BLOCKED = "blocked"


@dataclass(frozen=True, kw_only=True)
class Hold:
    """Why the application is not run, or not with its present configuration."""

    level: Level
    message: str
    """For the status: what is wrong, and what to do where that is not plain."""
    stops: bool = False
    """The services must not go on with what they have."""
    gap: bool = False
    """They may go on for a while, for what is missing may come back."""
    service: str = ""
    """Whose last line of log says more."""
    applied: bool = False
    """The release is what runs; that does not answer yet."""


def blocked(message: str, *, stops: bool = False, gap: bool = False, service: str = "") -> Hold:
    """Say that a person has to act."""
    return Hold(level=Level.BLOCKED, message=message, stops=stops, gap=gap, service=service)


def waiting(message: str, *, applied: bool = False) -> Hold:
    """Say that it will come by itself."""
    return Hold(level=Level.WAITING, message=message, applied=applied)


class Action(enum.Enum):
    """What to do with a service, the gentlest first."""

    NOTHING = "nothing"
    START = "start"
    RELOAD = "reload"
    RESTART = "restart"
    STOP = "stop"


@dataclass(frozen=True, kw_only=True)
class Running:
    """What a service was started with, remembered as digests: values may be secret."""

    definition: str
    """Of all fields but the environment."""
    environment: str
    files: str
    """Of the files that the service reads, as they were when it last read them."""
    base: Mapping[str, str]
    """Name and digest of each variable that the process was started with."""
    touched: frozenset[str] = frozenset()
    """Variables that differed from ``base`` at any reload since."""


@dataclass(frozen=True, kw_only=True)
class Service:
    """A service that the charm changes, and what to do with the process."""

    name: str
    definition: Definition = field(repr=False)
    """Complete, with its environment and ``override: replace``."""
    action: Action
    running: Running | None
    """To remember once the action is done; None for a service that shall not run."""

    @property
    def enabled(self) -> bool:
        """Whether the service shall run on this unit."""
        return self.running is not None


@dataclass(frozen=True, kw_only=True)
class File:
    """A file that the application's server reads."""

    path: str
    content: str = field(repr=False)
    mode: int = 0o600
    """Closed by default, because the environment may stand in it."""


@dataclass(frozen=True, kw_only=True)
class Command:
    """A process that has to succeed before the release may run."""

    argv: tuple[str, ...]
    fingerprint: str
    """Of its inputs: the command is not run again while this stays the same."""
    failure: str
    """The status when it fails; the last line it printed follows."""
    timeout: float
    """Seconds."""
    is_done: bool = False
    """It succeeded already, here or on the leader."""


@dataclass(frozen=True, kw_only=True)
class Release:
    """What the facts call for."""

    web: str
    """The main service."""
    environment: env.Environment
    """Of the main service, and of every command: the rock's own variables and ours."""
    services: tuple[Service, ...]
    files: tuple[File, ...] = ()
    directories: tuple[str, ...] = ()
    """Made before anything is started, for the application's user."""
    preflight: Command | None = None
    migration: Command | None = None
    checks: Mapping[str, Definition] = field(default_factory=dict[str, Definition])
    """Pebble's checks of what runs."""
    log_targets: Mapping[str, Definition] = field(default_factory=dict[str, Definition])
    user: str
    """Owns the files and runs the commands."""
    cwd: str
    port: int
    port_variable: str = ""
    """By which the application is told the port; empty if its server is, by other means."""
    delay: float = 0.0
    """Seconds to wait before services are restarted, so that not all units do so at once."""

    @property
    def fingerprint(self) -> str:
        """Equal for releases that make the same difference to the container."""
        return digest(
            [(service.name, service.definition, service.enabled) for service in self.services],
            [(file.path, file.content, file.mode) for file in self.files],
            self.directories,
            self.migration.fingerprint if self.migration else "",
            self.checks,
            self.log_targets,
        )


def digest(*parts: object) -> str:
    """Return a short digest that does not depend on the order of mappings."""
    text = json.dumps(parts, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:32]
