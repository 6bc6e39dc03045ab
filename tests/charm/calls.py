"""Counts what a charm does to Pebble and Juju, without standing in for either."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Any

import ops
import pytest
from ops._private.harness import _TestingPebbleClient

PEBBLE_WRITES = (
    "push",
    "make_dir",
    "remove_path",
    "exec",
    "add_layer",
    "start_checks",
    "stop_checks",
    "send_signal",
)
PEBBLE_PROCESSES = ("restart_services", "start_services", "stop_services", "replan_services")
JUJU_WRITES = (
    "relation_set",
    "update_relation_data",
    "status_set",
    "secret_add",
    "secret_set",
    "secret_grant",
    "secret_remove",
    "open_port",
    "close_port",
    "application_version_set",
    "set_state",
)


@dataclasses.dataclass(frozen=True)
class Call:
    name: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any] = dataclasses.field(default_factory=dict)


class Calls(list[Call]):
    def of(self, *names: str) -> list[Call]:
        return [call for call in self if call.name in names]

    def writes(self) -> list[str]:
        return [call.name for call in self.of(*PEBBLE_WRITES, *PEBBLE_PROCESSES, *JUJU_WRITES)]

    def signals(self) -> list[tuple[str, list[str]]]:
        return [(call.args[0], list(call.args[1:])) for call in self.of("send_signal")]

    def restarts(self) -> list[list[str]]:
        return [list(call.args[0]) for call in self.of("restart_services", "start_services")]


def record(monkeypatch: pytest.MonkeyPatch) -> Calls:
    """Return the list that every later call is appended to."""
    calls = Calls()
    _watch(monkeypatch, calls, ops.Container, PEBBLE_WRITES)
    _watch(monkeypatch, calls, _TestingPebbleClient, PEBBLE_PROCESSES)
    backend = ops.model._ModelBackend
    _watch(monkeypatch, calls, backend, (n for n in JUJU_WRITES if hasattr(backend, n)))
    return calls


def _watch(
    monkeypatch: pytest.MonkeyPatch, calls: Calls, owner: type, names: Iterable[str]
) -> None:
    for name in names:
        for cls in (owner, *owner.__subclasses__()):
            original = cls.__dict__.get(name)
            if original is not None:
                monkeypatch.setattr(cls, name, _recording(calls, name, original))


def _recording(calls: Calls, name: str, original: Any) -> Any:
    def wrapper(self: Any, *args: Any, **kwargs: Any) -> Any:
        calls.append(Call(name, args, kwargs))
        return original(self, *args, **kwargs)

    return wrapper
