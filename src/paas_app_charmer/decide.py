"""From facts to a release: the one decision of the library, and the function to read first."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any

from . import (
    change,
    env,
    environment,
    errors,
    facts,
    formation,
    framework,
    health,
    lifecycle,
    migration,
    options,
    readiness,
    release,
)

Spec = framework.FrameworkSpec[Any]
Facts = facts.Facts[Any]

_KILL_AFTER = 5.0
"""Seconds by which Pebble waits longer for a server than that waits for its requests."""


def decide(spec: Spec, seen: Facts) -> release.Release | release.Hold:
    """Return the release that these facts call for, or why there is none."""
    for check in (*readiness.LADDER, *spec.checks):
        hold = check(spec, seen)
        if hold is not None:
            return hold
    if seen.options is None or seen.workload is None:
        raise AssertionError("the ladder lets neither pass")
    try:
        return _release(spec, seen, seen.options, seen.workload)
    except errors.PaasError as error:
        return release.blocked(str(error))


def _release(
    spec: Spec, seen: Facts, chosen: options.Options, workload: facts.Workload
) -> release.Release | release.Hold:
    web = workload.services[spec.name]
    given = environment.build(spec, seen)
    variables = _with_image(web, given)
    port = environment.port_of(spec, seen.config, chosen)
    graceful = _graceful_timeout(seen, web)
    serving = spec.server.configure(
        spec,
        framework.Seen(
            options=chosen,
            workload=workload,
            environment=variables,
            port=port,
            metrics=environment.metrics_of(spec, seen.config, chosen),
            forwards_logs=seen.forwards_logs,
            traces=seen.traces,
            graceful_timeout=graceful,
            json_logs=seen.config.framework_logging_format == "json",
        ),
    )
    env.merge(variables, _of_server(spec, serving))
    backing = _backing(seen, variables)
    migrates = migration.command(spec, seen, workload, variables, backing)
    hold = migration.waits(seen, migrates)
    if hold is not None:
        return hold
    served = dataclasses.replace(
        serving,
        environment=env.values(variables),
        files=(*serving.files, *spec.extra_files(seen)),
    )
    services = tuple(_services(spec, seen, workload, served, given, graceful))
    return release.Release(
        web=spec.name,
        environment=variables,
        services=services,
        files=served.files,
        directories=serving.directories,
        preflight=serving.preflight,
        migration=migrates,
        checks=health.checks(
            spec.name, port, seen.config, (one.name for one in services if one.enabled)
        ),
        log_targets=_log_targets(seen),
        user=web.get("user") or "_daemon_",
        cwd=spec.app_dir,
        port=port,
        port_variable=environment.told(spec, seen).port,
        delay=_delay(seen),
    )


def _backing(seen: Facts, variables: env.Environment) -> frozenset[str]:
    """Return what the backing services give, by whatever names: a migration may read any."""
    services = {one.name for one in seen.endpoints if one.integration.migrates}
    return frozenset(
        name
        for name, one in variables.items()
        if any(it.kind == "integration" and it.name in services for it in one.origins)
    )


def _services(
    spec: Spec,
    seen: Facts,
    workload: facts.Workload,
    serving: framework.Serving,
    given: env.Environment,
    graceful: float,
) -> Iterable[release.Service]:
    for name, image in workload.services.items():
        kind = formation.process_type(name, web=spec.name)
        is_web = kind is formation.ProcessType.WEB
        base = serving.definition if is_web else serving.companions.get(name, image)
        definition: dict[str, Any] = {**base, "override": "replace"}
        if kind is not formation.ProcessType.OTHER:
            own = serving.environment if is_web else env.values(_with_image(image, given))
            definition["environment"] = own
        if is_web:
            definition["kill-delay"] = lifecycle.duration(graceful + _KILL_AFTER)
            definition |= health.restarts(name, seen.config)
        here = formation.runs_on(kind, seen.unit)
        if not here:
            definition["startup"] = "disabled"
        yield change.service(
            name,
            definition,
            serving.files if is_web else (),
            workload,
            reloads=is_web and serving.reloads,
            here=here,
        )


def _graceful_timeout(seen: Facts, web: release.Definition) -> float:
    """Return the author's time, or the rock's where Pebble would wait longer by that."""
    chosen = seen.config.change.graceful_timeout
    try:
        return max(chosen, lifecycle.seconds(web.get("kill-delay")) - _KILL_AFTER)
    except ValueError:
        return chosen


def _delay(seen: Facts) -> float:
    """Return this unit's place in the time over which the units restart."""
    units = sorted({seen.unit, *(seen.peers or ())})
    return seen.config.change.spread * units.index(seen.unit) / len(units)


def _with_image(definition: release.Definition, given: env.Environment) -> dict[str, env.Variable]:
    declared: Mapping[str, object] = definition.get("environment") or {}
    origin = env.Origin(kind="rock")
    variables = {k: env.Variable(value=str(v), origin=origin) for k, v in declared.items()}
    env.merge(variables, given.items())
    return variables


def _of_server(spec: Spec, serving: framework.Serving) -> Iterable[tuple[str, env.Variable]]:
    origin = env.Origin(kind="framework", name=spec.name)
    for name, value in serving.environment.items():
        yield name, env.Variable(value=value, origin=origin)


def _log_targets(seen: Facts) -> dict[str, release.Definition]:
    if not seen.forwards_logs:
        return {}
    targets: dict[str, release.Definition] = {}
    for endpoint in seen.endpoints:
        give = endpoint.integration.log_targets
        if give is None or endpoint.data is None:
            continue
        for data in (endpoint.data, *endpoint.others):
            targets |= {name: _log_target(seen, url) for name, url in give(data).items()}
    return targets


def _log_target(seen: Facts, url: str) -> release.Definition:
    return {
        "override": "replace",
        "type": "loki",
        "location": url,
        "services": ["all"],
        "labels": dict(seen.labels),
    }
