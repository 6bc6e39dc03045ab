"""The keys of `rockcraft.yaml` and `charmcraft.yaml`."""

from __future__ import annotations

from collections.abc import Mapping

from .. import keys, meanings
from ..markdown import Page, code, table
from . import charm_extension, rock_extension


def rock() -> Page:
    """Return the page about the rock's half."""
    return Page(
        name="rockcraft-yaml",
        title="rockcraft.yaml",
        about="The keys of a rock's project file, and what the extension adds to it.",
        sections=(
            *_keys("rockcraft", meanings.ROCK),
            *rock_extension.sections(),
        ),
    )


def charm() -> Page:
    """Return the page about the charm's half."""
    return Page(
        name="charmcraft-yaml",
        title="charmcraft.yaml",
        about="The keys of a charm's project file, and what the extension adds to it.",
        sections=(
            *_keys("charmcraft", meanings.CHARM),
            *charm_extension.sections(),
        ),
    )


def _keys(schema: str, told: Mapping[str, str]) -> tuple[str, ...]:
    known = keys.of(schema)
    missing = {key.path for key in known if not key.refused} ^ told.keys()
    if missing:
        raise LookupError(f"generate/meanings.py and the keys of {schema} differ: {missing}")
    rows = [
        (code(key.path), key.kind + (", required" if key.required else ""), told[key.path])
        for key in known
        if not key.refused
    ]
    refused = [(code(key.path), key.instead) for key in known if key.refused]
    sections = ["## Keys", table(("Key", "Type", "Meaning"), rows)]
    if refused:
        sections += ["## Refused", table(("Key", "Instead"), refused)]
    return tuple(sections)
