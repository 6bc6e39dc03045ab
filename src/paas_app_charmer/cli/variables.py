"""The command `env`: the variables of the application, and on request why they are there."""

from __future__ import annotations

import pathlib
import typing

import click

from . import printable, shared, terminal

if typing.TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Variable: typing.TypeAlias = "Mapping[str, typing.Any]"

_COLUMNS = ("Variable", "Value", "Property", "Wins over")


@click.command()
@shared.unit_option
@click.option("--reveal", is_flag=True, help="Show secrets.")
@click.option("--explain", is_flag=True, help="Show what made each, and what takes it away.")
@shared.json_option
@shared.project_option
def env(
    *, project: pathlib.Path, unit: str | None, reveal: bool, explain: bool, as_json: bool
) -> None:
    """Show the variables that the application gets, and where each comes from."""
    variables: list[Variable] = shared.ask(project, "env", unit=unit, reveal=reveal)
    if as_json:
        terminal.show_json(variables)
        return
    if not variables:
        click.echo("The application has been given no variables yet: see `status`.", err=True)
    if explain:
        _explain(variables)
        return
    terminal.table(
        ("Variable", "Value", "Source"),
        [(variable["name"], _value(variable), variable["source"]) for variable in variables],
    )


def _value(variable: Variable) -> str:
    """Return the value on one line, with its line breaks as they are spelled in code."""
    return printable.text(variable["value"]).replace("\n", "\\n")


def _explain(variables: Iterable[Variable]) -> None:
    """Print variables that were made alike together, so that the reason stands there once."""
    alike: dict[tuple[str, ...], list[Variable]] = {}
    for variable in variables:
        alike.setdefault(_reason(variable), []).append(variable)
    for (heading, *lines), told in alike.items():
        click.secho(heading, bold=True)
        for line in filter(None, lines):
            click.echo(f"  {line}")
        _table(told)


def _reason(variable: Variable) -> tuple[str, ...]:
    interface = f", interface {variable['interface']}" if variable["interface"] else ""
    then = f"; then {variable['then']}" if variable["then"] else ""
    juju = variable["removed_by_in_juju"]
    return (
        (variable["source"] or "of unknown source") + interface,
        variable["rule"],
        variable["removed_by"] and f"removed by  {variable['removed_by']}{then}",
        juju and f"in Juju     {juju}",
    )


def _table(variables: Iterable[Variable]) -> None:
    rows = [
        (one["name"], _value(one), one["property"], ", ".join(one["overrides"]))
        for one in variables
    ]
    used = [index for index in range(len(_COLUMNS)) if any(row[index] for row in rows)]
    terminal.table(_picked(_COLUMNS, used), [_picked(row, used) for row in rows])


def _picked(row: Sequence[str], used: Iterable[int]) -> terminal.Row:
    return [row[index] for index in used]
