"""Admin processes (the twelfth factor): what actions run beside the application."""

from __future__ import annotations

import functools
from collections.abc import Mapping

import ops

from . import commands, env, framework, release

_TIMEOUT = 300
"""Seconds."""


def run(
    container: ops.Container, wanted: release.Release, process: framework.AdminProcess
) -> None:
    """Run a process as the application runs.

    Raises:
        WorkloadError: it failed; its output holds neither secrets nor what it was to result in.
        ops.pebble.ConnectionError: Pebble went away.
    """
    with commands.answering():
        commands.execute(
            container,
            process.argv,
            environment={**process.environment, **env.values(wanted.environment)},
            hide=functools.partial(_hide, process.results, wanted.environment),
            user=wanted.user,
            cwd=wanted.cwd,
            timeout=_TIMEOUT,
        )


def _hide(results: Mapping[str, str], environment: env.Environment, text: str) -> str:
    for secret in results.values():
        text = text.replace(secret, "***")
    return env.redact(text, environment)
