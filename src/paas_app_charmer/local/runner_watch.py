"""What the runner does when files of the project change."""

from __future__ import annotations

import functools
import typing

from . import charmmeta, errors, runner_blueprint, watch

if typing.TYPE_CHECKING:
    from . import runner, runner_pod

SHOWN = 3
"""Changed files that are named; after `git checkout` there may be hundreds."""


def follow(running: runner.Runner) -> None:
    """Reload or upgrade until the runner stops."""

    def act(effect: watch.Effect, names: list[str]) -> None:
        more = len(names) - SHOWN
        shown = ", ".join(names[:SHOWN]) + (f" and {more} more" if more > 0 else "")
        try:
            if effect is watch.Effect.UPGRADE:
                running.say(f"{shown} changed: upgrading")
                upgrade(running)
            else:
                running.say(f"{shown} changed: reloading")
                for pod in running.pods:
                    pod.reload()
        except (errors.LocalError, OSError) as error:
            running.say(f"{error}; what ran before goes on", level="ERROR")

    project, sources = running.settings.project, running.blueprint.sources
    watch.follow(project.folder, act, running.stopping, packed=project.packed, sources=sources)


def upgrade(running: runner.Runner) -> None:
    """Give every unit a new pod from the project as it is now. Raises LocalError."""
    blueprint = runner_blueprint.read(running.settings.project, running.say)
    blueprint.tools.result()
    running.engine.use_charm(blueprint.charmcraft)
    running.providers.endpoints = charmmeta.parse(blueprint.charmcraft).endpoints
    running.pods.replace(blueprint)
    for pod in running.pods:
        running.engine.upgrade(pod.unit, pod=functools.partial(_replace, running, pod))


def _replace(running: runner.Runner, pod: runner_pod.Pod) -> None:
    pod.stop()
    try:
        pod.start(running.engine)
    except errors.LocalError as error:
        running.say(f"{pod.unit}: {error}", level="ERROR")
