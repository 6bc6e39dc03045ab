"""What another side says, with what changes about it, and what an application is given for it."""

from __future__ import annotations

import json
from typing import Any

import paas_app_charmer.flask
from paas_app_charmer import env, environment, facts

from . import ours, sides

SPEC = paas_app_charmer.flask.SPEC
_SECRETS = ("pass", "store-token", "client-secret", "secret/key")
"""What is secret in the examples of the integrations."""


def rotated(side: sides.Side) -> Any:
    """Return the example with other secrets in it."""
    example = side.integration.example
    values = {name: json.dumps(value) for name, value in example.model_dump(mode="json").items()}
    for secret in _SECRETS:
        values = {name: text.replace(secret, f"other-{secret}") for name, text in values.items()}
    rotated = side.integration.data.model_validate(
        {name: json.loads(text) for name, text in values.items()}
    )
    if rotated == example:
        raise LookupError(f"what is secret in the example of {side.interface}?")
    return rotated


def less(side: sides.Side) -> Any:
    """Return the example without all that may be missing."""
    fields = side.integration.data.model_fields.items()
    kept = {name for name, one in fields if one.is_required() or name in side.keeps}
    return side.integration.data.model_validate(side.integration.example.model_dump(include=kept))


def variables(side: sides.Side, data: Any) -> dict[str, env.Variable]:
    """Return what an application is given for these data, apart from all else.

    That it is what applications in the field expect is the business of `tests/contract`.
    """
    name = side.integration.endpoint
    endpoint = facts.Endpoint(
        name=name, integration=side.integration, required=False, related=True, data=data
    )
    seen = facts.Facts(
        app=sides.APP,
        model=ours.MODEL.name,
        unit=0,
        container="flask-app",
        options=SPEC.options(),
        endpoints=(endpoint,),
    )
    given = environment.build(SPEC, seen).items()
    return {n: one for n, one in given if one.source == f"integration {name}"}
