"""The suite for Django projects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from paas_app_charmer import project as projects

from .. import entrypoint, expansion, finding, gunicorn, parts, python

APP_FOLDER = "django/app"
"""Of the application, in the rock."""
FOLDERS = ("/django", "/var/log/django")
"""Others that it may write to."""
_PART = "install-app"


def source(name: str) -> str:
    """Return the folder of a project that becomes the application's in the rock."""
    return projects.snake(name)


def files(*, statsd_port: int = gunicorn.STATSD_PORT) -> Mapping[str, str]:
    """Return the files that the rock has beside the application, by their path in it."""
    return gunicorn.files("django", statsd_port=statsd_port)


def entry_point(project: projects.Project, name: str) -> entrypoint.EntryPoint:
    """Find the WSGI application, for example `my_app.wsgi:application`.

    The module is counted from the source folder, which is what the rock carries.
    """
    folder = source(name)
    places = (f"{folder}/{folder}/wsgi.py", f"{folder}/mysite/wsgi.py")
    found = entrypoint.find(project, places, names=("application",))
    if found.target:
        target = found.target.removeprefix(f"{folder}.")
        return entrypoint.EntryPoint(place=found.place, target=target)
    if found.findings:
        return found
    present = next((place for place in places if place in project.texts), "")
    missing = f"is missing, and so is {places[1]}"
    lost = finding.Finding(
        file=present or places[0],
        what="has no global `application`" if present else missing,
        instead=""
        if present
        else f"`manage.py` belongs into a folder `{folder}`, like the name of the rock",
    )
    return entrypoint.EntryPoint(findings=(lost,))


def rock(seen: parts.Rock) -> expansion.Contribution:
    """Return what the extension adds to a rock."""
    found = entrypoint.EntryPoint()
    if not seen.has_command:
        found = entry_point(seen.project, seen.name)
    places = (projects.REQUIREMENTS,)
    return gunicorn.contribution(
        seen,
        entry_point=found.target,
        application=_application(seen),
        findings=(
            *python.findings(seen, "django", places=places),
            *found.findings,
            *_of_application(seen),
        ),
    )


def _application(seen: parts.Rock) -> dict[str, Any]:
    # Whoever names the part says all about it but the owner.
    if seen.written(_PART) is not None:
        return {"permissions": [parts.owned()]}
    return {
        "plugin": "dump",
        "source": source(seen.name),
        "organize": {"*": f"{APP_FOLDER}/", ".*": f"{APP_FOLDER}/"},
        "stage": [f"-{APP_FOLDER}/db.sqlite3"],
        "permissions": [parts.owned()],
    }


def _of_application(seen: parts.Rock) -> Iterator[finding.Finding]:
    written, folder = seen.written(_PART), source(seen.name)
    key = f"parts.{seen.part(_PART)}"
    if written is not None and not written.get("plugin"):
        yield seen.error(
            "is missing: what you write here replaces all but the owner of the files",
            key=f"{key}.plugin",
            instead=f"write `plugin: dump`, `source: {folder}`, and `organize` with "
            f"`'*': {APP_FOLDER}/`; or leave the part out",
        )
    if written is None and seen.has_command and not seen.project.has(folder):
        yield seen.error(
            f"there is no folder `{folder}` beside {seen.file} to take the application from",
            key="name",
            instead="the folder is called like the rock, with `_` for `-`",
        )
