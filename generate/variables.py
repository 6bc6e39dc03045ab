"""The variables that an application gets, by asking the run time."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from paas_app_charmer import env, environment, facts, framework, integration

Spec = framework.FrameworkSpec[Any]

_SAMPLES: Mapping[str, object] = {"boolean": True, "int": 7, "float": 0.5, "string": "HTTP"}


def of_integration(
    spec: Spec, one: integration.Integration[Any], name: str = ""
) -> dict[str, env.Variable]:
    """Return the variables that an endpoint gives, by default one of the conventional name."""
    related = endpoint(spec.adapted(one), name)
    seen = dataclasses.replace(alone(spec), endpoints=(related,))
    source = f"integration {related.name}"
    variables = sorted(environment.build(spec, seen).items())
    return {key: variable for key, variable in variables if variable.source == source}


def endpoint(one: integration.Integration[Any], name: str = "") -> facts.Endpoint:
    """Return an endpoint whose provider published the example."""
    return facts.Endpoint(
        name=name or one.endpoint,
        integration=one,
        required=False,
        related=True,
        data=one.example,
        options={
            key: option.default_of(name or one.endpoint) for key, option in one.options.items()
        },
    )


def of_option(spec: Spec, name: str, option: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the variables that change when an option of the framework is set."""
    fields: Mapping[str, Any] = spec.options.model_fields
    examples = {info.alias or field: info.examples for field, info in fields.items()}
    unset = dict.fromkeys(examples)
    before = dataclasses.replace(alone(spec), options=spec.options.model_validate(unset))
    if name in unset:
        (sample, *_) = examples[name] or [option.get("default", _SAMPLES[option["type"]])]
        chosen = spec.options.model_validate({**unset, name: sample})
        after = dataclasses.replace(before, options=chosen)
    else:
        after = dataclasses.replace(before, pinned_key="pinned")
    was = env.values(environment.build(spec, before))
    now = env.values(environment.build(spec, after))
    return tuple(sorted(key for key, value in now.items() if was.get(key) != value))


def spelled(spec: Spec, name: str) -> str:
    """Return the name of a variable for every framework that has a prefix of its own."""
    return name.replace(spec.prefix, "<PREFIX>", 1) if name.startswith(spec.prefix) else name


def alone(spec: Spec, container: str = "app") -> facts.Facts[Any]:
    """Return the facts of a charm that is related to nothing; by default a recent one."""
    return facts.Facts(
        app="my-app",
        model="my-model",
        unit=0,
        container=container,
        options=spec.options(),
        address="10.1.2.3",
        generated_key="...",
    )
