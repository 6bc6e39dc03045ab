"""What every unit of a project is made from, read anew when the project's files change."""

from __future__ import annotations

import concurrent.futures
import dataclasses
import pathlib
import sys
import typing

from paas_app_charmer import project as projects
from paas_app_charmer.suites import catalogue, finding, generated, halves

from . import (
    builds,
    errors,
    gotool,
    interpreter,
    packed,
    pebble,
    rock,
    runner_framework,
    runner_project,
)

if typing.TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@dataclasses.dataclass(frozen=True, kw_only=True)
class Blueprint:
    """A project as it is now."""

    project: runner_project.Project
    framework: str
    charmcraft: Mapping[str, typing.Any]
    """In full."""
    python: pathlib.Path = pathlib.Path(sys.executable)
    """What runs the charm."""
    sources: frozenset[str] = frozenset()
    """Suffixes of what a program is built from; none if the application runs as it is."""
    tools: concurrent.futures.Future[Tools]
    """Still being made while hooks that need no workload run already."""

    @property
    def application(self) -> str:
        """The name that `juju deploy` would give it."""
        return str(self.charmcraft["name"])

    @property
    def container(self) -> str:
        """The workload container."""
        return next(iter(self.charmcraft["containers"]))

    @property
    def ports(self) -> Mapping[str, int]:
        """The ports that the application has by default, by the keys of paas-config.yaml."""
        return generated.charm(catalogue.SUITES[self.framework + catalogue.SUFFIX])["ports"]

    def image(self, *, statsd_port: int, environment: Mapping[str, str]) -> rock.Image:
        """Return the rock for one unit, with extra variables for the application."""
        image = rock.read(
            self.project.folder,
            framework=self.framework,
            statsd_port=statsd_port,
            exporter=self.tools.result().exporter is not None,
        )
        return dataclasses.replace(
            image, layer=_with_environment(image.layer, self.framework, environment)
        )


@dataclasses.dataclass(frozen=True, kw_only=True)
class Tools:
    """What takes seconds to make, the first time."""

    made: builds.Made
    """By the parts of the rock."""
    pebble: pathlib.Path
    exporter: pathlib.Path | None


def read(project: runner_project.Project, progress: Callable[[str], None]) -> Blueprint:
    """Read the project and start to make what it needs. Raises LocalError."""
    if project.packed:
        packed.unpack(project.packed, project.charm)
        content = packed.read(project.charm, project.packed)
    else:
        content = _expanded(project.charm, progress)
    named = project.packed or project.charm / runner_project.CHARM_FILE
    framework = runner_framework.of(content, project.charm, named=str(named))
    image = rock.read(project.folder, framework=framework)  # refuses at once what cannot work
    python = pathlib.Path(sys.executable)
    if project.packed:
        python = interpreter.ensure(project.charm, project.state / "python")
    return Blueprint(
        project=project,
        framework=framework,
        charmcraft=content,
        python=python,
        sources=builds.sources(image.parts.values()),
        tools=_in_background(lambda: _tools(project, image, progress)),
    )


def _expanded(charm: pathlib.Path, progress: Callable[[str], None]) -> Mapping[str, typing.Any]:
    seen = projects.read(charm)
    file = runner_project.CHARM_FILE
    if file not in seen.texts:
        reason = seen.unreadable.get(file, "it is no file")
        raise errors.LocalError(f"{charm / file} cannot be read: {reason}")
    expansion = halves.expand("charm", seen, seen.texts[file], file=file)
    if expansion.errors:
        raise errors.LocalError("\n".join(f"{charm}/{one}" for one in expansion.errors))
    for one in finding.warnings(expansion.findings):
        progress(str(one))
    return expansion.content


def _tools(
    project: runner_project.Project, image: rock.Image, progress: Callable[[str], None]
) -> Tools:
    binary = _in_background(lambda: pebble.find(progress))
    exporter = _in_background(lambda: gotool.exporter(progress) if image.exports_metrics else None)
    orders = (
        builds.Order(
            name=name,
            part=part,
            project=project.folder,
            state=project.state,
            progress=progress,
            rewritten=name in image.rewritten,
            app_folder=image.app_folder if name == image.application else "",
        )
        for name, part in image.parts.items()
    )
    made = builds.build(orders)
    return Tools(made=made, pebble=binary.result(), exporter=exporter.result())


_T = typing.TypeVar("_T")


def _in_background(function: Callable[[], _T]) -> concurrent.futures.Future[_T]:
    executor = concurrent.futures.ThreadPoolExecutor(1)
    future = executor.submit(function)
    executor.shutdown(wait=False)
    return future


def _with_environment(
    layer: Mapping[str, typing.Any], service: str, environment: Mapping[str, str]
) -> dict[str, typing.Any]:
    services = dict(layer["services"])
    main = services[service]
    services[service] = {
        **main, "environment": {**main.get("environment", {}), **environment}
    }  # fmt: skip
    return {**layer, "services": services}
