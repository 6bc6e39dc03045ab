"""What `init` finds in a folder: the application, and project files that are there already."""

from __future__ import annotations

import dataclasses
import pathlib
from collections.abc import Iterator, Mapping

from paas_app_charmer import project

from . import catalogue, detect, document

CHARM_FOLDER = "charm"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Ground:
    """A folder before `init`."""

    seen: project.Project
    """The application's project."""
    charm: str
    """Folder of the charm, relative to the one that files are written to; may be empty."""
    name: str
    """Of the application's folder."""
    written: Mapping[catalogue.Half, Mapping[str, object]]
    """The project files; those that are not there, or no YAML, are empty."""

    def values(self, key: str) -> Iterator[str]:
        """Return the texts that the project files have for a key."""
        values = (content.get(key) for content in self.written.values())
        return (value for value in values if isinstance(value, str))


def look(folder: pathlib.Path, *, half: catalogue.Half | None) -> Ground:
    """Look at the folder, and for a charm alone also at the project that it may be in."""
    folder = folder.resolve()
    seen, home, charm = project.read(folder, catalogue.READS), folder, ""
    if half == "charm":
        if detect.detect(seen).detection is None and _is_project(folder.parent):
            home = folder.parent
            seen = project.read(home, catalogue.READS)
    elif not seen.has(project.CHARM):
        charm = CHARM_FOLDER
    place = (folder / charm).relative_to(home) / project.CHARM
    files: Mapping[catalogue.Half, str] = {"rock": project.ROCK, "charm": place.as_posix()}
    written: dict[catalogue.Half, Mapping[str, object]] = {
        half: document.load(seen.texts.get(file, ""), file)[0] or {}
        for half, file in files.items()
    }
    return Ground(seen=seen, charm=charm, name=home.name, written=written)


def _is_project(folder: pathlib.Path) -> bool:
    # Looking further could mean to go through all that is in a home.
    names = {project.ROCK, project.REQUIREMENTS, project.PYPROJECT}
    for suite in catalogue.SUITES.values():
        names |= set(getattr(suite.code(), "REQUIREMENTS", ()))
    return any((folder / name).is_file() for name in names)
