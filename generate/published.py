"""What a charm says on each endpoint, by running it on an event with a neighbour everywhere."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from typing import Any

import ops.testing

from paas_app_charmer import flask, metadata

from . import found

_UUID = "3a1a6c84-3b3f-4f5b-9c51-0c3b8a3c8a01"
_INGRESS = {"ingress": json.dumps({"url": "https://shop.example"})}
"""Others tell the URL that it gives, so it is the only one that has answered."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Published:
    """Our side of one relation, without what Juju itself writes there."""

    app: Mapping[str, str]
    """Written by the leader."""
    unit: Mapping[str, str]


def of_every_endpoint() -> dict[str, Published]:
    """Return what is published by interface, for libraries and for our own words alike."""
    known = found.integrations().values()
    meta: dict[str, Any] = metadata.derive(flask.SPEC, first_generation=False)
    for one in known:
        endpoints = meta[found.role(one.interface)]
        endpoints.setdefault(one.endpoint, {"interface": one.interface, "optional": True})
    config, actions = meta.pop("config"), meta.pop("actions")
    context = ops.testing.Context(
        flask.Charm,
        meta={"name": "my-charm", **meta},
        config=config,
        actions=actions,
        app_name="my-app",
    )
    relations = {
        one.interface: ops.testing.Relation(
            one.endpoint,
            interface=one.interface,
            remote_app_data=_INGRESS if one.interface == "ingress" else {},
        )
        for one in known
    }
    state = ops.testing.State(
        leader=True,
        containers=[ops.testing.Container("app")],
        relations=[*relations.values(), ops.testing.PeerRelation("peers")],
        model=ops.testing.Model("my-model", uuid=_UUID),
    )
    after = context.run(context.on.update_status(), state)
    return {
        interface: _published(before, after.get_relation(before.id))
        for interface, before in relations.items()
    }


def _published(before: ops.testing.Relation, after: ops.testing.RelationBase) -> Published:
    unit = {
        key: v for key, v in after.local_unit_data.items() if key not in before.local_unit_data
    }
    return Published(app=after.local_app_data, unit=unit)
