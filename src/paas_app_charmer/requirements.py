"""The files in which a Python project says what it needs, each as text.

`requirements.txt` with the files that it includes, `pyproject.toml` and `uv.lock`. Names of
packages are normalised (PEP 503).
"""

from __future__ import annotations

import dataclasses
import functools
import importlib
import posixpath
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast

from . import documents

_REQUIREMENT = re.compile(
    r"([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)(?:\s*(?:$|[\[(<>=!~;,@])|\s+--)"
)
_LINK = re.compile(r"[#&]egg=([\w.-]+)|([A-Za-z0-9][\w.]*)-\d[^/]*\.whl(?:$|[#?\s])")
_INCLUDE = re.compile(r"(?:-r|--requirement(?=[\s=]))[\s=]*(.+)")
_COMMENT = re.compile(r"(?:^|\s)#.*")
_DOWNLOADS = re.compile(r"^(?:sdist = .*\n|wheels = \[\n(?: .*\n)*\]\n)", re.MULTILINE)

# Python 3.10 has no tomllib; its origin has the same function.
_toml = importlib.import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")


def normalised(package: str) -> str:
    """Return the one spelling of a Python package's name."""
    return re.sub(r"[-_.]+", "-", package).lower()


def names(lines: Iterable[str]) -> frozenset[str]:
    """Return the packages that requirements ask for, of which other lines are none."""
    matches = (_REQUIREMENT.match(line) or _LINK.search(line) for line in lines)
    return frozenset(normalised(match[1] or match[2]) for match in matches if match)


def lines(text: str) -> Iterator[str]:
    """Go through the lines of a requirements file as pip does: joined, and without comments."""
    for line in text.replace("\\\n", " ").splitlines():
        yield _COMMENT.sub("", line).strip(" \t\\")


def included(path: str, text: str) -> tuple[str, ...]:
    """Return the files that a requirements file includes, by paths from the project's folder.

    One that begins with `..` or `/` is outside of it. What is included from elsewhere by its
    address is left out.
    """
    matches = filter(None, map(_INCLUDE.fullmatch, lines(text)))
    targets = [match[1].strip("\"' ") for match in matches]
    folder = posixpath.dirname(path)
    paths = (posixpath.join(folder, target) for target in targets if "://" not in target)
    return tuple(map(posixpath.normpath, paths))


def pyproject(text: str) -> tuple[Mapping[str, Any], str]:
    """Return the content of a pyproject.toml, or what is wrong with it."""
    try:
        content: Mapping[str, Any] = _toml.loads(text)
    except (ValueError, RecursionError) as error:
        return {}, "is not TOML: " + " ".join(str(error).split()).rstrip(".")
    declared = content.get("project", {})
    if not documents.is_mapping(declared):
        return {}, "`project` should be a table"
    listed: object = declared.get("dependencies", [])
    are_texts = all(isinstance(one, str) for one in _items(listed))
    if not (isinstance(listed, list) and are_texts):
        return {}, "`dependencies` of `[project]` should be a list of texts"
    return content, ""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Lock:
    """What a lock file installs for the project that it belongs to."""

    asked: frozenset[str] = frozenset()
    """What the project itself asks for."""
    everything: frozenset[str] = frozenset()
    """That, with all that it brings along."""


@functools.lru_cache(maxsize=2)
def lock(text: str) -> Lock:
    """Return what a uv.lock says; nothing if it cannot be read, for only uv itself uses it."""
    try:
        # What could be downloaded is by far the most of the file, and slow to parse.
        content: Mapping[str, Any] = _toml.loads(_DOWNLOADS.sub("", text))
    except (ValueError, RecursionError):
        return Lock()
    packages = [documents.mapping(package) for package in _items(content.get("package"))]
    needs: dict[str, set[str]] = {}
    asked: set[str] = set()
    for package in packages:
        others = {str(one["name"]) for one in _needs(package) if "name" in one}
        needs.setdefault(str(package.get("name")), set()).update(others)
        source = documents.mapping(package.get("source"))
        if "." in {source.get("editable"), source.get("virtual")}:
            asked |= others
    found: set[str] = set()
    new = asked
    while new:
        found |= new
        new = {other for name in new for other in needs.get(name, ())} - found
    return Lock(
        asked=frozenset(map(normalised, asked)), everything=frozenset(map(normalised, found))
    )


def _needs(package: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    listed = _items(package.get("dependencies"))
    # A project's own extras are for whoever asks for them; those of others were asked for.
    if "registry" in documents.mapping(package.get("source")):
        for extra in documents.mapping(package.get("optional-dependencies")).values():
            listed += _items(extra)
    yield from map(documents.mapping, listed)


def _items(value: object) -> list[Any]:
    return cast("list[Any]", value) if isinstance(value, list) else []
