"""The other side: makes an application out of a small charm that attaches a real library."""

from __future__ import annotations

from typing import Any

import ops
import ops.testing

from . import applications, ours


def application(
    charm: type[ops.CharmBase],
    name: str,
    endpoint: str,
    *,
    units: int = 1,
    juju: str = "3.6.0",
    provides: str = "",
    requires: str = "",
    peers: str = "",
) -> applications.Application:
    """Return an application whose endpoint provides or requires an interface; unit 0 leads."""
    meta: dict[str, Any] = {"name": name}
    if provides:
        meta["provides"] = {endpoint: {"interface": provides}}
    if requires:
        meta["requires"] = {endpoint: {"interface": requires}}
    if peers:
        meta["peers"] = {peers: {"interface": peers}}
    members = []
    for number in range(units):
        context = ops.testing.Context(
            charm,
            meta=meta,
            config={"options": {"url": {"type": "string"}}},
            juju_version=juju,
            app_name=name,
            unit_id=number,
        )
        state = ops.testing.State(
            leader=number == 0,
            model=ours.MODEL,
            relations=[ops.testing.PeerRelation(peers, id=1)] if peers else [],
        )
        members.append(applications.Unit(number, context, state))
    return applications.Application(name, endpoint, members)
