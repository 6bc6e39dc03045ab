"""The command `status`: Juju's nouns and columns."""

from __future__ import annotations

import pathlib
import time
import typing

import click

from . import shared, terminal

if typing.TYPE_CHECKING:
    from collections.abc import Mapping

REDRAW = 1.0
"""Seconds between two looks with --watch."""


@click.command()
@shared.json_option
@click.option("--watch", is_flag=True, help="Show it again every second until Ctrl-C.")
@shared.project_option
def status(*, project: pathlib.Path, as_json: bool, watch: bool) -> None:
    """Show the application, its units and integrations."""
    while True:
        current = shared.ask(project, "status")
        if watch and terminal.is_terminal():
            click.clear()
        if as_json:
            terminal.show_json(current)
        else:
            show(current)
        if not watch:
            return
        time.sleep(REDRAW)


def show(current: Mapping[str, typing.Any]) -> None:
    """Print a snapshot of the engine with the runner's additions."""
    model = current["model"]
    terminal.table(
        ("Model", "Cloud", "Juju", "URL"),
        [(model["name"], model["cloud"], model["version"], current["url"] or "")],
    )
    applications = current["applications"]
    terminal.table(
        ("App", "Version", "Status", "Scale", "Charm", "Message"),
        [_application(name, state) for name, state in applications.items()],
    )
    units = {
        name: unit for state in applications.values() for name, unit in state["units"].items()
    }
    terminal.table(
        ("Unit", "Workload", "Agent", "Address", "Ports", "Message"),
        [_unit(name, unit, current["addresses"]) for name, unit in units.items()],
    )
    terminal.table(
        ("Integration", "Interface", "With", "Type", "Status", "Service"),
        [_relation(relation, current["services"]) for relation in current["relations"]],
    )
    for name, unit in units.items():
        if unit["error"]:
            _show_error(name, unit["error"])
    if current["gaps"]:
        click.echo("Local agent gaps (what the charm asked of Juju that is not modelled here):")
        for gap in current["gaps"]:
            click.echo(f"  - {gap}")


def _application(name: str, state: Mapping[str, typing.Any]) -> terminal.Row:
    status = state["application-status"]
    return (
        name,
        state["version"],
        status["current"],
        str(state["scale"]),
        state["charm"],
        status["message"],
    )


def _unit(name: str, unit: Mapping[str, typing.Any], addresses: Mapping[str, str]) -> terminal.Row:
    workload, agent = unit["workload-status"], unit["juju-status"]
    return (
        name + ("*" if unit["leader"] else ""),
        workload["current"],
        agent["current"],
        addresses.get(name, ""),
        ", ".join(unit["open-ports"]),
        workload["message"] or agent["message"],
    )


def _relation(relation: Mapping[str, typing.Any], services: Mapping[str, str]) -> terminal.Row:
    return (
        relation["endpoint"],
        relation["interface"],
        relation["remote-application"],
        relation["type"],
        relation["status"],
        services.get(relation["endpoint"], ""),
    )


def _show_error(unit: str, error: Mapping[str, typing.Any]) -> None:
    click.echo(f"{unit}: hook {error['hook']} failed ({error['reason']}):")
    for line in error["tail"]:
        click.echo(f"  {line}")
    click.echo(f"Mend it, then `paas-app-charmer resolve {unit}`, or wait for the next try.\n")
