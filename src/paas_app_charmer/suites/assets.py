"""The files that go along with a compiled program, in a part of their own."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any

from . import contents, finding, parts

PART = "assets"
FOLDER = "app"
"""Where a program runs, in the rock."""
PARTS = {PART: "Files that go along with the program: those of the migration, and others."}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Assets:
    """The part, if there is anything for it."""

    parts: Mapping[str, Any]
    findings: tuple[finding.Finding, ...]


def of(seen: parts.Rock, *, default: Iterable[str]) -> Assets:
    """Return what the author's `stage` says, or else what is there of the default."""
    chosen = contents.of(seen, part=PART, folder=FOLDER, default=default, listed="stage")
    part = {PART: chosen.part()} if chosen.organize else {}
    return Assets(parts=part, findings=chosen.findings)
