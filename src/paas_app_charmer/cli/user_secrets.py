"""The commands `secret add`, `secret update` and `secret grant`: user secrets, as in Juju."""

from __future__ import annotations

import pathlib

import click

from . import shared

_content = click.argument(
    "content", metavar="KEY=VALUE...", nargs=-1, required=True, callback=shared.pairs
)


@click.group()
def secret() -> None:
    """Add, update and grant user secrets, for options of the type secret."""


@secret.command()
@click.argument("name")
@_content
@shared.project_option
def add(*, project: pathlib.Path, name: str, content: dict[str, str]) -> None:
    """Add a secret and print its id, which is what an option of the type secret takes."""
    click.echo(shared.ask(project, "secret-add", name=name, content=content))


@secret.command()
@click.argument("name")
@_content
@shared.project_option
def update(*, project: pathlib.Path, name: str, content: dict[str, str]) -> None:
    """Give a secret a new revision."""
    shared.ask(project, "secret-update", name=name, content=content)


@secret.command()
@click.argument("name")
@shared.project_option
def grant(*, project: pathlib.Path, name: str) -> None:
    """Let the application read a secret."""
    shared.ask(project, "secret-grant", name=name)
