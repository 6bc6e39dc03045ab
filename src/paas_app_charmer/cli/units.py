"""The commands about units and what is fired on them."""

from __future__ import annotations

import pathlib
import sys

import click

from . import shared, terminal


@click.command()
@click.argument("count", metavar="N", type=click.IntRange(min=1))
@shared.project_option
def scale(*, project: pathlib.Path, count: int) -> None:
    """Change the number of units."""
    addresses = shared.ask(project, "scale", doing=f"scaling to {count}", units=count)
    for name, url in addresses.items():
        click.echo(f"{name}  {url}")


@click.command("run-action")
@click.argument("name")
@click.argument("parameters", metavar="[KEY=VALUE]...", nargs=-1, callback=shared.pairs)
@shared.unit_option
@shared.json_option
@shared.project_option
def run_action(
    *,
    project: pathlib.Path,
    name: str,
    parameters: dict[str, str],
    unit: str | None,
    as_json: bool,
) -> None:
    """Run an action of the charm, on the leader unless a unit is named."""
    result = shared.ask(
        project,
        "run-action",
        doing=f"running {name}",
        name=name,
        params=parameters,
        unit=unit,
    )
    if as_json:
        terminal.show_json(result)
    else:
        for line in result["log"]:
            click.echo(line)
        for key, value in result["results"].items():
            click.echo(f"{key}: {value}")
    if result["status"] != "completed":
        raise click.ClickException(result["message"] or f"action {name} failed")


@click.command()
@click.argument("event")
@shared.unit_option
@shared.project_option
def fire(*, project: pathlib.Path, event: str, unit: str | None) -> None:
    """Fire an event, for example update-status or redis-relation-changed.

    It is fired on every unit unless one is named.
    """
    shared.ask(project, "fire", event=event, unit=unit)


@click.command()
@click.argument("unit", required=False)
@click.option("--no-retry", is_flag=True, help="Go on without running the failed hook again.")
@shared.project_option
def resolve(*, project: pathlib.Path, unit: str | None, no_retry: bool) -> None:
    """Run a failed hook again; on every unit in error unless one is named."""
    resolved = shared.ask(project, "resolve", unit=unit, retry=not no_retry)
    if not resolved:
        click.echo("no unit is in error", file=sys.stderr)
