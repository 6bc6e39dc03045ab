"""What this machine has of what a run needs, and what of Juju a run does not show."""

from __future__ import annotations

import dataclasses
import pathlib
import platform
import shutil
import sys
import typing

from . import builds, errors, gotool, pebble, sandbox, services

if typing.TYPE_CHECKING:
    from collections.abc import Callable

OK = "ok"
LATER = "on demand"
"""Not here yet; the first run that needs it gets it."""
MISSING = "missing"
"""Nothing runs without it."""

ABSENT = "absent"
"""Only what is integrated with it, or built by it, does not run."""

OLDEST_PYTHON = (3, 10)

NOT_MODELLED = (
    "more than one application, cross-model relations, other charms' code: providers are built in",
    "storage, resources other than the image, devices, constraints, placement",
    "Kubernetes: pods, services, network policies, limits; units share one loopback interface",
    "the rock's base: the application sees this machine's libraries and a virtual environment",
    "users and roles inside the container: everything there runs as you",
    "leadership that moves: the first unit leads until it is removed",
)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that was looked for."""

    name: str
    state: str
    """OK, LATER, ABSENT or MISSING."""
    found: str
    """What there is and where, or how to get it."""


class _TakesLongError(Exception):
    """Looking has come to the point where something would be built or downloaded."""


def examine() -> list[Finding]:
    """Look for everything; nothing is built, downloaded or started."""
    providers = [_provider(interface) for interface in services.interfaces()]
    plugins = [_plugin(name, locate) for name, locate in builds.needed()]
    return [_python(), _namespaces(), _go(), _pebble(), _exporter(), *plugins, *providers]


def _python() -> Finding:
    ok = sys.version_info >= OLDEST_PYTHON
    return Finding(
        name="Python",
        state=OK if ok else MISSING,
        found=f"{platform.python_version()} at {sys.executable}",
    )


def _namespaces() -> Finding:
    finding = sandbox.probe()
    words = "; ".join((finding.mode.value, *finding.reasons))
    return Finding(
        name="Namespaces",
        state=MISSING if finding.mode is sandbox.Mode.NONE else OK,
        found=words,
    )


def _go() -> Finding:
    program = shutil.which("go")
    if program:
        return Finding(name="Go", state=OK, found=program)
    return Finding(name="Go", state=LATER, found="from PyPI, if something has to be built")


def _pebble() -> Finding:
    try:
        return Finding(name="Pebble", state=OK, found=str(pebble.find(_refuse_to_wait)))
    except _TakesLongError as step:
        return Finding(name="Pebble", state=LATER, found=str(step))
    except errors.LocalError as error:
        return Finding(name="Pebble", state=MISSING, found=str(error))


def _exporter() -> Finding:
    name = "statsd exporter"
    try:
        found = gotool.exporter(_refuse_to_wait)
    except _TakesLongError as step:
        return Finding(name=name, state=LATER, found=str(step))
    return Finding(name=name, state=OK, found=str(found))


def _plugin(name: str, locate: Callable[[], pathlib.Path]) -> Finding:
    """Look for what parts of a rock are built with that name this plug-in."""
    try:
        return Finding(name=f"plug-in {name}", state=OK, found=str(locate()))
    except errors.LocalError as error:
        return Finding(name=f"plug-in {name}", state=ABSENT, found=str(error))


def _provider(interface: str) -> Finding:
    """Look for what `integrate` would start for an interface."""
    context = services.Context(
        folder=pathlib.Path(), model="", application="", progress=_refuse_to_wait
    )
    try:
        found = services.locate(interface, context)
    except _TakesLongError as step:
        return Finding(name=interface, state=LATER, found=str(step))
    except errors.LocalError as error:
        # What follows the first sentence is for somebody who wants this one now.
        needed, _, _ = str(error).partition(". ")
        return Finding(name=interface, state=ABSENT, found=needed)
    return Finding(name=interface, state=OK, found=found or "a part of the runner")


def _refuse_to_wait(step: str) -> None:
    raise _TakesLongError(step)
