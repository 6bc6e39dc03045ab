"""The command `config`: the charm's options, as `juju config` shows and sets them."""

from __future__ import annotations

import pathlib

import click

from . import shared, terminal


@click.command()
@click.argument("words", metavar="[OPTION] [KEY=VALUE]...", nargs=-1)
@click.option("--reset", metavar="KEY[,KEY]", multiple=True, help="Go back to the default value.")
@shared.json_option
@shared.project_option
def config(
    *, project: pathlib.Path, words: tuple[str, ...], reset: tuple[str, ...], as_json: bool
) -> None:
    """Show, set or reset the charm's options.

    Without words all options are shown, with one OPTION its value. KEY=@FILE reads a file.
    """
    resets = [key for word in reset for key in word.split(",")]
    if len(words) == 1 and "=" not in words[0] and not resets:
        _show_one(project, words[0], as_json=as_json)
    elif words or resets:
        values = dict(map(shared.pair, words))
        shared.ask(project, "config-set", values=values, reset=resets)
    else:
        _show_all(project, as_json=as_json)


def _show_one(project: pathlib.Path, name: str, *, as_json: bool) -> None:
    options = shared.ask(project, "config")
    if name not in options:
        raise click.ClickException(f"no option {name!r}: see `paas-app-charmer config`")
    value = options[name]["value"]
    if as_json:
        terminal.show_json(value)
    else:
        click.echo(_text(value))


def _show_all(project: pathlib.Path, *, as_json: bool) -> None:
    options = shared.ask(project, "config")
    if as_json:
        terminal.show_json(options)
        return
    terminal.table(
        ("Option", "Value", "Source", "Type", "Description"),
        [
            (
                name,
                _text(option["value"]),
                option["source"],
                option["type"],
                " ".join((option.get("description") or "").split())[:60],
            )
            for name, option in sorted(options.items())
        ],
    )


def _text(value: object) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)
