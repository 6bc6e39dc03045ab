"""Output: tables and colour in a terminal, aligned plain text in a pipe."""

from __future__ import annotations

import contextlib
import functools
import json
import sys
import typing

import click

if typing.TYPE_CHECKING:
    import collections.abc

    import rich.console
    import rich.status

Row: typing.TypeAlias = "collections.abc.Sequence[str]"

COLOURS = {
    "active": "green",
    "idle": "green",
    "completed": "green",
    "ok": "green",
    "maintenance": "yellow",
    "waiting": "yellow",
    "executing": "yellow",
    "warning": "yellow",
    "allocating": "yellow",
    "on demand": "yellow",
    "absent": "yellow",
    "missing": "red",
    "blocked": "red",
    "error": "red",
    "failed": "red",
}
"""Words that are coloured when a cell consists of them alone."""


def is_terminal() -> bool:
    """Tell whether a person is looking."""
    return sys.stdout.isatty()


def show_json(value: typing.Any) -> None:
    """Print a value for another program."""
    click.echo(json.dumps(value, indent=2))


def table(columns: Row, rows: collections.abc.Iterable[Row]) -> None:
    """Print a table with a heading; nothing at all when there are no rows."""
    rows = list(rows)
    if not rows:
        return
    if is_terminal():
        _rich_table(columns, rows)
    else:
        click.echo(plain(columns, rows))
    click.echo()


def plain(columns: Row, rows: collections.abc.Sequence[Row]) -> str:
    """Align columns as Juju does: two blanks between, nothing after the last."""
    lines = [columns, *rows]
    widths = [max(len(line[index]) for line in lines) for index in range(len(columns))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def _rich_table(columns: Row, rows: collections.abc.Sequence[Row]) -> None:
    import rich.table
    import rich.text

    drawn = rich.table.Table(box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
    for column in columns:
        drawn.add_column(column, overflow="fold")
    for row in rows:
        drawn.add_row(*(rich.text.Text(cell, style=COLOURS.get(cell, "")) for cell in row))
    console().print(drawn)


Step: typing.TypeAlias = "collections.abc.Callable[[str], None]"


@contextlib.contextmanager
def progress() -> collections.abc.Generator[Step]:
    """Give a function that says what is going on: by a spinner, or by lines on stderr."""
    if not is_terminal():
        yield lambda text: click.echo(text, err=True)
        return
    with contextlib.ExitStack() as stack:

        def step(text: str) -> None:
            if not spinners:
                spinners.append(stack.enter_context(console().status(text)))
            spinners[0].update(text)

        spinners: list[rich.status.Status] = []
        yield step


class Live:
    """A place for lines as they come, with what is waited for in a line of its own below them."""

    def __init__(self, spinner: rich.status.Status | None) -> None:
        self._spinner = spinner

    def print(self, text: str) -> None:
        """Print one line, which may hold colours."""
        if self._spinner is None:
            click.echo(text)
        else:
            import rich.text

            console().print(rich.text.Text.from_ansi(text))

    def waits_for(self, text: str | None) -> None:
        """Say what is going on, or that nothing is any more."""
        if self._spinner is None:
            return
        if text is None:
            self._spinner.stop()
        else:
            self._spinner.update(text)
            self._spinner.start()


@contextlib.contextmanager
def live() -> collections.abc.Generator[Live]:
    """Give such a place; the line below is for a person only."""
    if not is_terminal():
        yield Live(None)
        return
    spinner = console().status("")
    try:
        yield Live(spinner)
    finally:
        spinner.stop()


@functools.cache
def console() -> rich.console.Console:
    """Return the one console, so that what is printed beside a spinner does not break it."""
    import rich.console

    return rich.console.Console(highlight=False)
