"""How a Flask application is told from others."""

from __future__ import annotations

import re

from paas_app_charmer import project

from .. import detect

_IMPORT = re.compile(r"^\s*(?:from|import)\s+flask\b", re.MULTILINE)

SOUGHT = "flask among the Python requirements, a module that imports it"


def find(seen: project.Project) -> detect.Clues:
    """Look at the requirements and at the modules that may hold the entry point."""
    importing = sorted(
        place
        for place, text in seen.texts.items()
        if place.endswith(".py") and _IMPORT.search(text)
    )
    reasons = [f"{place} imports flask" for place in importing[:1]]
    if "flask" in project.requirements(seen):
        reasons.append("flask is among the requirements")
    return detect.Clues(reasons=tuple(reasons))
