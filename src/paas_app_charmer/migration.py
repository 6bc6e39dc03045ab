"""Which command migrates the database, and what makes it run again."""

from __future__ import annotations

from typing import Any

from . import env, facts, framework, release

TIMEOUT = 30 * 60
"""Seconds. A migration that takes longer is stuck, and would hold up every later hook."""


def command(
    spec: framework.FrameworkSpec[Any],
    workload: facts.Workload,
    environment: env.Environment,
    backing: frozenset[str],
) -> release.Command | None:
    """Return the rock's migration, None if it brings none.

    ``backing`` names the variables of the backing services. When one of them changes the
    application may have got another database, so its schema has to be made again.
    """
    for name, template in spec.migrations:
        if name not in workload.files:
            continue
        argv = tuple(part.format(app_dir=spec.app_dir) for part in template)
        inputs = sorted((key, environment[key].value) for key in backing)
        return release.Command(
            argv=argv,
            fingerprint=release.digest(argv, inputs),
            failure=f"database migration command {list(argv)} failed, "
            "will retry in next update-status",
            timeout=TIMEOUT,
        )
    return None
