"""The command `doctor`."""

from __future__ import annotations

import dataclasses

import click

from . import shared, terminal


@click.command()
@shared.json_option
def doctor(*, as_json: bool) -> None:
    """Check what this machine has of what `run` and `integrate` need.

    Each interface that can be integrated stands there with its server, or with how to get it.
    The exit code is 1 if something is missing without which nothing runs.
    """
    from paas_app_charmer.local import doctor as examination

    findings = examination.examine()
    if as_json:
        terminal.show_json(
            {
                "checks": [dataclasses.asdict(finding) for finding in findings],
                "not-modelled": list(examination.NOT_MODELLED),
            }
        )
    else:
        terminal.table(
            ("Check", "State", "Found"),
            [(finding.name, finding.state, finding.found) for finding in findings],
        )
        click.echo("Of Juju, this is not modelled here:")
        for line in examination.NOT_MODELLED:
            click.echo(f"  - {line}")
    if any(finding.state == examination.MISSING for finding in findings):
        raise SystemExit(1)
