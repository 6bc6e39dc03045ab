"""What the commands share: finding the project, asking its runner, reading KEY=VALUE."""

from __future__ import annotations

import pathlib
import typing

import click

from . import terminal

if typing.TYPE_CHECKING:
    from paas_app_charmer.local import control, runner_project

FOLDER = click.Path(exists=True, file_okay=False, path_type=pathlib.Path)

project_option = click.option(
    "--project",
    type=FOLDER,
    default=".",
    help="Folder of the project or of its charm; the current folder if not given.",
)
charm_argument = click.argument(
    "charm",
    metavar="[CHARM_DIR | CHARM_FILE]",
    type=click.Path(exists=True, path_type=pathlib.Path),
    required=False,
)
application_option = click.option(
    "--project",
    "application",
    type=FOLDER,
    help="Folder of the application for CHARM_FILE; the current folder if not given.",
)
unit_option = click.option("--unit", metavar="UNIT", help="A unit, for example my-app/0 or 0.")
verbose_option = click.option("-v", "--verbose", is_flag=True, help="Show debug messages too.")
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def ask(
    project: pathlib.Path,
    request: str,
    /,
    *,
    doing: str | None = None,
    on_event: control.OnEvent | None = None,
    **arguments: control.Json,
) -> control.Json:
    """Send a request to the runner of the project; `doing` says what is waited for."""
    from paas_app_charmer.local import control

    with terminal.progress() as step:
        if doing:
            step(doing)
        return control.ask(state_folder(project), request, on_event=on_event or step, **arguments)


def state_folder(project: pathlib.Path) -> pathlib.Path:
    """Return the folder where the project's runner keeps its state and listens."""
    from paas_app_charmer.local import runner_project

    return runner_project.find_state(project)


def to_run(charm: pathlib.Path | None, application: pathlib.Path | None) -> runner_project.Project:
    """Find what is to be run with a charm, packed or not."""
    from paas_app_charmer.local import runner_project

    if charm is None or charm.is_dir():
        if charm and application:
            raise click.UsageError("CHARM_DIR has its application: --project is for CHARM_FILE")
        return runner_project.find(charm or application or pathlib.Path())
    return runner_project.with_packed(charm, application or pathlib.Path())


def pairs(
    _context: click.Context, _parameter: click.Parameter, words: tuple[str, ...]
) -> dict[str, str]:
    """Read words of the form KEY=VALUE, as a callback of click's."""
    return dict(map(pair, words))


def pair(word: str) -> tuple[str, str]:
    """Read KEY=VALUE; `KEY=@FILE` takes the value from a file, as Juju does."""
    key, separator, text = word.partition("=")
    if not separator or not key:
        raise click.BadParameter(f"{word!r} is not of the form KEY=VALUE")
    if not text.startswith("@"):
        return key, text
    try:
        return key, pathlib.Path(text[1:]).read_text(encoding="utf-8")
    except OSError as error:
        raise click.BadParameter(f"cannot read {text[1:]}: {error.strerror}") from None
