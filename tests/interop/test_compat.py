"""Every interface, with every event that a relation may have, on the leader and on a follower.

What is particular to an interface is in its own tests. The table of these is printed at the end.
"""

from __future__ import annotations

import functools

import pytest
from counterparts import journey, ours, rows, sides

CELLS = [
    pytest.param((side, needs), event, role, id=f"{side.name}-{needs.value}-{event}-{role}")
    for side in rows.SIDES
    for needs in journey.needs_of(side)
    for event in journey.EVENTS
    for role in journey.ROLES
    if journey.applies(side, event)
]


@pytest.fixture(scope="module")
def set_out(tmp_path_factory: pytest.TempPathFactory):
    """Return a function that begins a journey. It knows the last one, which goes on."""

    @functools.lru_cache(maxsize=1)
    def set_out(side: sides.Side, needs: journey.Needs) -> journey.Journey:
        return journey.Journey(side, tmp_path_factory.mktemp(side.name), needs)

    return set_out


@pytest.fixture
def travelling(request: pytest.FixtureRequest, set_out, monkeypatch: pytest.MonkeyPatch):
    side, needs = request.param
    ours.speak_by(side.client, monkeypatch)
    return set_out(side, needs)


@pytest.mark.parametrize(("travelling", "event", "role"), CELLS, indirect=["travelling"])
def test_both_sides_have_what_the_event_calls_for(travelling, event, role):
    for stop in travelling.reach(event):
        assert stop.seen[role] == stop.expected[role]
        assert stop.unheard == []
        assert stop.remembered == []
        assert stop.written_again == []
