"""How long is waited for an application that does not answer yet, and for its charm."""

from __future__ import annotations

import dataclasses
import threading
from typing import Any

import pytest

from paas_app_charmer.local import runner_ready


@dataclasses.dataclass(frozen=True)
class Engine:
    """Units as an engine shows them: status by name, and in error if it says so."""

    units: dict[str, str]
    hooks: list[str] = dataclasses.field(default_factory=list[str])
    """What still runs: each look finds one less."""

    def wait_idle(self, _seconds: float) -> bool:
        return not (self.hooks and self.hooks.pop())

    def snapshot(self) -> dict[str, Any]:
        units = {
            name: {
                "workload-status": {
                    "current": "maintenance" if status == "error" else status,
                    "message": "",
                },
                "error": status == "error",
            }
            for name, status in self.units.items()
        }
        return {"applications": {"web": {"units": units}}}


@pytest.mark.parametrize(
    ("statuses", "seconds"),
    [
        (["active"], runner_ready.PATIENCE),
        (["active", "waiting"], runner_ready.START),
        (["waiting"], runner_ready.START),
        (["blocked"], 0),
        (["waiting", "blocked"], 0),
        (["error"], 0),
    ],
)
def test_a_charm_that_waits_has_a_minute_and_one_that_needs_somebody_none(statuses, seconds):
    units = {f"web/{number}": status for number, status in enumerate(statuses)}
    assert runner_ready.patience(Engine(units)) == seconds


def test_the_charm_may_end_what_it_is_at_before_the_url_is_told():
    engine = Engine({"web/0": "active"}, hooks=["start", "web-pebble-ready"])
    runner_ready.come_to_rest(engine, threading.Event())
    assert engine.hooks == []


@pytest.mark.parametrize("status", ["waiting", "blocked", "maintenance"])
def test_a_charm_that_does_not_come_round_keeps_nobody_from_the_url(monkeypatch, status):
    monkeypatch.setattr(runner_ready, "REST", 0.2)
    engine = Engine({"web/0": status}, hooks=["start"])
    runner_ready.come_to_rest(engine, threading.Event())
    assert engine.hooks == []


def test_a_runner_that_stops_is_not_waited_for():
    engine = Engine({"web/0": "waiting"}, hooks=["start", "stop"])
    stopping = threading.Event()
    stopping.set()
    runner_ready.come_to_rest(engine, stopping)
    assert engine.hooks == ["start"]
