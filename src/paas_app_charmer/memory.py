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

from . import documents, env, facts, framework, release

_OLDER_SNAPSHOT = "original-services.json"


@dataclasses.dataclass(kw_only=True)
class Notes:
    """The file while a release is being applied."""

    services: Mapping[str, release.Definition]
    files: frozenset[str]
    modules: frozenset[str]
    environment: env.Environment
    checked: str
    migrated: str
    running: Mapping[str, release.Running]

    @classmethod
    def of(cls, workload: facts.Workload, wanted: release.Release) -> Notes:
        """Return what is known before anything is done."""
        return cls(
            services=workload.services,
            files=workload.files,
            modules=workload.modules,
            environment=wanted.environment,
            checked=workload.checked,
            migrated=workload.migrated,
            running=workload.running,
        )

    def write(
        self, container: ops.Container, spec: framework.FrameworkSpec[Any], *, release: str
    ) -> None:
        """Remember; ``release`` is the fingerprint of what is applied, empty if not all is."""
        content = {
            "release": release,
            "services": self.services,
            "files": sorted(self.files),
            "modules": sorted(self.modules),
            "checked": self.checked,
            "migrated": self.migrated,
            "running": {name: _to_json(one) for name, one in self.running.items()},
            "sources": {name: _source(one) for name, one in self.environment.items()},
            "secrets": sorted(name for name, one in self.environment.items() if one.secret),
        }
        container.push(_path(spec), json.dumps(content), make_dirs=True, permissions=0o600)


def read(container: ops.Container, spec: framework.FrameworkSpec[Any]) -> facts.Workload | None:
    """Return what is remembered, None if nothing is or it cannot be understood."""
    try:
        content = json.loads(pull(container, _path(spec)) or "")
        return facts.Workload(
            services=content["services"],
            files=frozenset(content["files"]),
            modules=frozenset(content["modules"]),
            running={name: _from_json(one) for name, one in content["running"].items()},
            release=content["release"],
            checked=content["checked"],
            migrated=content["migrated"],
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def rock_services(
    container: ops.Container, spec: framework.FrameworkSpec[Any]
) -> dict[str, release.Definition]:
    """Return the services as the rock declares them, when nothing is remembered of them."""
    try:
        older = json.loads(pull(container, f"{spec.state_dir}/{_OLDER_SNAPSHOT}") or "")
    except ValueError:
        older = None
    if documents.mapping(older):
        return dict(documents.mapping(older))
    services: dict[str, Any] = {
        name: service.to_dict() for name, service in container.get_plan().services.items()
    }
    main: dict[str, Any] = services.get(spec.name, {})
    if f"{spec.prefix}BASE_URL" not in main.get("environment", {}):
        return services
    # The notes were lost while the layer of this charm is in the plan. What the rock had
    # for variables cannot be told from ours any more, and ours must not outlive their source.
    for service in services.values():
        service.pop("environment", None)
        service["startup"] = "enabled"
    return services


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
