"""What the status tells about an endpoint, by asking the run time."""

from __future__ import annotations

import dataclasses
from typing import Any

from paas_app_charmer import facts, readiness, release

from .. import found, spoken, variables
from ..markdown import code, codes, table

_TEXT = """\
What makes no sense to the model of the data is told with the name of the field, and never with
what the other side wrote. Data that were withdrawn count as still arriving.

{table}

Causes of a single interface stand below. Wherever there should be an address, these may be told:
{addresses}."""

_CASES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("There is no relation", {}),
    ("Data are still arriving", {"related": True}),
    ("Data cannot be used", {"related": True, "problem": "<cause>"}),
    ("Something else is missing", {"related": True, "need": "<what to do>"}),
)


def section() -> str:
    """Return what an endpoint does to the application in each case."""
    rows = [
        (case, *(_told(required=required, **state) for required in (True, False)))
        for case, state in _CASES
    ]
    return _TEXT.format(
        table=table(("Case", "Endpoint", "Optional endpoint"), rows),
        addresses=codes(spoken.refusals_of_addresses()),
    )


def _told(*, required: bool, **state: Any) -> str:
    spec = next(iter(found.specs().values()))
    one = next(one for one in found.integrations().values() if one.category == "cache")
    endpoint = facts.Endpoint(name="<endpoint>", integration=one, required=required, **state)
    seen = dataclasses.replace(
        variables.alone(spec),
        peers=(),
        endpoints=(endpoint,),
        workload=facts.Workload(services={spec.name: {}}),
    )
    holds = (check(spec, seen) for check in readiness.LADDER)
    hold = next(filter(None, holds), None)
    if hold is None:
        return "runs without its variables"
    return f"{hold.level.value}, {code(hold.message)}; {_running(hold)}"


def _running(hold: release.Hold) -> str:
    return "what runs is stopped" if hold.stops else "what runs goes on"
