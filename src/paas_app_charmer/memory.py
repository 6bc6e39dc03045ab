"""What the charm remembers in the container: the rock as it came, and what was done to it.

It is one JSON file that goes when the container goes, as the processes do. Values of
variables do not stand in it, only their digests; and their sources, which tools show.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from typing import Any

import ops

from . import change, documents, env, facts, formation, framework, release

_OLDER_SNAPSHOT = "original-services.json"
_OLDER_MIGRATION = "database-migration-status"
_COMPLETED = "COMPLETED"
_VARIABLES = ("sources", "secrets")


def write(
    container: ops.Container, spec: framework.FrameworkSpec[Any], workload: facts.Workload
) -> None:
    """Remember what is known of the container and what was done to it."""
    content = {
        "release": workload.release,
        "services": workload.services,
        "image": workload.image,
        "files": sorted(workload.files),
        "modules": sorted(workload.modules),
        "absent": sorted(workload.absent),
        "checked": workload.checked,
        "migrated": workload.migrated,
        "migrated_over": workload.migrated_over,
        # What this charm has migrated itself says more than what an older one did before.
        "migrated_with": {} if workload.migrated else workload.migrated_with,
        "running": {name: _to_json(one) for name, one in workload.running.items()},
        "failures": workload.failures,
        "gap_since": workload.gap_since,
        **workload.variables,
    }
    container.push(_path(spec), json.dumps(content), make_dirs=True, permissions=0o600)


def variables(environment: env.Environment) -> dict[str, Any]:
    """Return what tools are shown of the variables, of which nothing is secret."""
    return {
        "sources": {name: _source(one) for name, one in environment.items()},
        "secrets": sorted(name for name, one in environment.items() if one.secret),
    }


def read(container: ops.Container, spec: framework.FrameworkSpec[Any]) -> facts.Workload | None:
    """Return what is remembered, by this charm or by an older one that was here before it.

    None if nothing is or it cannot be understood.
    """
    text = pull(container, _path(spec))
    if text is None:
        return _left_behind(container, spec)
    try:
        content = json.loads(text)
        return facts.Workload(
            services=content["services"],
            files=frozenset(content["files"]),
            modules=frozenset(content["modules"]),
            absent=frozenset(content["absent"]),
            running={name: _from_json(one) for name, one in content["running"].items()},
            release=content["release"],
            checked=content["checked"],
            migrated=content["migrated"],
            migrated_over=content["migrated_over"],
            migrated_with=content["migrated_with"],
            image=content["image"],
            failures=content["failures"],
            gap_since=content["gap_since"],
            variables={key: content[key] for key in _VARIABLES if key in content},
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def rock_services(
    container: ops.Container, spec: framework.FrameworkSpec[Any]
) -> dict[str, release.Definition]:
    """Return the services as the rock declares them, when nothing is remembered of them."""
    snapshot = _snapshot(container, spec)
    if snapshot:
        return snapshot
    services: dict[str, Any] = {
        name: service.to_dict() for name, service in container.get_plan().services.items()
    }
    main: dict[str, Any] = services.get(spec.name, {})
    if f"{spec.prefix}BASE_URL" not in main.get("environment", {}):
        return services
    # The notes were lost while the layer of this charm is in the plan. What the rock had
    # for variables cannot be told from ours any more, and ours must not outlive their source.
    for name, service in services.items():
        kind = formation.process_type(name, web=spec.name)
        if kind is not formation.ProcessType.OTHER:
            service.pop("environment", None)
        if kind is formation.ProcessType.SCHEDULER:
            service["startup"] = "enabled"
    return services


def _left_behind(
    container: ops.Container, spec: framework.FrameworkSpec[Any]
) -> facts.Workload | None:
    """Return what an older charm left, None if there was none before this one.

    It replanned with each change, so a process was started with what stands in the plan,
    unless the migration that came before did not succeed. Then nobody knows with what, nor if
    a reload by this charm has changed it since.
    """
    services = _snapshot(container, spec)
    if not services:
        return None
    migration = _first(container, (spec.state_dir, _old_state_dir(spec)), _OLDER_MIGRATION)
    settings = pull(container, f"{spec.base_dir}/gunicorn.conf.py") or ""
    if migration not in {None, _COMPLETED} or "raw_env" in settings:
        return facts.Workload(services=services)
    running = {
        name: one
        for name, service in container.get_plan().services.items()
        if (one := _started(service)) is not None
    }
    if spec.name in running:
        # A check that failed kept it from starting what stands in the plan as well, and left
        # no trace. So the first reload sets every variable and not only those that changed.
        web = running[spec.name]
        running[spec.name] = dataclasses.replace(web, touched=frozenset(web.base))
        if migration == _COMPLETED:
            return facts.Workload(services=services, running=running, migrated_with=web.base)
    return facts.Workload(services=services, running=running)


def _started(service: ops.pebble.Service) -> release.Running | None:
    """Return what this charm would remember, had it started the service as the plan says."""
    nothing = facts.Workload(services={})
    return change.service(
        service.name, service.to_dict(), (), nothing, reloads=False, here=True
    ).running


def _snapshot(
    container: ops.Container, spec: framework.FrameworkSpec[Any]
) -> dict[str, release.Definition]:
    """Return the rock's services as an older charm found them, empty if there was none."""
    # Where both are, the one in the folder that was left first is the one of the rock.
    text = _first(container, (_old_state_dir(spec), spec.state_dir), _OLDER_SNAPSHOT)
    try:
        services = documents.mapping(json.loads(text or ""))
    except ValueError:
        return {}
    return {name: documents.mapping(service) for name, service in services.items()}


def _old_state_dir(spec: framework.FrameworkSpec[Any]) -> str:
    """Return where state was kept before version 1.6 of the older library."""
    return f"{spec.base_dir}/state"


def _first(container: ops.Container, directories: tuple[str, ...], name: str) -> str | None:
    texts = (pull(container, f"{directory}/{name}") for directory in directories)
    return next((text for text in texts if text is not None), None)


def pull(container: ops.Container, path: str) -> str | None:
    """Return a file's text, None if there is no such file."""
    try:
        return container.pull(path).read()
    except ops.pebble.PathError as error:
        if error.kind == "not-found":
            return None
        raise


def _path(spec: framework.FrameworkSpec[Any]) -> str:
    return f"{spec.state_dir}/release.json"


def _source(variable: env.Variable) -> dict[str, Any]:
    overrides = [dataclasses.asdict(one) for one in variable.overrides]
    noted = {**dataclasses.asdict(variable.origin), "overrides": overrides}
    return {key: value for key, value in noted.items() if value}


def _to_json(running: release.Running) -> dict[str, Any]:
    return {**dataclasses.asdict(running), "touched": sorted(running.touched)}


def _from_json(content: Mapping[str, Any]) -> release.Running:
    values: dict[str, Any] = {**content, "touched": frozenset(content["touched"])}
    return release.Running(**values)
