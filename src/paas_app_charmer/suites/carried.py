"""Whether a file of an application gets into its rock."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator, Mapping
from typing import Any, cast

from paas_app_charmer import documents


def carries(part: Mapping[str, Any], path: str, *, folder: str) -> bool:
    """Tell whether the part of an expanded file brings a path of the application's folder.

    The folder is that in the rock, for example `flask/app`.
    """
    if not part.get("plugin"):
        return False
    listed = part.get("prime")
    prime = [str(one) for one in cast("list[object]", listed)] if isinstance(listed, list) else []
    left_out = [one.removeprefix("-") for one in prime if one.startswith("-")]
    taken = [one for one in prime if not one.startswith("-")]
    organized = documents.mapping(part.get("organize")).values()
    return (
        any(_covers(one, path, folder) for one in map(str, organized))
        and (not taken or any(_covers(one, path, folder) for one in taken))
        and not any(_covers(one, path, folder) for one in left_out)
    )


def _covers(entry: str, path: str, folder: str) -> bool:
    """Tell whether an entry means a path, or a folder that it is in."""
    inside = f"{entry}/".removeprefix(f"{folder}/").rstrip("/")
    return not inside or any(_matches(one, inside) for one in _upwards(path))


def _matches(path: str, pattern: str) -> bool:
    # A star stands for one folder, two for any number of them.
    is_as_deep = path.count("/") == pattern.count("/") or "**" in pattern
    return is_as_deep and fnmatch.fnmatchcase(path, pattern)


def _upwards(path: str) -> Iterator[str]:
    while path:
        yield path
        path = path.rpartition("/")[0]
