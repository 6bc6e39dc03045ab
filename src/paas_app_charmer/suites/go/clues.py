"""How a Go program is told from others."""

from __future__ import annotations

from paas_app_charmer import project

from .. import detect
from . import programs

SOUGHT = "go.mod"


def find(seen: project.Project) -> detect.Clues:
    """Look for the module and for what it makes; the project has to be called like its program."""
    if programs.problem(seen):
        return detect.Clues()
    reasons = [f"{programs.MODULE} names the module {programs.path(seen)}"]
    mains = {name: place for name, place in programs.made(seen).items() if place}
    reasons += [f"{place} is a program" for place in sorted(mains.values())[:1]]
    own = programs.own_name(seen)
    name = own if own in mains or not mains else min(mains)
    return detect.Clues(reasons=tuple(reasons), name=name)
