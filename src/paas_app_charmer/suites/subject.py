"""A whole project as `check` sees it: rock, charm and code, read once and expanded."""

from __future__ import annotations

import dataclasses
import os
import pathlib
from collections.abc import Mapping
from typing import Any

from paas_app_charmer import documents, project

from . import bases, catalogue, detect, expansion, finding, generated, halves, parts

CODE = "src/charm.py"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Side:
    """One half, and the folder that its project file stands in."""

    half: catalogue.Half
    file: str
    """The project file, relative to the project."""
    seen: project.Project
    expansion: expansion.Expansion | None
    """None if there is no such file."""
    suite: catalogue.Suite | None
    """The one that the file names, if it names one that there is."""

    @property
    def content(self) -> Mapping[str, Any]:
        """The file in full, as far as it could be expanded."""
        return self.expansion.content if self.expansion else {}

    @property
    def generation(self) -> catalogue.Generation | None:
        """That of its base, if it names a base that the suite can be had on."""
        if self.suite is None:
            return None
        known = self.suite.bases(self.half)
        if self.half == "charm":
            named = bases.of_charm(self.content)
        else:
            named = (parts.base(self.content.get("build-base") or self.content.get("base")),)
        return next((known[base] for base in named if base in known), None)

    def mapping(self, *keys: str) -> Mapping[str, Any]:
        """Return what is at a place in the file in full, nothing if it is no mapping."""
        value: object = self.content
        for key in keys:
            value = documents.mapping(value).get(key)
        return documents.mapping(value)

    def in_project(self, path: str) -> str:
        """Return a path of this half's folder as one of the project's."""
        return (pathlib.PurePosixPath(self.file).parent / path).as_posix()


@dataclasses.dataclass(frozen=True, kw_only=True)
class Subject:
    """A project with both halves."""

    rock: Side
    charm: Side
    code: str | None
    """The text of the charm's module, None if it cannot be read."""
    executables: frozenset[str]
    """Files of the project that may be started: the charm's module, and migration scripts."""

    @property
    def suite(self) -> catalogue.Suite | None:
        """The suite that the project is for; the rock's word counts before the charm's."""
        return self.rock.suite or self.charm.suite


def read(folder: pathlib.Path) -> Subject:
    """Look at a project, which may be given by the folder of its charm as well."""
    folder = _project_folder(folder)
    seen = project.read(folder, catalogue.READS)
    inside = "" if seen.has(project.CHARM) else "charm"
    rock = _side("rock", seen, project.ROCK)
    charm_seen = project.read(folder / inside, catalogue.READS) if inside else seen
    charm = _side("charm", charm_seen, str(pathlib.PurePosixPath(inside, project.CHARM)))
    code = charm.in_project(CODE)
    suites = filter(None, (rock.suite, charm.suite))
    scripts = {name for suite in suites for name in generated.charm(suite)["migrations"]}
    startable = {path for path in seen.paths if path.rpartition("/")[2] in scripts} | {code}
    return Subject(
        rock=rock,
        charm=charm,
        code=_text(folder / code),
        executables=frozenset(path for path in startable if _may_start(folder / path)),
    )


def _project_folder(folder: pathlib.Path) -> pathlib.Path:
    above = folder.resolve().parent
    is_charm = (folder / project.CHARM).is_file() and not (folder / project.ROCK).is_file()
    return above if is_charm and (above / project.ROCK).is_file() else folder


def _side(half: catalogue.Half, seen: project.Project, file: str) -> Side:
    name = pathlib.PurePosixPath(file).name
    text = seen.texts.get(name)
    expanded = None
    if text is not None:
        expanded = _placed(halves.expand(half, seen, text, file=name), file)
    elif name in seen.unreadable:
        problem = finding.Finding(file=file, what=f"cannot be read: {seen.unreadable[name]}")
        expanded = expansion.Expansion(content={}, findings=(problem,))
    named = [catalogue.SUITES.get(one) for one in detect.extensions(text or "")]
    suite = next((one for one in named if one), None)
    return Side(half=half, file=file, seen=seen, expansion=expanded, suite=suite)


def _placed(expanded: expansion.Expansion, file: str) -> expansion.Expansion:
    """Name the files of findings from the project's folder."""
    folder = pathlib.PurePosixPath(file).parent
    findings = tuple(
        dataclasses.replace(one, file=(folder / one.file).as_posix()) for one in expanded.findings
    )
    return dataclasses.replace(expanded, findings=findings)


def _text(path: pathlib.Path) -> str | None:
    try:
        return project.text_of(path)
    except (OSError, ValueError):
        return None


def _may_start(path: pathlib.Path) -> bool:
    return _is_file(path) and os.access(path, os.X_OK)


def _is_file(path: pathlib.Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        return False
