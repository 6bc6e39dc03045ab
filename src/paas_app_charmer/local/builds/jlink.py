"""Java runtimes: the machine's own, which has all that one of a rock's would be made from."""

from __future__ import annotations

import pathlib
import shlex

from paas_app_charmer.local import builds, java, sandbox

_QUICK = "-XX:+IgnoreUnrecognizedVMOptions -XX:TieredStopAtLevel=1"
"""Code is compiled once and not again where it is busy: a start costs half of the processor's
time, and whoever runs an application here starts it often. Its own options come behind these."""


def locate() -> pathlib.Path:
    """Return Java. Raises LocalError."""
    return java.find("java")


def build(_order: builds.Order) -> builds.Made:
    """Put `java` on the path. Raises LocalError: there is none."""
    program = locate()
    launcher = f'#!/bin/bash\nexec -a java {shlex.quote(str(program))} {_QUICK} "$@"\n'
    return builds.Made(
        commands={"java": sandbox.File(text=launcher, mode=0o755)}, homes=(program.parent.parent,)
    )
