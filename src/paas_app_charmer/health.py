"""Health: what Pebble checks, and what its answers say of a release that runs.

Two checks look at the web server. The one that goes by ``-started`` runs from a start until
the first answer, often, so that the unit and Kubernetes learn of it at once; the one that
goes by ``-ready`` looks after the server from then on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from . import facts, lifecycle, paas_config, release

_STARTED = "-started"
_READY = "-ready"
_OFTEN = 0.25
"""Seconds between two looks for a port that is opened."""


def started(web: str) -> str:
    """Return the name of the check that runs until the web server answers."""
    return web + _STARTED


def ready(service: str) -> str:
    """Return the name of the check that looks after a service."""
    return service + _READY


def checks(
    web: str, port: int, config: paas_config.PaasConfig, running: Iterable[str]
) -> dict[str, release.Definition]:
    """Return the checks as a Pebble layer spells them; ``running`` names the services."""
    health = config.health
    common = {"override": "replace", "threshold": health.threshold, "startup": "enabled"}
    timing = {
        "period": lifecycle.duration(health.period),
        "timeout": lifecycle.duration(health.timeout),
    }
    soon = health.timeout + _OFTEN if health.path else _OFTEN
    found: dict[str, release.Definition] = {
        ready(web): {**common, **timing, "level": "ready", **_asks(port, health.path)},
        started(web): {
            **common,
            "threshold": 1,
            "startup": "disabled",
            "period": lifecycle.duration(soon),
            "timeout": lifecycle.duration(min(soon, health.timeout)),
            "level": "ready",
            **_asks(port, health.path),
        },
    }
    for service in running:
        if service in health.workers:
            # Without a level: a worker that fails must not take the web server out of service.
            asks = {"exec": {"command": health.workers[service], "service-context": service}}
            found[ready(service)] = {**common, **timing, **asks}
    return found


def restarts(web: str, config: paas_config.PaasConfig) -> dict[str, Any]:
    """Return what the web server's service says of its check."""
    return {"on-check-failure": {ready(web): "restart"}} if config.health.liveness else {}


def verdict(wanted: release.Release, seen: facts.Workload) -> release.Hold | None:
    """Return why a release that was carried out does not serve, None if it does."""
    for check in _LADDER:
        hold = check(wanted, seen)
        if hold is not None:
            return hold
    return None


def names(services: Iterable[str]) -> frozenset[str]:
    """Return all checks that there may be of services."""
    return frozenset(name for one in services for name in (started(one), ready(one)))


def _services_run(wanted: release.Release, seen: facts.Workload) -> release.Hold | None:
    for service in wanted.services:
        if not service.enabled or service.name in seen.active:
            continue
        reason = seen.failures.get(service.name, "")
        if reason:
            return release.blocked(f"service {service.name} failed: {reason}")
        what = "stops by itself" if service.name in seen.failing else "is not running"
        return release.blocked(f"service {service.name} {what}", service=service.name)
    return None


def _web_server_took_the_change(
    wanted: release.Release, seen: facts.Workload
) -> release.Hold | None:
    if not seen.complaint:
        return None
    return release.blocked(f"{wanted.web} goes on as it was: {seen.complaint}", service=wanted.web)


def _web_server_has_answered(wanted: release.Release, seen: facts.Workload) -> release.Hold | None:
    check = seen.checks.get(started(wanted.web))
    if check is None or not check.runs or check.succeeded is not False:
        return None
    down = seen.checks.get(ready(wanted.web))
    if down is not None and down.runs and not down.is_up:
        return None  # it has been tried for long enough
    return release.waiting(f"Waiting for {wanted.web} to answer {_where(wanted)}", applied=True)


def _services_are_healthy(wanted: release.Release, seen: facts.Workload) -> release.Hold | None:
    for service in wanted.services:
        check = seen.checks.get(ready(service.name))
        if not service.enabled or check is None or not check.runs or check.is_up:
            continue
        if service.name == wanted.web:
            what = f"{wanted.web} does not answer {_where(wanted)}"
        else:
            what = f"service {service.name} is not healthy"
        return release.blocked(what, service=service.name)
    return None


_LADDER: tuple[Callable[[release.Release, facts.Workload], release.Hold | None], ...] = (
    _services_run,
    _web_server_took_the_change,
    _web_server_has_answered,
    _services_are_healthy,
)


def _asks(port: int, path: str) -> dict[str, Any]:
    if path:
        return {"http": {"url": f"http://localhost:{port}{path}"}}
    return {"tcp": {"port": port}}


def _where(wanted: release.Release) -> str:
    asks = wanted.checks.get(ready(wanted.web), {})
    if "http" in asks:
        return f"at {asks['http']['url']}"
    # Where it listens is most often a mistake about the variable.
    by = f" ({wanted.port_variable})" if wanted.port_variable else ""
    return f"on port {wanted.port}{by}"
