"""Whether a requirement means this library in a version that a charm of these suites runs on."""

from __future__ import annotations

import re
from collections.abc import Iterator

from paas_app_charmer import requirements as asked

NAME = "paas-app-charmer"
MAJOR = 2
"""Of this library. Those below are another library of the same name."""
WRITE = f"write {NAME}>={MAJOR},<{MAJOR + 1}"
OLDER = "paas-charm"
_CLAUSE = re.compile(r"(~=|===?|!=|<=|>=|<|>)\s*v?(\d+(?:\.\d+)*)")
_FILE = re.compile(r"paas_app_charmer-(\d+)[^/]*\.whl")
_LINK = re.compile(r"(?:^|\s)(?:@|-e|--editable|file:|https?:|git\+|\.{0,2}/)")

_Version = tuple[int, ...]


def is_named(line: str) -> bool:
    """Tell whether a requirement is for this library."""
    return NAME in asked.names([line])


def is_older(line: str) -> bool:
    """Tell whether a requirement is for the library that was made for the same before."""
    return OLDER in asked.names([line])


def is_opaque(line: str) -> bool:
    """Tell whether a requirement may be for any library, as it only says where one is."""
    return _LINK.search(line) is not None and not asked.names([line])


def problem(line: str) -> str:
    """Return why a requirement leads to no version that fits; empty if it does."""
    file = _FILE.search(line)
    if file:
        return "" if int(file[1]) == MAJOR else f"is a file of version {file[1]}"
    if _LINK.search(line):
        return ""  # whatever is there
    lowest, end = (MAJOR,), (MAJOR + 1,)
    for low, high in _bounds(line.partition(";")[0]):
        lowest, end = max(lowest, _plain(low)), min(end, high)
    return "" if lowest < end else f"allows no version {MAJOR} of it"


def _bounds(line: str) -> Iterator[tuple[_Version, _Version]]:
    """Return for each clause from which version on it allows some, and from which on none."""
    least, most = (0,), (MAJOR + 1,)
    for operator, text in _CLAUSE.findall(line):
        version = tuple(map(int, text.split(".")))
        match operator:
            case ">=" | ">":
                yield version, most
            case "<":
                yield least, _plain(version)
            case "<=":
                yield least, (*_plain(version), 0)
            case "~=" if version[1:]:
                yield version, (*version[:-2], version[-2] + 1)
            case "~=" | "==" | "===":
                yield version, (*version[:-1], version[-1] + 1)
            case _:
                pass


def _plain(version: _Version) -> _Version:
    """Spell a version in the one way that compares: 2.0 as 2."""
    while len(version) > 1 and not version[-1]:
        version = version[:-1]
    return version
