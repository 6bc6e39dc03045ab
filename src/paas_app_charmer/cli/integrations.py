"""The commands `integrate` and `remove-relation`."""

from __future__ import annotations

import pathlib

import click

from . import shared


@click.command()
@click.argument("endpoint")
@click.option("--url", help="An already running service, instead of one started for you.")
@shared.project_option
def integrate(*, project: pathlib.Path, endpoint: str, url: str | None) -> None:
    """Integrate an endpoint of the charm with a backing service.

    The service is started on this machine unless --url names one that runs already.
    """
    provider = shared.ask(
        project, "integrate", doing=f"integrating {endpoint}", endpoint=endpoint, url=url
    )
    click.echo(f"{endpoint} is integrated with {provider}")


@click.command("remove-relation")
@click.argument("endpoint")
@shared.project_option
def remove_relation(*, project: pathlib.Path, endpoint: str) -> None:
    """Remove the relation of an endpoint; the data of its backing service is kept."""
    shared.ask(project, "remove-relation", endpoint=endpoint)
    click.echo(f"{endpoint} is no longer integrated")
