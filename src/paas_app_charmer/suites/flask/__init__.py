"""The suite for Flask applications."""

from __future__ import annotations

from collections.abc import Mapping

from paas_app_charmer import project as projects

from .. import contents, entrypoint, expansion, finding, gunicorn, parts, python, words

APP_FOLDER = "flask/app"
"""Of the application, in the rock."""
FOLDERS = ("/flask", "/var/log/flask")
"""Others that it may write to."""
_DEFAULT = (
    *("app", "app.py", "main.py", "src"),
    *("migrate", "migrate.sh", "migrate.py"),
    *("static", "templates"),
)
_MODULES = ("__init__.py", "app.py", "main.py")


def source(_name: str) -> str:
    """Return the folder of a project that becomes the application's in the rock."""
    return "."


def files(*, statsd_port: int = gunicorn.STATSD_PORT) -> Mapping[str, str]:
    """Return the files that the rock has beside the application, by their path in it."""
    return gunicorn.files("flask", statsd_port=statsd_port)


def entry_point(project: projects.Project, name: str) -> entrypoint.EntryPoint:
    """Find the WSGI application: `app:app`, or `src.main:create_app()`."""
    folders = ("app", "src", projects.snake(name))
    places = ["app.py", "main.py"]
    places += [f"{folder}/{module}" for folder in folders for module in _MODULES]
    found = entrypoint.find(
        project,
        places,
        names=("app", "application"),
        factories=("create_app", "make_app"),
    )
    if found.target or found.findings:
        return found
    present = [place for place in places if place in project.texts]
    instead = f"put it into {words.listed(places, 'or')}"
    what = (
        "has no global `app` or `application`, nor a function `create_app` or `make_app`"
        if present
        else "is missing, and so is every other place where the application is looked for"
    )
    lost = finding.Finding(file=(present or places)[0], what=what, instead=instead)
    return entrypoint.EntryPoint(findings=(lost,))


def rock(seen: parts.Rock) -> expansion.Contribution:
    """Return what the extension adds to a rock."""
    found = entrypoint.EntryPoint()
    if not seen.has_command:
        found = entry_point(seen.project, seen.name)
    # The folder named like the project is none of the default ones, but it may be the application.
    default = (*_DEFAULT, found.place.partition("/")[0])
    chosen = contents.of(seen, part="install-app", folder=APP_FOLDER, default=default)
    places = (projects.REQUIREMENTS, projects.PYPROJECT)
    return gunicorn.contribution(
        seen,
        entry_point=found.target,
        application=chosen.part(),
        findings=(
            *python.findings(seen, "flask", places=places),
            *found.findings,
            *chosen.findings,
        ),
    )
