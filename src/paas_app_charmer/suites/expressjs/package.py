"""What the package.json of an application says, as far as its rock depends on it."""

from __future__ import annotations

import fnmatch
import json
import re
from collections.abc import Mapping
from typing import Any, cast

from paas_app_charmer import documents
from paas_app_charmer import project as projects

from .. import finding, words

FOLDER = "app"
"""Of the application, in the project."""
FILE = f"{FOLDER}/package.json"
START = "start"
_NAME = re.compile(r"(?:@[A-Za-z0-9~-][\w.~-]*/)?[A-Za-z0-9~-][\w.~-]*", re.ASCII)
_ALWAYS = re.compile(r"package\.json|(?:README|LICEN[CS]E)(?:\.[^/]*)?", re.IGNORECASE)


def read(project: projects.Project) -> tuple[Mapping[str, Any], finding.Finding | None]:
    """Return what is in the file, empty if that is of no use, and what is wrong with it."""
    if FILE in project.unreadable:
        return {}, _wrong(f"cannot be read: {project.unreadable[FILE]}")
    if FILE not in project.texts:
        outside = "package.json" in project.texts
        instead = f"move the application into `{FOLDER}/`" if outside else "`npm init` writes it"
        return {}, _wrong("is missing", instead=instead)
    try:
        content: object = json.loads(project.texts[FILE])
    except (ValueError, RecursionError) as error:
        return {}, _wrong(f"is not JSON: {error}", line=getattr(error, "lineno", 0))
    if not isinstance(content, dict):
        return {}, _wrong("is not an object", instead="`npm init` writes one")
    found = cast("dict[str, Any]", content)
    return found, _unnamed(found)


def name(content: Mapping[str, Any]) -> str:
    """Return what the package is called, which is its folder in the rock; empty if it has none."""
    named: object = content.get("name")
    return named if isinstance(named, str) and _NAME.fullmatch(named) else ""


def started(content: Mapping[str, Any]) -> str:
    """Return what `npm start` runs, empty if that is not said."""
    script: object = documents.mapping(content.get("scripts")).get(START)
    return script.strip() if isinstance(script, str) else ""


def depends(content: Mapping[str, Any], package: str) -> bool:
    """Tell whether the application asks for a package to run with."""
    return package in documents.mapping(content.get("dependencies"))


def not_started(content: Mapping[str, Any]) -> finding.Finding | None:
    """Return why `npm start` cannot work, or a doubt whether it does."""
    script = started(content)
    if not script:
        instead = 'write for example `"scripts": {"start": "node server.js"}`'
        return _wrong("has no script `start`, which starts the application", instead=instead)
    program = script.split()[0]
    tools = documents.mapping(content.get("devDependencies"))
    if program in tools and not depends(content, program):
        return finding.Finding(
            file=FILE,
            what=f"starts {words.quoted(program)}, which is among `devDependencies` and so not in "
            "the rock",
            instead="start `node`, or move it to `dependencies`",
            severity="warning",
        )
    return None


def packs(content: Mapping[str, Any], path: str) -> bool:
    """Tell whether npm takes a file along, as far as package.json decides that."""
    listed: object = content.get("files")
    if not isinstance(listed, list) or _ALWAYS.fullmatch(path):
        return True
    patterns = [str(one).strip("/").removeprefix("./") for one in cast("list[object]", listed)]
    steps = path.split("/")
    above = ["/".join(steps[: depth + 1]) for depth in range(len(steps))]
    return any(fnmatch.fnmatchcase(one, pattern) for one in above for pattern in patterns)


def not_packed(content: Mapping[str, Any]) -> finding.Finding | None:
    """Return a doubt whether npm can pack the application."""
    if "version" in content:
        return None
    instead = 'write for example `"version": "0.1.0"`'
    what = "has no `version`, without which npm below 10 packs nothing"
    return finding.Finding(file=FILE, what=what, instead=instead, severity="warning")


def _unnamed(content: Mapping[str, Any]) -> finding.Finding | None:
    if name(content):
        return None
    instead = 'write for example `"name": "my-app"`'
    if content.get("name") is None:
        return _wrong("has no `name`", instead=instead)
    shown = words.quoted(str(content["name"]))
    return _wrong(f"has the name {shown}, which no package can have", instead=instead)


def _wrong(what: str, *, instead: str = "", line: int = 0) -> finding.Finding:
    return finding.Finding(file=FILE, what=what, instead=instead, line=line)
