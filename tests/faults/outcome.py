"""What came of it all: how a unit stands, in the terms in which two ways there can be compared."""

from __future__ import annotations

import pathlib
from typing import Any

import ops.testing

from . import processes


def runs_as_planned(
    container: ops.testing.Container, running: processes.Processes, web: str
) -> None:
    """Check that what the plan wants is what runs, with these very variables."""
    active = {name for name, s in container.service_statuses.items() if s.value == "active"}
    assert active == running.keys()
    assert web in active
    for name, service in container.plan.services.items():
        if name in running:
            assert running[name].environment == service.environment, name
            assert running[name].definition == definition(service.to_dict()), name


def definition(service: Any) -> dict[str, Any]:
    return {key: one for key, one in service.items() if key != "environment"}


def plan(container: ops.testing.Container) -> dict[str, Any]:
    """Return the plan without what it holds only because Pebble cannot forget it."""
    raw: dict[str, Any] = container.plan.to_dict()
    targets = raw.get("log-targets", {})
    kept = {name: one for name, one in targets.items() if one.get("services") != ["-all"]}
    checks = raw.get("checks", {})
    wanted = {name: one for name, one in checks.items() if one.get("startup") != "disabled"}
    return {**raw, "log-targets": kept, "checks": wanted}


def files(folder: pathlib.Path, framework: str) -> dict[str, Any]:
    """Return what the charm has put beside the application, gunicorn's file as settings.

    How that file changes the environment depends on what the server was started with; what
    comes of it is looked at in the processes.
    """
    found: dict[str, Any] = {}
    for path in sorted((folder / framework).glob("*")):
        if path.is_file():
            text = path.read_text(encoding="utf-8")
            found[path.name] = _settings(text) if path.name == "gunicorn.conf.py" else text
            found[f"{path.name} mode"] = oct(path.stat().st_mode & 0o777)
    return found


def _settings(text: str) -> dict[str, Any]:
    settings = processes.configuration(text, {})
    passing = {"raw_env", "name"}
    return {key: one for key, one in settings.items() if key not in passing}


def published(state: ops.testing.State) -> dict[int, Any]:
    """Return what this side tells each neighbour."""
    return {one.id: (dict(one.local_app_data), _of_unit(one)) for one in state.relations}


def _of_unit(relation: ops.testing.RelationBase) -> dict[str, str]:
    # The library of S3 writes this one at relation-created only, and no provider reads it there.
    passing = {"requested-secrets"}
    return {key: one for key, one in relation.local_unit_data.items() if key not in passing}
