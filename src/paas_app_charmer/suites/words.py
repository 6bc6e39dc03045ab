"""The words in which a problem is told, as the author of a YAML file would say them."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Mapping

_LONGEST = 60


def plain(text: str) -> str:
    """Show a name on one line, however long it is and whatever it holds."""
    text = text if text.isprintable() else json.dumps(text)[1:-1]
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


def quoted(text: str) -> str:
    """Return what an author wrote as a sentence can show it."""
    return f"`{plain(text)}`"


def path(*steps: object) -> str:
    """Return where something is in a file, for example `config.options.token`."""
    return ".".join(plain(str(step)) for step in steps)


def kind(value: object) -> str:
    """Say what sort of value it is."""
    match value:
        case None:
            return "nothing"
        case bool():
            return str(value).lower()
        case int() | float():
            return f"the number {value}"
        case str():
            return "a text"
        case Mapping():
            return "a mapping"
        case _:
            return "a list"


def shown(value: object) -> str:
    """Show a value where that is short, and say what sort it is where not."""
    if isinstance(value, str) and value.strip():
        return f"`{plain(value)}`"
    return "an empty text" if isinstance(value, str) else kind(value)


def listed(names: Iterable[str], word: str) -> str:
    """Join names for a sentence: `a, b or c`."""
    *front, last = [f"`{plain(name)}`" for name in names]
    return f"{', '.join(front)} {word} {last}" if front else last


def meant(name: str, known: Iterable[str]) -> str:
    """Ask for the known name that is most like this one, if one is like it."""
    close = difflib.get_close_matches(name, list(known), n=1, cutoff=0.7)
    return f"did you mean `{close[0]}`?" if close else ""
