"""What the rock of a project would carry, without packing it: Pebble's layer and some files."""

from __future__ import annotations

import dataclasses
import re
import typing
from collections.abc import Mapping
from typing import Any

from paas_app_charmer import documents
from paas_app_charmer import project as projects
from paas_app_charmer.suites import catalogue, document, finding, gunicorn
from paas_app_charmer.suites import rock as suites

from . import errors, sandbox

if typing.TYPE_CHECKING:
    import pathlib
    from collections.abc import Iterable, Iterator

EXPORTER = gunicorn.EXPORTER
_APPLICATION = "install-app"
_STATSD_PORT = re.compile(r"(--statsd\.listen-(?:udp|tcp)=\S*?:)\d+")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Image:
    """The part of a rock that the runner needs."""

    name: str
    framework: str
    source: str
    """Folder of the project that is the application's, live: `.`, or django's `my_app`. Empty for
    a program that is built."""
    app_folder: str
    """In the container, for example `/flask/app`."""
    layer: Mapping[str, Any]
    """The base Pebble layer: summary, description, services, checks."""
    files: Mapping[str, sandbox.File]
    """By path in the container."""
    folders: tuple[str, ...]
    """Made empty, writable for the application."""
    parts: Mapping[str, Mapping[str, Any]]
    """What brings the rest, by name and in full."""
    rewritten: frozenset[str] = frozenset()
    """Those of which the author says how they are built."""

    @property
    def application(self) -> str:
        """The name of the part that is the application."""
        return f"{self.framework}{catalogue.SUFFIX}/{_APPLICATION}"

    @property
    def exports_metrics(self) -> bool:
        """Whether the metrics of the web server need an exporter."""
        return EXPORTER in self.layer["services"]


def read(
    folder: pathlib.Path,
    *,
    framework: str | None = None,
    statsd_port: int = gunicorn.STATSD_PORT,
    exporter: bool = True,
) -> Image:
    """Read a project folder's rockcraft.yaml and application.

    `framework` is that of the charm; without it the rock's extension says it, or its parts if it
    has been expanded. `statsd_port` differs from unit to unit where they share a machine. Without
    `exporter` the metrics service is left out. Raises LocalError with every problem of the project
    on a line of its own.
    """
    project = projects.read(folder, catalogue.READS)
    written = _load(folder, project)
    expanded = suites.expand(project, written)
    named = _named(written, expanded.content)
    if expanded.errors or named not in {None, framework or named}:
        raise _refusal(folder, [*_unlike(framework, named), *expanded.errors])
    suite = catalogue.SUITES.get(f"{framework or named}{catalogue.SUFFIX}")
    if suite is None:
        instead = f"add for example `extensions: [{next(iter(catalogue.SUITES))}]`"
        raise _refusal(folder, [_finding("names no framework", instead=instead)])
    image = _image(expanded.content, suite, statsd_port=statsd_port, exporter=exporter)
    return dataclasses.replace(image, rewritten=frozenset(_rewritten(written, suite)))


def _load(folder: pathlib.Path, project: projects.Project) -> Mapping[str, Any]:
    if projects.ROCK not in project.texts:
        reason = project.unreadable.get(projects.ROCK)
        raise _refusal(folder, [_finding(f"cannot be read: {reason}" if reason else "is missing")])
    content, told = document.load(project.texts[projects.ROCK], projects.ROCK)
    if content is None or finding.errors(told):
        raise _refusal(folder, told)
    return content


def _named(written: Mapping[str, Any], content: Mapping[str, Any]) -> str | None:
    """Return the framework that the extension is for, or that an expansion has parts of."""
    extensions: object = written.get("extensions")
    parts = documents.mapping(content.get("parts"))
    prefixes = {part.partition("/")[0] for part in parts}
    for suite in catalogue.SUITES.values():
        if suite.name in prefixes or (isinstance(extensions, list) and suite.name in extensions):
            return suite.framework
    return None


def _unlike(framework: str | None, named: str | None) -> list[finding.Finding]:
    if named in {None, framework or named}:
        return []
    return [_finding(f"is for {named}, but the charm is for {framework}")]


def _finding(what: str, *, instead: str = "") -> finding.Finding:
    return finding.Finding(file=projects.ROCK, what=what, instead=instead)


def _refusal(folder: pathlib.Path, told: Iterable[finding.Finding]) -> errors.LocalError:
    return errors.LocalError("\n".join(f"{folder}: {one}" for one in told))


def _rewritten(written: Mapping[str, Any], suite: catalogue.Suite) -> Iterator[str]:
    """Name the parts that have a build step of the author; after an expansion nobody can tell."""
    is_expanded = not written.get("extensions")
    for name, part in documents.mapping(written.get("parts")).items():
        is_ours = is_expanded and name.startswith(f"{suite.name}/")
        if documents.mapping(part).get("override-build") and not is_ours:
            yield name


def _for_this_machine(
    services: Mapping[str, Any], *, statsd_port: int, exporter: bool
) -> dict[str, Any]:
    """Give the exporter a port of its own, for units share the loopback interface; or drop it."""
    result: dict[str, Any] = {}
    for name, service in services.items():
        if name == EXPORTER and not exporter:
            continue
        adapted = dict(service or {})
        if name == EXPORTER and "command" in adapted:
            adapted["command"] = _STATSD_PORT.sub(rf"\g<1>{statsd_port}", adapted["command"])
        if not exporter and EXPORTER in (adapted.get("after") or ()):
            adapted["after"] = [other for other in adapted["after"] if other != EXPORTER]
        result[name] = adapted
    return result


def _image(
    content: Mapping[str, Any], suite: catalogue.Suite, *, statsd_port: int, exporter: bool
) -> Image:
    module = suite.code()
    name = str(content["name"])
    parts = documents.mapping(content.get("parts"))
    application = documents.mapping(parts.get(f"{suite.name}/{_APPLICATION}"))
    described = {
        key: content[key] for key in ("summary", "description", "checks") if content.get(key)
    }
    services = _for_this_machine(
        content.get("services") or {}, statsd_port=statsd_port, exporter=exporter
    )
    files: Mapping[str, str] = module.files(statsd_port=statsd_port)
    # Files that are the application are not copied: a change of them is to be seen at once.
    is_live = application.get("plugin") == "dump"
    others = {part: documents.mapping(given) for part, given in parts.items()}
    if is_live:
        del others[f"{suite.name}/{_APPLICATION}"]
    return Image(
        name=name,
        framework=suite.framework,
        source=str(application.get("source") or module.source(name)) if is_live else "",
        app_folder=f"/{module.APP_FOLDER}",
        layer={**described, "services": services},
        files={path: sandbox.File(text=text) for path, text in files.items()},
        folders=module.FOLDERS,
        parts=others,
    )
