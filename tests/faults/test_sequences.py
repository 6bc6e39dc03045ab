"""Random sequences of events: no hook raises, no secret is told, and all ends as decided."""

from __future__ import annotations

import time

import hypothesis
import pytest
from hypothesis import stateful

from . import kinds, neighbourhood

pytestmark = pytest.mark.timeout(900)

EVENTS = 10_000
"""At least, over all charms."""
STEPS = 50
_EACH = EVENTS // len(kinds.KINDS)
_EXAMPLES = 14
"""In one go. Some steps bring no event, so it takes three or four goes, and seldom one more."""
_PHASES = [phase for phase in hypothesis.Phase if phase is not hypothesis.Phase.explain]


@pytest.mark.parametrize("kind", kinds.KINDS, ids=str)
def test_any_sequence_of_events_ends_as_decided(kind, present, tmp_path, record_property):
    names = {"kind": kind, "present": present, "folder": tmp_path, "events": 0, "struck": 0}
    machine_of_kind = type("MachineOfKind", (neighbourhood.Machine,), names)
    settings = hypothesis.settings(
        max_examples=_EXAMPLES,
        stateful_step_count=STEPS,
        deadline=None,
        suppress_health_check=list(hypothesis.HealthCheck),
        print_blob=True,
        report_multiple_bugs=False,
        phases=_PHASES,
    )
    begun = time.monotonic()
    while machine_of_kind.events < _EACH:
        stateful.run_state_machine_as_test(machine_of_kind, settings=settings, _min_steps=STEPS)
    events, struck = machine_of_kind.events, machine_of_kind.struck
    took = time.monotonic() - begun
    record_property("faults", f"{kind}: {events} events, {struck} with faults, in {took:.0f} s")
    assert struck >= events // 20
