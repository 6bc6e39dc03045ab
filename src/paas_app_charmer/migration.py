"""Which command migrates the database, what makes it run again, and on which unit."""

from __future__ import annotations

from typing import Any

from . import change, env, facts, framework, release


def command(
    spec: framework.FrameworkSpec[Any],
    seen: facts.Facts[Any],
    workload: facts.Workload,
    environment: env.Environment,
    backing: frozenset[str],
) -> release.Command | None:
    """Return the rock's migration, None if it brings none.

    ``backing`` names the variables of the backing services. When one of them changes the
    application may have got another database, so its schema has to be made again. Where only
    the leader migrates, the units compare what it was for, and the rock is a part of that.
    """
    by_leader = seen.config.migration.by_leader
    for name, template in spec.migrations:
        if name not in workload.files:
            continue
        argv = tuple(part.format(app_dir=spec.app_dir) for part in template)
        inputs = sorted((key, environment[key].value) for key in backing)
        of = (argv, inputs, workload.image) if by_leader else (argv, inputs)
        fingerprint = release.digest(*of)
        return release.Command(
            argv=argv,
            fingerprint=fingerprint,
            failure=f"database migration command {list(argv)} failed, "
            "will retry in next update-status",
            timeout=seen.config.migration.timeout,
            is_done=_by_an_older_charm(workload, environment, backing)
            or (by_leader and fingerprint in (seen.migrated, workload.migrated)),
        )
    return None


def waits(seen: facts.Facts[Any], wanted: release.Command | None) -> release.Hold | None:
    """Return the hold of a unit that may not run before the leader has migrated."""
    by_leader = seen.config.migration.by_leader
    if not by_leader or seen.is_leader or wanted is None or wanted.is_done:
        return None
    return release.waiting("Waiting for the leader to migrate the database")


def told(seen: facts.Facts[Any], workload: facts.Workload, wanted: release.Release) -> str:
    """Return the fingerprint that this unit, as leader, has to tell the others; empty for none.

    ``workload`` is as the release left it. A unit that goes on with an older rock while others
    have a newer one may become leader; what it migrated then is history, and must not stand
    for the present. It can tell, because the leader has told something else since.
    """
    by_leader = seen.config.migration.by_leader
    if not by_leader or not seen.is_leader or wanted.migration is None:
        return ""
    is_news = workload.migrated != seen.migrated and workload.migrated_over == seen.migrated
    return workload.migrated if is_news else ""


def _by_an_older_charm(
    workload: facts.Workload, environment: env.Environment, backing: frozenset[str]
) -> bool:
    """Return whether it migrated in this container what the backing services are now."""
    before = workload.migrated_with
    now = change.digests({name: environment[name].value for name in backing & before.keys()})
    # It gave fewer variables of a service than this charm does, but some of each that it had.
    had = {environment[name].source for name in now}
    has = {environment[name].source for name in backing}
    return bool(before) and had == has and now.items() <= before.items()
