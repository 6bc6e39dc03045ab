"""The command `mails`."""

from __future__ import annotations

import dataclasses
import pathlib
import typing

import click

from . import printable, shared, terminal

if typing.TYPE_CHECKING:
    from paas_app_charmer.local.mails import Mail


@click.command()
@click.argument("number", type=int, required=False)
@shared.json_option
@shared.project_option
def mails(*, project: pathlib.Path, number: int | None, as_json: bool) -> None:
    """List the mails that the application has sent, or show the one with a NUMBER.

    They are those that the mail server of `integrate` keeps, this run's and earlier ones. It
    works without a running runner too.
    """
    from paas_app_charmer.local import mails as kept

    found = kept.recorded(shared.state_folder(project))
    if number is not None:
        found = [mail for mail in found if mail.number == number]
        if not found:
            raise click.ClickException(f"there is no mail {number}")
    if as_json:
        terminal.show_json([_record(mail) for mail in found])
    elif number is not None:
        for mail in found:
            _show(mail)
    elif not found:
        click.echo("No mail has been sent yet.", err=True)
    else:
        terminal.table(
            ("Mail", "Received", "From", "To", "Subject"),
            [
                (
                    str(mail.number),
                    f"{mail.received:%Y-%m-%d %H:%M:%S}",
                    mail.sender,
                    ", ".join(mail.recipients),
                    printable.line(mail.subject),
                )
                for mail in found
            ],
        )


def _record(mail: Mail) -> dict[str, typing.Any]:
    return {**dataclasses.asdict(mail), "received": mail.received.isoformat()}


def _show(mail: Mail) -> None:
    click.echo(f"From: {mail.sender}")
    click.echo(f"To: {', '.join(mail.recipients)}")
    click.echo(f"Subject: {printable.line(mail.subject)}")
    if mail.attachments:
        click.echo(f"Attached: {', '.join(mail.attachments)}")
    click.echo(f"\n{printable.text(mail.text)}")
