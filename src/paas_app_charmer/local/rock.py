"""What the rock of a project would carry, without packing it: Pebble's layer and some files."""

from __future__ import annotations

import dataclasses
import re
import typing

from paas_app_charmer import project as projects

from . import errors, sandbox

if typing.TYPE_CHECKING:
    import pathlib
    from collections.abc import Mapping

    Layer = Mapping[str, typing.Any]

EXPORTER = "statsd-exporter"
_SUFFIX = "-framework"
_FRAMEWORKS = ("flask", "django")
_STATSD_PORT = re.compile(r"(--statsd\.listen-(?:udp|tcp)=\S*?:)\d+")

_GUNICORN = """\
bind = ["0.0.0.0:8000"]
chdir = "{app_folder}"
statsd_host = "localhost:{statsd_port}"
"""

_STATSD_MAPPING = """\
mappings:
  - match: gunicorn.request.status.*
    name: {framework}_response_code
    labels:
      status: $1
  - match: gunicorn.requests
    name: {framework}_requests
  - match: gunicorn.request.duration
    name: {framework}_request_duration
"""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Image:
    """The part of a rock that the runner needs."""

    name: str
    framework: str
    source: str
    """Folder of the project that becomes the application's: `.`, or django's `my_app`."""
    app_folder: str
    """In the container, for example `/flask/app`."""
    layer: Layer
    """The base Pebble layer: summary, description, services, checks."""
    files: Mapping[str, sandbox.File]
    """By path in the container."""
    folders: tuple[str, ...]
    """Made empty, writable for the application."""


def read(
    folder: pathlib.Path,
    *,
    framework: str | None = None,
    statsd_port: int = 9125,
    exporter: bool = True,
) -> Image:
    """Read a project folder's rockcraft.yaml and application.

    `framework` is that of the charm; without it the rock's extension says it. `statsd_port`
    differs from unit to unit where they share a machine. Without `exporter` the metrics service
    is left out. Raises LocalError with every problem of the project on a line of its own.
    """
    project = projects.read(folder)
    content, problems = projects.rock(project)
    extension = _extension(content)
    framework = framework or extension
    if not problems:
        problems = _framework_problems(framework, extension)
    _refuse(folder, problems)
    name = str(content["name"])
    services = dict(content.get("services") or {})
    if extension:
        services = _extended(services, project, folder, framework=str(framework), name=name)
    return _image(
        content,
        _for_this_machine(services, statsd_port=statsd_port, exporter=exporter),
        framework=str(framework),
        statsd_port=statsd_port,
    )


def _extension(content: Mapping[str, typing.Any]) -> str | None:
    for extension in content.get("extensions") or ():
        if str(extension).endswith(_SUFFIX):
            return str(extension).removesuffix(_SUFFIX)
    return None


def _framework_problems(framework: str | None, extension: str | None) -> tuple[str, ...]:
    if framework is None:
        return (f"{projects.ROCK} names no framework: it needs `extensions: [flask{_SUFFIX}]`",)
    if extension not in {None, framework}:
        return (f"{projects.ROCK} is for {extension}, but the charm is for {framework}",)
    if framework not in _FRAMEWORKS:
        return (f"{framework} cannot be run here yet; {' and '.join(_FRAMEWORKS)} can",)
    return ()


def _refuse(folder: pathlib.Path, problems: tuple[str, ...]) -> None:
    if problems:
        raise errors.LocalError("\n".join(f"{folder}: {problem}" for problem in problems))


def _extended(
    services: dict[str, typing.Any],
    project: projects.Project,
    folder: pathlib.Path,
    *,
    framework: str,
    name: str,
) -> dict[str, typing.Any]:
    problems = _requirement_problems(project, framework)
    own: Mapping[str, typing.Any] = services.get(framework) or {}
    entry_point = ""
    if not own.get("command"):
        find = projects.flask_entry_point if framework == "flask" else projects.django_entry_point
        answer = find(project, name)
        problems += answer.problems
        entry_point = answer.value
    _refuse(folder, problems)
    worker = "gevent" if "gevent" in projects.requirements(project) else "sync"
    main = {
        "override": "replace",
        "startup": "enabled",
        "command": f"/bin/python3 -m gunicorn -c /{framework}/gunicorn.conf.py '{entry_point}' "
        f"-k [ {worker} ]",
        "after": [EXPORTER],
        "user": "_daemon_",
    }
    metrics = {
        "override": "merge",
        "summary": "statsd exporter service",
        "command": "/bin/statsd_exporter --statsd.mapping-config=/statsd-mapping.conf "
        "--statsd.listen-udp=localhost:9125 --statsd.listen-tcp=localhost:9125",
        "startup": "enabled",
        "user": "_daemon_",
    }
    own_metrics: Mapping[str, typing.Any] = services.get(EXPORTER) or {}
    return {
        **services,
        framework: _merged(own, main),
        EXPORTER: _merged(own_metrics, metrics),
    }


def _requirement_problems(project: projects.Project, framework: str) -> tuple[str, ...]:
    places = (projects.REQUIREMENTS, projects.PYPROJECT) if framework == "flask" else ()
    places = places or (projects.REQUIREMENTS,)
    if not any(map(project.has, places)):
        return (f"there is no {' or '.join(places)}",)
    _, problems = projects.dependencies(project)
    if not problems and framework not in projects.requirements(project):
        return (f"{framework} is not among the requirements in {' or '.join(places)}",)
    return problems


def _merged(
    own: Mapping[str, typing.Any], contributed: Mapping[str, typing.Any]
) -> dict[str, typing.Any]:
    """Merge as the packing tools do: the author's scalars win, lists join."""
    result = {**contributed, **own}
    for key in own.keys() & contributed.keys():
        if isinstance(own[key], list) and isinstance(contributed[key], list):
            result[key] = list(dict.fromkeys([*contributed[key], *own[key]]))
    return result


def _for_this_machine(
    services: Mapping[str, typing.Any], *, statsd_port: int, exporter: bool
) -> dict[str, typing.Any]:
    """Give the exporter a port of its own, for units share the loopback interface; or drop it."""
    result: dict[str, typing.Any] = {}
    for name, service in services.items():
        if name == EXPORTER and not exporter:
            continue
        adapted = dict(service or {})
        if name == EXPORTER and "command" in adapted:
            adapted["command"] = _STATSD_PORT.sub(rf"\g<1>{statsd_port}", adapted["command"])
        if not exporter and EXPORTER in adapted.get("after", ()):
            adapted["after"] = [other for other in adapted["after"] if other != EXPORTER]
        result[name] = adapted
    return result


def _image(
    content: Mapping[str, typing.Any],
    services: Mapping[str, typing.Any],
    *,
    framework: str,
    statsd_port: int,
) -> Image:
    base = f"/{framework}"
    app_folder = f"{base}/app"
    described = {key: content[key] for key in ("summary", "description") if content.get(key)}
    checks = {"checks": content["checks"]} if content.get("checks") else {}
    gunicorn = _GUNICORN.format(app_folder=app_folder, statsd_port=statsd_port)
    return Image(
        name=str(content["name"]),
        framework=framework,
        source=projects.snake(str(content["name"])) if framework == "django" else ".",
        app_folder=app_folder,
        layer={**described, "services": services, **checks},
        files={
            f"{base}/gunicorn.conf.py": sandbox.File(text=gunicorn),
            "/statsd-mapping.conf": sandbox.File(text=_STATSD_MAPPING.format(framework=framework)),
        },
        folders=(base, f"/var/log/{framework}"),
    )
