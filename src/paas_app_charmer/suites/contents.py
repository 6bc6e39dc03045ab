"""Which files and folders of a project go into its rock.

A part copies the whole project and then takes what it `organize`s into the application's folder.
Names in an author's list are those in the rock, for example `flask/app/templates`. The list is
`prime` where the part is the application, and `stage` where the part only adds to it.
"""

from __future__ import annotations

import dataclasses
import fnmatch
import itertools
import posixpath
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal, cast

from paas_app_charmer import project as projects

from . import finding, parts, words

_NEVER = (
    *(projects.ROCK, projects.CHARM, "*.rock", "*.charm"),
    *(".git", ".paas", ".tox", ".venv", ".yarn", "__pycache__", "node_modules", "venv"),
)
_WILD = frozenset("*?[")
_MADE = frozenset(("plugin", "source", "organize", "override-pull", "override-build"))
"""With one of these keys a part may have files that the project has not."""


Key = Literal["prime", "stage"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Contents:
    """What the part of the application takes."""

    organize: Mapping[str, str]
    """From the name in the project to that in the rock."""
    folder: str
    """The application's in the rock, without a slash at either end."""
    primes: bool
    """Whether the part says what is packed; otherwise a list of the author stays as it is."""
    findings: tuple[finding.Finding, ...] = ()

    def part(self) -> dict[str, Any]:
        """Return the part, which belongs to the user of the services."""
        # An empty list would stand for all of the project, at the root of the rock.
        taken = list(self.organize.values()) or [f"{self.folder}/*"]
        return {
            "plugin": "dump",
            "source": ".",
            "organize": dict(self.organize),
            "stage": taken,
            **({"prime": taken} if self.primes else {}),
            "permissions": [parts.owned()],
        }


def of(
    seen: parts.Rock, *, part: str, folder: str, default: Iterable[str], listed: Key = "prime"
) -> Contents:
    """Return what the author's list of a part says, or else what is there of the default."""
    author = seen.written(part) or {}
    entries = cast("list[str]", author.get(listed) or [])
    key = f"parts.{seen.part(part)}.{listed}"
    is_all = listed == "prime"
    there = [name for name in dict.fromkeys(default) if seen.project.has(name)]
    if not entries:
        is_lost = is_all and not there and not author.get("organize")
        return Contents(
            organize=_organized(there, folder),
            folder=folder,
            primes=is_all,
            findings=(_nothing(seen, key, folder),) if is_lost else (),
        )
    paths: list[str] = []
    told: list[finding.Finding] = []
    for entry in entries:
        path = _below(entry, folder)
        if path is None:
            told.append(_misplaced(seen, entry, folder, key))
            continue
        told += _doubts(seen, entry, path, key, is_copied=not _MADE.intersection(author))
        if not entry.startswith("-"):
            paths.append(path)
    if entries[0].startswith("-"):
        names = list(_everything(seen.project)) if is_all else there
    else:
        names = [name for path in paths for name in _sources(path, seen.project)]
    return Contents(
        organize=_organized(names, folder),
        folder=folder,
        primes=False,
        findings=tuple(told),
    )


def _organized(names: Iterable[str], folder: str) -> dict[str, str]:
    """Map names into the folder; a name inside of another one comes along with that."""
    chosen = set(names)
    return {
        name: f"{folder}/{name}"
        for name in dict.fromkeys(names)
        if not chosen.intersection(_above(name))
    }


def _above(path: str) -> Iterator[str]:
    while path := posixpath.dirname(path):
        yield path


def _below(entry: str, folder: str) -> str | None:
    """Return where an entry is in the project: empty for all of it, None if it is not there."""
    path = posixpath.normpath(entry.removeprefix("-").strip())
    if path == folder:
        return ""
    return path.removeprefix(f"{folder}/") if path.startswith(f"{folder}/") else None


def _sources(path: str, project: projects.Project) -> Iterator[str]:
    """Return what has to be copied for an entry; a wildcard then chooses from it in the rock."""
    plain = _plain(path)
    if plain:
        yield plain
    else:
        first = path.partition("/")[0] or "*"
        yield from fnmatch.filter(_everything(project), first)


def _plain(path: str) -> str:
    """Return what is in front of the first name with a wildcard."""
    steps = itertools.takewhile(lambda step: not _WILD.intersection(step), path.split("/"))
    return "/".join(steps)


def _everything(project: projects.Project) -> Iterator[str]:
    """Return all at the top of the project that may be of the application."""
    for name in project.entries:
        is_charm = project.has(f"{name}/{projects.CHARM}")
        if not (_is_never(name) or is_charm or project.is_environment(name)):
            yield name


def _nothing(seen: parts.Rock, key: str, folder: str) -> finding.Finding:
    what = "is missing, and nothing of the project goes into the rock by default"
    return seen.warning(what, key=key, instead=f"list what does, for example `{folder}/app.py`")


def _misplaced(seen: parts.Rock, entry: str, folder: str, key: str) -> finding.Finding:
    path = entry.removeprefix("-").strip()
    meant = posixpath.normpath(f"{folder}/{path.lstrip('/')}")
    if not meant.startswith(f"{folder}/"):
        meant = f"{folder}/..."
    sign = "-" if entry.startswith("-") else ""
    return seen.error(
        f"{words.quoted(entry)} is not below `{folder}/`, where the application is in the rock",
        key=key,
        instead=f"write for example {words.quoted(sign + meant)}",
    )


def _doubts(
    seen: parts.Rock, entry: str, path: str, key: str, *, is_copied: bool
) -> Iterator[finding.Finding]:
    is_exclusion = entry.startswith("-")
    if _is_missing(seen.project, path) and not (is_exclusion and _is_never(path)):
        # To take a file that is not there breaks the packing tool, unless a build step makes it.
        is_fatal = is_copied and not is_exclusion and path == _plain(path)
        tell = seen.error if is_fatal else seen.warning
        what = f"{words.quoted(entry)} names nothing that is in the project"
        yield tell(what, key=key, instead=f"look for {words.quoted(path)} beside {seen.file}")
    if is_exclusion and entry[1:2].isspace():
        what = f"{words.quoted(entry)} leaves nothing out, because of the space behind `-`"
        instead = f"write {words.quoted('-' + entry[1:].strip())}"
        yield seen.warning(what, key=key, instead=instead)


def _is_missing(project: projects.Project, path: str) -> bool:
    plain = _plain(path)
    if plain:
        return project.lacks(plain)
    return bool(path) and not fnmatch.filter(project.entries, path.partition("/")[0])


def _is_never(path: str) -> bool:
    first = path.partition("/")[0]
    return any(fnmatch.fnmatchcase(first, pattern) for pattern in _NEVER)
