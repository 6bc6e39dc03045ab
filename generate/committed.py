"""What is generated, next to what lies in the tree."""

from __future__ import annotations

import pathlib
from collections.abc import Callable, Mapping

from . import patches, reference, suites

COMMAND = "make generate"
"""What brings the tree up to date."""

Files = Mapping[pathlib.Path, str]

STEPS: tuple[tuple[Callable[[], Files], Callable[[], frozenset[pathlib.Path]]], ...] = (
    (suites.files, suites.present),
    (reference.files, reference.present),
    (patches.files, patches.present),
)
"""What makes files, and which are there. The reference and the examples' patches tell of what the
suites make of their data, so they come after these."""


def stale(wanted: Files, present: frozenset[pathlib.Path]) -> dict[pathlib.Path, str | None]:
    """Return the files that differ with what they should hold, None for those that should go."""
    changed: dict[pathlib.Path, str | None] = {
        path: text for path, text in wanted.items() if _text(path) != text
    }
    return {**changed, **dict.fromkeys(sorted(present - wanted.keys()))}


def _text(path: pathlib.Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None
