"""Gradle builds, which this runner does not do."""

from __future__ import annotations

from paas_app_charmer.local import builds, errors


def build(order: builds.Order) -> builds.Made:
    """Refuse with a LocalError that says so."""
    raise errors.LocalError(
        f"{order.name} is built with Gradle, which cannot be done here: pack the rock and run it "
        "with Juju, or give the project a pom.xml in place of its build.gradle."
    )
