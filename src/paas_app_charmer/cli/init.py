"""The command `init`: the files with which the packaging of an application begins."""

from __future__ import annotations

import pathlib
import shlex
import typing

import click

from . import shared, terminal

if typing.TYPE_CHECKING:
    from paas_app_charmer.suites import catalogue, scaffold


@click.command()
@click.argument("words", metavar="[rock|charm] [DIR]", nargs=-1)
@click.option(
    "--profile", metavar="PROFILE", help="One that `list` shows; found out if not given."
)
@click.option("--name", help="Name of rock and charm; by default that of the folder.")
@click.option("--base", help="For example ubuntu@26.04; see `list`.")
@click.option("--force", is_flag=True, help="Add to a rock or charm that is there already.")
@shared.json_option
def init(
    *,
    words: tuple[str, ...],
    profile: str | None,
    name: str | None,
    base: str | None,
    force: bool,
    as_json: bool,
) -> None:
    """Write what packaging the application in DIR needs, and change no file.

    Without `rock` or `charm` both are begun, the charm in the folder `charm`.
    """
    from paas_app_charmer.suites import scaffold

    half, folder = _read(words)
    order = scaffold.Order(
        folder=folder, half=half, profile=profile, name=name, base=base, force=force
    )
    try:
        planned = scaffold.plan(order)
        scaffold.write(planned)
    except scaffold.RefusedError as refusal:
        raise click.ClickException(str(refusal)) from None
    except OSError as error:
        raise click.ClickException(f"cannot read {error.filename}: {error.strerror}") from None
    if as_json:
        terminal.show_json(_as_json(planned))
    else:
        _tell(planned, half)


def _read(words: tuple[str, ...]) -> tuple[catalogue.Half | None, pathlib.Path]:
    half: catalogue.Half | None = None
    if words and words[0] in {"rock", "charm"}:
        half = "rock" if words[0] == "rock" else "charm"
        words = words[1:]
    if len(words) > 1:
        raise click.UsageError(f"{words[0]!r} is neither `rock` nor `charm`")
    return half, pathlib.Path(*words)


def _tell(planned: scaffold.Plan, half: catalogue.Half | None) -> None:
    click.echo(f"{planned.name}: written with {planned.suite.title}")
    for remark in planned.remarks:
        click.echo(f"  {remark}")
    for path in planned.kept:
        click.echo(f"kept   {planned.folder / path}")
    for path in planned.files:
        click.echo(f"wrote  {planned.folder / path}")
    where = "" if planned.folder == pathlib.Path() else f" {shlex.quote(str(planned.folder))}"
    steps = list(_steps(planned, half, where))
    width = max(len(command) for command, _ in steps)
    click.echo("\nNext:")
    for command, purpose in steps:
        click.echo(f"  {command.ljust(width)}  {purpose}")


def _steps(
    planned: scaffold.Plan, half: catalogue.Half | None, where: str
) -> typing.Iterator[tuple[str, str]]:
    for one in planned.bases if half else ():
        file = planned.folder / ("rockcraft.yaml" if one == "rock" else "charmcraft.yaml")
        yield (
            f"paas-app-charmer expand {one} {shlex.quote(str(file))}",
            "see the file with what its extension adds",
        )
    if half is None:
        yield f"paas-app-charmer check{where}", "see whether rock, charm and code agree"
        yield f"paas-app-charmer run{where}", "run the charm and the application on this machine"
    charm = planned.bases.get("charm")
    if charm and planned.suite.bases("charm")[charm] == "second":
        yield "uv lock", "in the charm's folder: packing needs the file uv.lock"


def _as_json(planned: scaffold.Plan) -> dict[str, typing.Any]:
    return {
        "profile": planned.suite.name,
        "name": planned.name,
        "folder": str(planned.folder),
        "bases": dict(planned.bases),
        "certainty": planned.detection.certainty if planned.detection else "given",
        "wrote": list(planned.files),
        "kept": list(planned.kept),
        "remarks": list(planned.remarks),
    }
