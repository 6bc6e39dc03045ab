"""A service's command as text: options in it change while every other character stays."""

from __future__ import annotations

import re
import shlex

from .. import errors

_WORD = re.compile(r"""(?:[^\s"'\\]|\\.|"(?:[^"\\]|\\.)*"|'[^']*')+""")


def words(command: str) -> tuple[str, ...]:
    """Return the arguments that Pebble starts the service with.

    The square brackets that mark replaceable arguments in a layer are no arguments.

    Raises:
        WorkloadError: the command's quotes do not match.
    """
    try:
        found = shlex.split(command)
    except ValueError as error:
        raise errors.WorkloadError(f"the rock's command is not readable: {error}") from None
    return tuple(word for word in found if word not in {"[", "]"})


def value_of(command: str, *names: str) -> str | None:
    """Return the value of an option that has one of these names, None if it is not there."""
    span = _span(command, names)
    return None if span is None else "".join(words(command[span[0] : span[1]]))


def replace_value(command: str, value: str, *names: str) -> str | None:
    """Return the command with another value for the option, None if it has no such option."""
    span = _span(command, names)
    if span is None:
        return None
    start, end = span
    gap = " " if start == end and not command[:start].endswith((" ", "=")) else ""
    return f"{command[:start]}{gap}{shlex.quote(value)}{command[end:]}"


def set_value(command: str, value: str, name: str) -> str:
    """Return the command with ``name=value`` in it, replaced or added."""
    replaced = replace_value(command, value, name)
    if replaced is not None:
        return replaced
    # Pebble wants nothing behind the arguments that it may replace.
    marks = [match.start() for match in _WORD.finditer(command) if match.group() == "["]
    end = marks[0] if marks else len(command)
    gap = "" if command[:end].endswith(" ") else " "
    tail = f" {command[end:]}" if marks else ""
    return f"{command[:end]}{gap}{name}={shlex.quote(value)}{tail}"


def _span(command: str, names: tuple[str, ...]) -> tuple[int, int] | None:
    """Return where the option's value stands; empty behind an option that ends the command."""
    matches = list(_WORD.finditer(command))
    for index, match in enumerate(matches):
        word = match.group()
        for name in names:
            joint = f"{name}=" if name.startswith("--") else name
            if word.startswith(joint) and word != name:
                return match.start() + len(joint), match.end()
            if word != name:
                continue
            following = [m for m in matches[index + 1 :] if m.group() not in {"[", "]"}]
            return following[0].span() if following else (match.end(), match.end())
    return None
