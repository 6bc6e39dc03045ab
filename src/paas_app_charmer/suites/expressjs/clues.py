"""How an Express application is told from others."""

from __future__ import annotations

from paas_app_charmer import project

from .. import detect
from . import package

SOUGHT = f"{package.FILE} that has express among its dependencies and a script `start`"


def find(seen: project.Project) -> detect.Clues:
    """Look at what the application asks for, and at how it is started."""
    content, _ = package.read(seen)
    if not package.depends(content, "express"):
        return detect.Clues()
    reasons = [f"{package.FILE} has express among its dependencies"]
    if package.started(content):
        reasons.append(f"{package.FILE} has a script `{package.START}`")
    return detect.Clues(reasons=tuple(reasons))
