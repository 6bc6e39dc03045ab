"""The result of an extension, and how it is merged into the author's file."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, cast

from paas_app_charmer import documents

from . import finding


@dataclasses.dataclass(frozen=True, kw_only=True)
class Contribution:
    """What an extension adds to a project file."""

    content: Mapping[str, Any] = dataclasses.field(default_factory=dict[str, Any])
    findings: tuple[finding.Finding, ...] = ()


@dataclasses.dataclass(frozen=True, kw_only=True)
class Expansion:
    """A project file in full."""

    content: Mapping[str, Any]
    """Without the key `extensions`. It means something only if there are no errors."""
    findings: tuple[finding.Finding, ...] = ()

    @property
    def errors(self) -> tuple[finding.Finding, ...]:
        """The findings that forbid to use the content."""
        return finding.errors(self.findings)


def merge(author: Mapping[str, Any], ours: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the author wrote, with what the extension adds to it.

    The author's keys come first and the author's scalars win, also `false`, `0` and an empty list;
    mappings merge; lists join, the extension's items in front, and of equal texts
    the first stays. A key without a value (`requires:` with all its entries commented) counts as
    absent.
    """
    merged = dict(author)
    for key, value in ours.items():
        present = author.get(key)
        if present is None:
            merged[key] = value
        elif documents.is_mapping(present) and documents.is_mapping(value):
            merged[key] = merge(present, value)
        elif isinstance(present, list) and isinstance(value, list) and present:
            merged[key] = _joined([*cast("list[Any]", value), *cast("list[Any]", present)])
    return merged


def _joined(joined: list[Any]) -> list[Any]:
    if all(isinstance(item, str) for item in joined):
        return list(dict.fromkeys(joined))
    return joined
