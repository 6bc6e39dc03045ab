"""The command `dashboards`."""

from __future__ import annotations

import dataclasses
import pathlib

import click

from . import shared, terminal


@click.command()
@click.option("--problems", is_flag=True, help="Only the queries that give no data.")
@shared.json_option
@shared.project_option
def dashboards(*, project: pathlib.Path, problems: bool, as_json: bool) -> None:
    """Tell which queries of the charm's dashboards give data.

    Each is asked of the Prometheus that `integrate metrics-endpoint` starts, with every list of
    choices at "All". It fails if one is refused or names a metric that nothing exposes.
    """
    from paas_app_charmer.local import dashboards as checked

    found = checked.check(shared.state_folder(project))
    shown = [one for one in found if not problems or one.state != checked.DATA]
    if as_json:
        terminal.show_json([dataclasses.asdict(one) for one in shown])
    else:
        terminal.table(
            ("Dashboard", "Panel", "Result", "Reason"),
            [(one.query.dashboard, one.query.panel, one.state, one.reason) for one in shown],
        )
    if any(one.state in {checked.NO_METRIC, checked.REFUSED} for one in found):
        raise click.exceptions.Exit(1)
