"""How a FastAPI application is told from others."""

from __future__ import annotations

import re

from paas_app_charmer import project

from .. import detect

_IMPORT = re.compile(r"^\s*(?:from|import)\s+(fastapi|starlette)\b", re.MULTILINE)

SOUGHT = "fastapi or starlette among the Python requirements, a module that imports one"


def find(seen: project.Project) -> detect.Clues:
    """Look at the requirements and at the modules that may hold the entry point."""
    importing = [
        f"{place} imports {match[1]}"
        for place, text in sorted(seen.texts.items())
        if place.endswith(".py") and (match := _IMPORT.search(text))
    ]
    asked = sorted({"fastapi", "starlette"} & project.requirements(seen))
    named = [f"{package} is among the requirements" for package in asked[:1]]
    return detect.Clues(reasons=(*importing[:1], *named))
