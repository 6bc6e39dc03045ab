"""How a Django project is told from others."""

from __future__ import annotations

import re

from paas_app_charmer import project

from .. import detect

_MANAGE = re.compile(r"(?:[^/]+/)?manage\.py")
_WSGI = re.compile(r"([^/]+)/(?:\1|mysite)/wsgi\.py")

SOUGHT = "django among the Python requirements, manage.py"


def find(seen: project.Project) -> detect.Clues:
    """Look for the requirement, manage.py, and the folder whose name the project bears."""
    managed = sorted(filter(_MANAGE.fullmatch, seen.paths))
    reasons = [f"there is {path}" for path in managed[:1]]
    if "django" in project.requirements(seen):
        reasons.append("django is among the requirements")
    found = (_WSGI.fullmatch(path) for path in sorted(seen.paths))
    folders = [match[1] for match in found if match]
    return detect.Clues(reasons=tuple(reasons), name=_name(folders))


def _name(folders: list[str]) -> str:
    names = [folder.replace("_", "-") for folder in folders]
    return names[0] if len(names) == 1 and project.snake(names[0]) == folders[0] else ""
