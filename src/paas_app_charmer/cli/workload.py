"""The commands about the application itself: its logs, and a command beside it."""

from __future__ import annotations

import collections
import dataclasses
import os
import pathlib
import typing

import click

from . import lines as printer
from . import shared


@click.command()
@click.option("-f", "--follow", is_flag=True, help="Go on with new lines until Ctrl-C.")
@click.option("-n", "--lines", default=100, show_default=True, help="Lines to start with.")
@shared.unit_option
@click.option("--service", help="A Pebble service, an endpoint, `charm`, or `juju`.")
@shared.verbose_option
@shared.project_option
def logs(*, project: pathlib.Path, follow: bool, lines: int, **choice: typing.Any) -> None:
    """Show what charm, application and backing services wrote.

    It works without a running runner too, on what the last runs wrote.
    """
    from paas_app_charmer.local import control

    show = printer.Printer()
    try:
        shared.ask(project, "logs", on_event=show, follow=follow, lines=lines, **choice)
    except control.NotRunning:
        if follow:
            raise
        for line in _recorded(project, lines, **choice):
            show(line)


def _recorded(
    project: pathlib.Path, lines: int, **choice: typing.Any
) -> list[dict[str, typing.Any]]:
    from paas_app_charmer.local import logs as journal

    takes = journal.Choice(**choice).takes
    kept = collections.deque(
        filter(takes, journal.recorded(shared.state_folder(project))), maxlen=lines
    )
    return [dataclasses.asdict(line) for line in kept]


@click.command(
    "exec", context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False}
)
@shared.unit_option
@shared.project_option
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
def execute(*, project: pathlib.Path, unit: str | None, command: tuple[str, ...]) -> None:
    """Run a command in the application's environment and as its user.

    For example: paas-app-charmer exec -- python3 manage.py shell
    """
    where = shared.ask(project, "exec", unit=unit)
    options = ["--context", where["context"], "-w", where["folder"]]
    socket = pathlib.Path(where["socket"])
    # A path may be longer than a socket's address can be: it goes by a descriptor of its folder.
    folder = os.open(socket.parent, os.O_PATH | os.O_DIRECTORY)
    os.set_inheritable(folder, True)  # noqa: FBT003  the only way to call it
    # Pebble's own client knows terminals, signals, input and exit codes, so it takes over.
    os.execve(  # noqa: S606  no shell is wanted
        where["pebble"],
        ["pebble", "exec", *options, "--", *command],
        {**os.environ, "PEBBLE_SOCKET": f"/proc/self/fd/{folder}/{socket.name}"},
    )
