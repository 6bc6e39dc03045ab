"""Typical changes, each with the calls of Pebble that it is about."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import ops
import ops.testing

from . import kinds, neighbours, world

KIND = kinds.Kind(
    framework="flask",
    base="ubuntu@24.04",
    interfaces=("postgresql_client", "redis"),
)
MIGRATED_BY_LEADER = dataclasses.replace(KIND, paas_config="migration: {run-on: leader}\n")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Change:
    """What an event brings."""

    make: Callable[[world.World], Any]
    """Changes what the charm finds, and returns the event that tells of it."""
    does: tuple[str, ...]
    """Calls of Pebble that it is about."""
    undo: Callable[[world.World], Any] | None = None
    """Brings back what the charm found before, where that can be."""
    kind: kinds.Kind = KIND
    is_first: bool = False
    """Whether nothing ran before."""


def _answer(one: world.World, endpoint: str, number: int) -> Any:
    (relation,) = one.relations(endpoint)
    given = neighbours.ANSWERS[relation.interface](one.vault, number, relation.local_app_data)
    secrets = {key: neighbours.secret(content) for key, content in given.secrets.items()}
    for secret in secrets.values():
        one.keep(secret)
    new = one.swap(
        relation,
        remote_app_data={**given.app, **{key: secret.id for key, secret in secrets.items()}},
        remote_units_data={0: dict(given.unit)},
    )
    return one.on.relation_changed(new, remote_unit=0)


def integrate(one: world.World, endpoint: str, interface: str, number: int) -> Any:
    new = ops.testing.Relation(endpoint, interface, remote_units_data={0: {}})
    one.change(relations=[*one.state.relations, new])
    return _answer(one, endpoint, number)


def _separate(one: world.World, endpoint: str) -> Any:
    (relation,) = one.relations(endpoint)
    one.part(relation)
    return one.on.config_changed()


def _configure(name: str, value: object) -> Callable[[world.World], Any]:
    def configure(one: world.World) -> Any:
        one.configure(name, value)
        return one.on.config_changed()

    return configure


def _end(one: world.World) -> Any:
    one.bring_down("flask", ops.pebble.ServiceStatus.ERROR)
    return one.on.update_status()


def _new_image(one: world.World) -> Any:
    one.restart_container()
    return one.on.pebble_ready(one.container)


CHANGES = {
    "first start": Change(
        make=lambda one: one.on.pebble_ready(one.container),
        does=("push", "exec", "add_layer", "restart_services"),
        is_first=True,
    ),
    "first start, migrated by the leader": Change(
        make=lambda one: one.on.pebble_ready(one.container),
        does=("push", "exec", "add_layer", "restart_services"),
        is_first=True,
        kind=MIGRATED_BY_LEADER,
    ),
    "environment": Change(
        make=_configure("greeting", "two\nlines"),
        undo=_configure("greeting", None),
        does=("push", "exec", "add_layer", "send_signal", "restart_services"),
    ),
    "server's option": Change(
        make=_configure("webserver-workers", 3),
        undo=_configure("webserver-workers", None),
        does=("send_signal",),
    ),
    "command": Change(
        make=_configure("webserver-worker-class", "gevent"),
        undo=_configure("webserver-worker-class", None),
        does=("restart_services",),
    ),
    "migration": Change(
        make=lambda one: _answer(one, "postgresql", 2), does=("exec", "send_signal")
    ),
    "migration by the leader": Change(
        make=lambda one: _answer(one, "postgresql", 2),
        does=("exec", "send_signal"),
        kind=MIGRATED_BY_LEADER,
    ),
    "log target": Change(
        make=lambda one: integrate(one, "logging", "loki_push_api", 1),
        undo=lambda one: _separate(one, "logging"),
        does=("add_layer",),
    ),
    "integration that goes": Change(
        make=lambda one: _separate(one, "redis"),
        undo=lambda one: integrate(one, "redis", "redis", 1),
        does=("add_layer", "send_signal"),
    ),
    "stop": Change(make=lambda one: _separate(one, "postgresql"), does=("stop_services",)),
    "service that ended": Change(make=_end, does=("restart_services",)),
    "new container": Change(make=_new_image, does=("add_layer", "restart_services")),
}
