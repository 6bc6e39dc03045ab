"""How a Spring Boot application is told from others, also of those written in Java."""

from __future__ import annotations

from collections.abc import Iterator

from paas_app_charmer import project

from .. import detect
from . import buildtool

SOUGHT = f"{buildtool.NAMES} in {', '.join(buildtool.FILES)}"
_SOURCES = ("src/main/java", "src/main/kotlin", "src/main/groovy")


def find(seen: project.Project) -> detect.Clues:
    """Look for what brings Spring Boot into a project, and for sources to build."""
    return detect.Clues(reasons=tuple(_reasons(seen)))


def _reasons(seen: project.Project) -> Iterator[str]:
    naming = [file for file in buildtool.FILES if buildtool.NAMES in seen.texts.get(file, "")]
    yield from (f"{file} names {buildtool.NAMES}" for file in naming)
    if naming:
        yield from (f"there is {folder}" for folder in _SOURCES if seen.has(folder))
