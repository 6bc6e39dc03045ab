"""When an application counts as started, and how long is waited for one that is not."""

from __future__ import annotations

import dataclasses
import threading
import types
from typing import Any

import pytest

from paas_app_charmer.local import runner_ready

URL = "http://127.0.0.1:8000"
PATIENCE = 10.0


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


def started(engine: Engine) -> runner_ready.Verdict:
    """Return what is said of the start of an application that answers."""
    running: Any = types.SimpleNamespace(
        engine=engine,
        stopping=threading.Event(),
        url=lambda: URL,
        blueprint=types.SimpleNamespace(application="web"),
    )
    start = runner_ready.Start(running)
    start.follow([])
    (thread,) = (one for one in threading.enumerate() if one.name == "start")
    thread.join(PATIENCE)
    return start.verdict


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner_ready, "answering", lambda url, **_: url)


@pytest.mark.usefixtures("answers")
def test_the_url_is_told_when_the_last_hook_is_over():
    engine = Engine({"web/0": "active"}, hooks=["start", "web-pebble-ready"])
    assert started(engine).url == URL
    assert engine.hooks == []


@pytest.mark.usefixtures("answers")
@pytest.mark.parametrize("status", ["waiting", "blocked", "maintenance"])
def test_a_charm_that_does_not_come_round_keeps_nobody_from_the_url(monkeypatch, status):
    monkeypatch.setattr(runner_ready, "REST", 0.2)
    assert started(Engine({"web/0": status})).url == URL
