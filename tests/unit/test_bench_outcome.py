"""What the benchmark under load says of requests and of processes."""

from __future__ import annotations

import json

import pytest
from benchmarks import load, outcome


def request(due: float, *, delay: float = 0.01, loss: str = "") -> load.Request:
    return load.Request(delay=delay, ended=due + delay, loss=loss)


def test_losses_of_both_clients_are_counted_and_named():
    found = outcome.Outcome(
        fast=[request(1), request(2, loss="reset"), request(3, loss="refused")],
        slow=[request(1, loss="reset")],
    )
    assert (found.lost_fast, found.lost_slow) == (2, 1)
    assert found.reasons == "1 refused, 2 reset"


def test_it_is_back_with_the_first_request_after_the_last_one_lost():
    lost = [request(0.5 + 0.1 * number, loss="refused") for number in range(10)]
    found = outcome.Outcome(fast=[request(0.2), *lost, request(1.7)], marks=[0.4])
    assert found.back == pytest.approx(1.3)


def test_what_never_serves_again_is_not_back():
    found = outcome.Outcome(fast=[request(1), request(2, loss="refused")], marks=[1.5])
    assert found.back == float("inf")


def test_losses_belong_to_the_last_thing_that_happened_before():
    losses = [request(1.2, loss="reset"), request(9.5, loss="reset")]
    found = outcome.Outcome(fast=[*losses, request(1.3), request(9.6)], marks=[1, 9])
    assert found.back == pytest.approx(0.6)


def test_a_lost_request_does_not_end_a_gap():
    found = outcome.Outcome(fast=[request(1), request(2, loss="refused"), request(4)])
    assert found.longest_gap == pytest.approx(3)


@pytest.fixture
def journal(tmp_path):
    """A journal with lines of an earlier case, to which more can be said."""
    path = tmp_path / "journal.jsonl"

    def say(unit, text):
        with path.open("a") as file:
            file.write(json.dumps({"source": f"postcards/{unit}", "text": text}) + "\n")

    say(0, "[1] [INFO] Booting worker with pid: 1")
    return outcome.Journal(path), say


def test_only_what_a_unit_starts_from_now_on_is_counted(journal):
    found, say = journal
    for unit, text in (
        (0, "[INFO] Handling signal: hup"),
        (0, "[INFO] Booting worker with pid: 2"),
        (0, "[INFO] Booting worker with pid: 3"),
        (1, "[INFO] Using worker: sync"),
    ):
        say(unit, text)
    assert found.starts("postcards/0") == outcome.Starts(reloads=1, workers=2, masters=0)


def test_worker_services_that_are_away_at_the_same_time_are_counted(journal):
    found, say = journal
    for unit, what in ((0, "stopped"), (1, "stopped"), (0, "started"), (1, "started")):
        say(unit, f"2026-01-01 INFO worker vm:{unit} {what}")
    assert found.beside() == (2, 2)
    for what in ("stopped", "started"):
        say(2, f"2026-01-01 INFO worker vm:2 {what}")
    assert found.beside() == (3, 2)
