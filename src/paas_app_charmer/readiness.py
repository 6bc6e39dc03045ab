"""The status ladder: the reasons not to run an application, in the order they are told."""

from __future__ import annotations

from typing import Any

from . import facts, framework, options, paas_config, release

Spec = framework.FrameworkSpec[Any]
Facts = facts.Facts[Any]


def config_file_is_valid(_spec: Spec, seen: Facts) -> release.Hold | None:
    return release.blocked(seen.config_problem) if seen.config_problem else None


def log_can_have_its_format(spec: Spec, seen: Facts) -> release.Hold | None:
    if seen.config.framework_logging_format != "json" or spec.server.logs_as_json:
        return None
    return release.blocked(
        f"Invalid {paas_config.NAME}: framework_logging_format 'json' is not supported for the "
        f"'{spec.name}' framework"
    )


def options_are_valid(_spec: Spec, seen: Facts) -> release.Hold | None:
    return release.blocked(options.message(seen.problems)) if seen.problems else None


def relation_data_are_valid(_spec: Spec, seen: Facts) -> release.Hold | None:
    for endpoint in seen.endpoints:
        if endpoint.problem:
            return release.blocked(f"Invalid {endpoint.name} relation data: {endpoint.problem}")
    return None


def integrations_have_what_they_need(_spec: Spec, seen: Facts) -> release.Hold | None:
    need = next((endpoint.need for endpoint in seen.endpoints if endpoint.need), "")
    return release.blocked(need) if need else None


def pebble_is_ready(_spec: Spec, seen: Facts) -> release.Hold | None:
    if seen.workload_problem:
        return release.blocked(f"cannot read the container: {seen.workload_problem}")
    return release.waiting("Waiting for pebble ready") if seen.workload is None else None


def rock_has_the_service(spec: Spec, seen: Facts) -> release.Hold | None:
    if seen.workload is None or spec.name in seen.workload.services:
        return None
    return release.blocked(
        f"the rock has no service '{spec.name}'; build it with the {spec.name}-framework extension"
    )


def peers_are_known(_spec: Spec, seen: Facts) -> release.Hold | None:
    return release.waiting("Waiting for peer integration") if seen.peers is None else None


def secret_key_exists(_spec: Spec, seen: Facts) -> release.Hold | None:
    if seen.generated_key is None and seen.pinned_key is None:
        return release.waiting("Waiting for secret key creation")
    return None


def required_integrations_exist(_spec: Spec, seen: Facts) -> release.Hold | None:
    missing = [e.name for e in seen.endpoints if e.required and not e.related]
    if not missing:
        return None
    begun = seen.workload.gap_since if seen.workload else None
    lasted = 0.0 if begun is None else seen.now - begun
    over = lasted >= seen.config.change.gap
    message = "missing integrations: " + ", ".join(missing)
    return release.blocked(message, stops=over, gap=not over)


def required_data_arrived(_spec: Spec, seen: Facts) -> release.Hold | None:
    pending = [e.name for e in seen.endpoints if e.required and e.data is None]
    if not pending:
        return None
    return release.waiting("waiting for data of integrations: " + ", ".join(pending))


LADDER: tuple[framework.Check, ...] = (
    config_file_is_valid,
    log_can_have_its_format,
    options_are_valid,
    relation_data_are_valid,
    integrations_have_what_they_need,
    pebble_is_ready,
    rock_has_the_service,
    peers_are_known,
    secret_key_exists,
    required_integrations_exist,
    required_data_arrived,
)
"""The first check that finds a reason decides. None of them names an integration."""


def needs(category: str, message: str) -> framework.Check:
    """Return a check that one integration of a category has given its data."""

    def check(_spec: Spec, seen: Facts) -> release.Hold | None:
        given = any(
            e.integration.category == category and e.data is not None for e in seen.endpoints
        )
        return None if given else release.blocked(message)

    return check
