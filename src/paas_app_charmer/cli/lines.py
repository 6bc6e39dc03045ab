"""How a line of the journal is printed: time, a coloured label for its source, the text."""

from __future__ import annotations

import time
import typing

import click

if typing.TYPE_CHECKING:
    from collections.abc import Callable, Mapping

COLOURS = ("cyan", "green", "magenta", "blue", "bright_cyan", "bright_green", "bright_magenta")
LEVELS = {"ERROR": "red", "CRITICAL": "red", "WARNING": "yellow"}


class Printer:
    """Prints lines; every source keeps one colour, and the labels stay aligned as they grow."""

    def __init__(self, write: Callable[[str], None] = click.echo) -> None:
        self._write = write
        self._colours: dict[str, str] = {}
        self._width = 0

    def __call__(self, line: Mapping[str, typing.Any]) -> None:
        """Print one line, given as the fields of `logs.Line`."""
        label = f"{line['source']} {line['stream']}".rstrip()
        colour = self._colours.setdefault(label, COLOURS[len(self._colours) % len(COLOURS)])
        self._width = max(self._width, len(label))
        clock = time.strftime("%H:%M:%S", time.localtime(line["time"]))
        text = click.style(line["text"], fg=LEVELS.get(line["level"]))
        self._write(f"{clock} {click.style(label.ljust(self._width), fg=colour)} | {text}")
