"""Facts of a small application of an invented framework, changed where a test says so.

The framework is invented so that no decision can know it. Nothing here imports ops.
"""

from __future__ import annotations

import dataclasses
from typing import Annotated, Any

import pydantic

from paas_app_charmer import (
    decide,
    env,
    environment,
    facts,
    framework,
    integration,
    options,
    place,
    release,
)
from paas_app_charmer.servers import gunicorn

COMMAND = "/bin/python3 -m gunicorn -c /demo/gunicorn.conf.py 'app:app' -k [ sync ]"
EXPORTER = (
    "/bin/statsd_exporter --statsd.mapping-config=/statsd-mapping.conf "
    "--statsd.listen-udp=localhost:9125 --statsd.listen-tcp=localhost:9125"
)
WEB: dict[str, Any] = {
    "override": "replace",
    "startup": "enabled",
    "after": ["statsd-exporter"],
    "user": "_daemon_",
    "command": COMMAND,
}
STATSD: dict[str, Any] = {
    "override": "merge",
    "summary": "statsd exporter service",
    "startup": "enabled",
    "user": "_daemon_",
    "command": EXPORTER,
}


class DemoOptions(gunicorn.GunicornOptions):
    """An option of each kind that a framework may have."""

    env: Annotated[str, pydantic.Field(min_length=1)] | None = pydantic.Field(
        None, alias="demo-env", description="Where it runs."
    )
    debug: bool | None = pydantic.Field(None, alias="demo-debug", description="Show errors.")
    lifetime: int | None = pydantic.Field(
        None, alias="demo-lifetime", gt=0, description="Seconds of a session."
    )
    scheme: str | None = pydantic.Field("HTTPS", alias="demo-scheme", description="Of URLs.")


SPEC: framework.FrameworkSpec[DemoOptions] = framework.FrameworkSpec(
    name="demo",
    options=DemoOptions,
    server=gunicorn.Gunicorn(),
    base_dir="/demo",
    app_dir="/demo/app",
    prefix="DEMO_",
    port=8000,
    metrics=framework.Metrics(port=9102),
    tells=place.Variables(metrics_port="DEMO_METRICS_PORT", metrics_path="DEMO_METRICS_PATH"),
    tells_first=place.Variables(),
    own_names=True,
)


def service(command: str = "python3 work.py", **fields: Any) -> dict[str, Any]:
    """Return a service that an author added to the rock."""
    return {"override": "replace", "startup": "enabled", "command": command, **fields}


def workload(web: dict[str, Any] | None = None, **changes: Any) -> facts.Workload:
    """Return a container that has just come up; ``web`` changes its main service."""
    services = {
        "demo": {**WEB, **(web or {})},
        "statsd-exporter": STATSD,
        **changes.pop("more", {}),
    }
    return facts.Workload(**{"services": services, **changes})


def seen(**changes: Any) -> facts.Facts[DemoOptions]:
    """Return facts that lead to a release unless they are changed."""
    ready: dict[str, Any] = {
        "app": "shop",
        "model": "test-model",
        "unit": 0,
        "container": "app",
        "options": DemoOptions(),
        "generated_key": "generated-key",
        "peers": (),
        "address": "10.1.2.3",
        "workload": workload(),
    }
    return facts.Facts(**{**ready, **changes})


def chosen(**values: Any) -> DemoOptions:
    """Return the framework's options; ``webserver_workers=2`` sets ``webserver-workers``."""
    return DemoOptions.model_validate({k.replace("_", "-"): v for k, v in values.items()})


def declared(**values: Any) -> dict[str, options.Declared]:
    """Return options of the author; a mapping is a secret, None an option without a value."""
    kinds: dict[type, str] = {bool: "boolean", int: "int", float: "float", dict: "secret"}
    return {
        name: options.Declared(name=name, type=kinds.get(type(value), "string"), value=value)
        for name, value in ((key.replace("_", "-"), value) for key, value in values.items())
    }


def endpoint(interface: str, name: str = "", **changes: Any) -> facts.Endpoint:
    """Return an endpoint whose provider published the example of its integration."""
    found = integration.find(interface)
    assert found is not None
    ready: dict[str, Any] = {
        "name": name or found.endpoint,
        "integration": found,
        "required": False,
        "related": True,
        "data": found.example,
    }
    return facts.Endpoint(**{**ready, **changes})


def given(namespace: str, properties: env.Properties) -> env.Given:
    """Return what a relation gives that has these properties."""
    prefixes = (namespace,)
    return env.Given(interface="s3", endpoint="s3", namespaces=prefixes, properties=properties)


def site(**changes: Any) -> integration.Site:
    """Return what an integration may tell the other side."""
    ready: dict[str, Any] = {
        "app": "shop",
        "model": "test-model",
        "unit": 0,
        "charm": "shop-k8s",
        "port": 8000,
        "metrics_port": 9102,
        "metrics_path": "/metrics",
        "jobs": (),
        "address": "10.1.2.3",
        "observability": integration.Observability(
            topology=lambda: "{}",
            prometheus_rules=lambda: "{}",
            loki_rules=lambda: "{}",
            dashboards=lambda: "{}",
        ),
    }
    return integration.Site(**{**ready, **changes})


def released(
    observed: facts.Facts[Any], spec: framework.FrameworkSpec[Any] = SPEC
) -> release.Release:
    """Return the release of facts that have one."""
    decision = decide.decide(spec, observed)
    assert isinstance(decision, release.Release), decision
    return decision


def applied(before: facts.Workload, wanted: release.Release) -> facts.Workload:
    """Return the container after the release was applied to it."""
    running = {one.name: one.running for one in wanted.services if one.running is not None}
    return dataclasses.replace(
        before,
        active=frozenset(running),
        running=running,
        release=wanted.fingerprint,
        checked=wanted.preflight.fingerprint if wanted.preflight else "",
        migrated=wanted.migration.fingerprint if wanted.migration else "",
    )


def service_of(wanted: release.Release, name: str) -> release.Service:
    """Return a service of a release."""
    return next(one for one in wanted.services if one.name == name)


def values(observed: facts.Facts[Any]) -> dict[str, str]:
    """Return the variables of the charm, without the rock's own."""
    given = environment.build(SPEC, observed)
    return {name: variable.value for name, variable in given.items()}
