"""The suite for FastAPI applications."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from paas_app_charmer import project as projects

from .. import contents, entrypoint, expansion, finding, parts, python, words

APP_FOLDER = "app"
"""Of the application, in the rock."""
FOLDERS = ()
"""Others that it may write to."""
PACKAGES = ("uvicorn",)
"""What is installed beside the requirements."""
_MODULES = ("__init__.py", "app.py", "main.py")
_DEFAULT = ("migrate", "migrate.sh", "migrate.py", "static", "templates")


def source(_name: str) -> str:
    """Return the folder of a project that becomes the application's in the rock."""
    return "."


def files(*, statsd_port: int = 0) -> Mapping[str, str]:  # noqa: ARG001 - of other suites
    """Return the files that the rock has beside the application, by their path in it."""
    return {}


def entry_point(project: projects.Project, name: str) -> entrypoint.EntryPoint:
    """Find the ASGI application: `app:app`, or `src.main:app`."""
    folders = ("app", "src", projects.snake(name))
    places = ["app.py", "main.py"]
    places += [f"{folder}/{module}" for folder in folders for module in _MODULES]
    found = entrypoint.find(project, places, names=("app",))
    if found.target or found.findings:
        return found
    present = [place for place in places if place in project.texts]
    lost = finding.Finding(
        file=(present or places)[0],
        what="has no global `app`"
        if present
        else "is missing, and so is every other place where the application is looked for",
        instead=f"put it into {words.listed(places, 'or')}",
    )
    return entrypoint.EntryPoint(findings=(lost,))


def rock(seen: parts.Rock) -> expansion.Contribution:
    """Return what the extension adds to a rock."""
    found = entrypoint.EntryPoint()
    if not seen.has_command:
        found = entry_point(seen.project, seen.name)
    default = (*_DEFAULT, found.place.partition("/")[0])
    chosen = contents.of(seen, part="install-app", folder=APP_FOLDER, default=default)
    added: dict[str, Any] = {
        "dependencies": python.dependencies(seen, packages=list(PACKAGES)),
        # All that the part brings is packed, unless the author has a list.
        "install-app": dataclasses.replace(chosen, primes=False).part(),
        "logging": parts.logging(),
        "runtime": parts.runtime(seen),
    }
    content = {
        "run-user": parts.USER,
        "services": {seen.suite.framework: _service(found.target)},
        "parts": {seen.part(name): part for name, part in added.items()},
    }
    places = (projects.REQUIREMENTS, projects.PYPROJECT)
    return expansion.Contribution(
        content=content,
        findings=(
            *python.findings(seen, "fastapi", "starlette", places=places),
            *found.findings,
            *chosen.findings,
            *python.doubts(seen),
        ),
    )


def _service(target: str) -> dict[str, Any]:
    command = {"command": f"/bin/python3 -m uvicorn {target}"} if target else {}
    return parts.service(
        **{"working-dir": f"/{APP_FOLDER}"},
        **command,
        environment={"UVICORN_HOST": "0.0.0.0"},  # noqa: S104 - the pod has an address of its own
    )
