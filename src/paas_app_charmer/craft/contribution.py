"""How to get exactly our expansion out of a tool that merges by rules of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from paas_app_charmer import documents


def contribution(author: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a tool has to merge into what the author wrote so that `wanted` comes out.

    Both tools replace whatever counts as false, so an author's `false` that shall stay must not
    be mentioned; they put the items of an extension's list before the author's, so only those in
    front are named. `wanted` has at least what the author wrote.
    """
    found: dict[str, Any] = {}
    for key, value in wanted.items():
        present = author.get(key)
        if key in author and value == present:
            continue
        if present and documents.is_mapping(present) and documents.is_mapping(value):
            found[key] = contribution(present, value)
        elif present and isinstance(present, list) and isinstance(value, list):
            found[key] = _in_front(cast("list[Any]", present), cast("list[Any]", value))
        else:
            found[key] = value
    return found


def _in_front(author: list[Any], wanted: list[Any]) -> list[Any]:
    if wanted[-len(author) :] == author:
        return wanted[: -len(author)]
    # A text that both name stands in front; the tools, too, drop it where it comes again.
    return wanted
