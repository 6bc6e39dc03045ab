"""How long is waited for an application that does not answer yet."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from paas_app_charmer.local import runner_ready


@dataclasses.dataclass(frozen=True)
class Engine:
    """Units as an engine shows them: status by name, and in error if it says so."""

    units: dict[str, str]

    def snapshot(self) -> dict[str, Any]:
        units = {
            name: {
                "workload-status": {"current": "maintenance" if status == "error" else status},
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
