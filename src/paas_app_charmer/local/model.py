"""The state of one application in one model: plain values, no behaviour that reaches outside.

Everything that must survive the runner is here and only here; `store` writes it as JSON. Hooks
never touch it directly: they see a copy, and their writes are replayed on it when they succeed
(`agent`).
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from typing import Any, Literal, TypeAlias

from . import charmmeta

StatusName: TypeAlias = Literal[
    "active", "blocked", "waiting", "maintenance", "error", "unknown", "terminated", "unset"
]
OwnerKind: TypeAlias = Literal["application", "unit", "remote", "user"]
Databag: TypeAlias = dict[str, str]
ConfigValue: TypeAlias = bool | int | float | str


def now() -> dt.datetime:
    return dt.datetime.now(dt.timezone.utc)


@dataclasses.dataclass(kw_only=True)
class Status:
    status: StatusName = "unknown"
    message: str = ""
    since: dt.datetime = dataclasses.field(default_factory=now)


@dataclasses.dataclass(kw_only=True)
class Scope:
    """How far one unit has followed one relation."""

    created: bool = False
    members: dict[str, int] = dataclasses.field(default_factory=dict[str, int])
    """Remote units that this unit has seen join, with the databag version of its last event."""
    apps: dict[str, int] = dataclasses.field(default_factory=dict[str, int])
    changed_pending: str = ""
    """A unit that has just joined: its relation-changed comes before anything else."""


@dataclasses.dataclass(kw_only=True)
class Failure:
    """A hook that failed and is waiting to be retried."""

    hook: str
    reason: str
    tail: list[str]
    """The last lines of its traceback or output."""
    attempts: int = 1


@dataclasses.dataclass(kw_only=True)
class Unit:
    name: str
    address: str = "127.0.0.1"
    status: Status = dataclasses.field(
        default_factory=lambda: Status(status="waiting", message="agent initialising")
    )
    workload_version: str = ""
    ports: dict[str, list[str]] = dataclasses.field(default_factory=dict[str, list[str]])
    """Opened port (`8000/tcp`) -> endpoints, where `*` is all of them."""
    state: dict[str, str] = dataclasses.field(default_factory=dict[str, str])
    """What state-set keeps."""
    config: dict[str, ConfigValue] = dataclasses.field(default_factory=dict[str, ConfigValue])
    """Options that differ for this unit; Juju has no such thing, a shared machine needs it."""
    paas_config: dict[str, Any] = dataclasses.field(default_factory=dict[str, Any])
    installed: bool = False
    started: bool = False
    stopped: bool = False
    removed: bool = False
    dying: bool = False
    leader: bool = False
    """Whether leader-elected has been run, which is later than being the model's leader."""
    leader_settings: int = -1
    config_seen: str = ""
    upgrade_due: bool = False
    relations: dict[int, Scope] = dataclasses.field(default_factory=dict[int, Scope])
    failure: Failure | None = None

    @property
    def number(self) -> int:
        return int(self.name.rpartition("/")[2])


@dataclasses.dataclass(kw_only=True)
class Relation:
    id: int
    endpoint: str
    interface: str
    remote_app: str
    """Our own application for a peer relation."""
    peer: bool = False
    dying: bool = False
    remote_units: list[str] = dataclasses.field(default_factory=list[str])
    databags: dict[str, Databag] = dataclasses.field(default_factory=dict[str, Databag])
    """By application or unit name, ours and theirs. Our units are here while they are in scope."""
    versions: dict[str, int] = dataclasses.field(default_factory=dict[str, int])

    def update(self, entity: str, changes: Databag) -> bool:
        """Merge, where "" removes; the version moves only if something is different afterwards."""
        bag = self.databags.setdefault(entity, {})
        before = dict(bag)
        bag.update(changes)
        for key in [key for key, value in bag.items() if value == ""]:
            del bag[key]
        if bag == before:
            return False
        self.versions[entity] = self.versions.get(entity, 0) + 1
        return True

    def leave(self, unit: str) -> None:
        """Take a unit of ours out of scope."""
        self.databags.pop(unit, None)
        self.versions.pop(unit, None)


@dataclasses.dataclass(kw_only=True)
class Consumer:
    """One unit's view of one secret."""

    tracked: int
    notified: int
    """The newest revision for which secret-changed is not due."""
    label: str = ""


@dataclasses.dataclass(kw_only=True)
class Grant:
    target: str
    """Application or unit name."""
    relation_id: int | None = None


@dataclasses.dataclass(kw_only=True)
class Secret:
    id: str
    """Without the `secret:` in front."""
    owner_kind: OwnerKind
    owner: str
    label: str = ""
    """The owner's label; for a user secret its name."""
    description: str = ""
    rotate: str = ""
    rotates: dt.datetime | None = None
    expires: dt.datetime | None = None
    revisions: dict[int, dict[str, str]] = dataclasses.field(
        default_factory=dict[int, dict[str, str]], repr=False
    )
    latest: int = 1
    consumers: dict[str, Consumer] = dataclasses.field(default_factory=dict[str, Consumer])
    grants: list[Grant] = dataclasses.field(default_factory=list[Grant])
    obsolete_told: list[int] = dataclasses.field(default_factory=list[int])
    """Revisions for which secret-remove has been run."""

    @property
    def uri(self) -> str:
        return f"secret:{self.id}"


@dataclasses.dataclass(kw_only=True)
class Model:
    application: str
    name: str = "local"
    uuid: str = dataclasses.field(default_factory=lambda: str(uuid.uuid4()))
    charm: charmmeta.Charm = dataclasses.field(default_factory=charmmeta.Charm)
    config: dict[str, ConfigValue] = dataclasses.field(default_factory=dict[str, ConfigValue])
    """What the user has set; defaults are the charm's."""
    status: Status = dataclasses.field(default_factory=lambda: Status(status="unset"))
    leader: str = ""
    leader_settings: dict[str, str] = dataclasses.field(default_factory=dict[str, str])
    leader_settings_version: int = 0
    units: dict[str, Unit] = dataclasses.field(default_factory=dict[str, Unit])
    relations: dict[int, Relation] = dataclasses.field(default_factory=dict[int, Relation])
    secrets: dict[str, Secret] = dataclasses.field(default_factory=dict[str, Secret])
    next_unit: int = 0
    next_relation: int = 0
    next_action: int = 1

    def config_of(self, unit: Unit) -> dict[str, ConfigValue]:
        """What config-get prints: defaults that are not null, then the user's, then the unit's."""
        values = {
            name: option.default
            for name, option in self.charm.options.items()
            if option.default is not None
        }
        return {**values, **self.config, **unit.config}

    def remote_members(self, relation: Relation, unit: str) -> dict[str, int]:
        """The units that `unit` can see in the relation, with their databags' versions."""
        names = relation.remote_units
        if relation.peer:
            names = [name for name in self.units if name in relation.databags and name != unit]
        return {name: relation.versions.get(name, 0) for name in names}
