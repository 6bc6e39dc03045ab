"""Text that somebody else wrote, made harmless for a terminal."""

from __future__ import annotations

import unicodedata

_OBEYED = {"Cc", "Cs"}
"""Control characters, and halves of characters, which cannot even be printed."""


def text(value: str) -> str:
    """Replace what a terminal would obey instead of showing it."""
    return "".join(
        "\N{REPLACEMENT CHARACTER}" if _commands(character) else character for character in value
    )


def line(value: str) -> str:
    """Do so, and put it on one line."""
    return text(" ".join(value.split()))


def _commands(character: str) -> bool:
    return character not in "\n\t" and unicodedata.category(character) in _OBEYED
