"""The commands about project files: `expand`, `check` and `list`."""

from __future__ import annotations

import pathlib
import typing

import click

from . import shared, terminal

if typing.TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from paas_app_charmer.suites import catalogue, finding

_FILES = {"rock": ("rockcraft.yaml",), "charm": ("charmcraft.yaml", "charm/charmcraft.yaml")}
_PATH = click.Path(path_type=pathlib.Path)


@click.command()
@click.argument("half", metavar="rock|charm", type=click.Choice(["rock", "charm"]))
@click.argument("file", metavar="[FILE]", type=_PATH, required=False)
@click.option("--check", "only_check", is_flag=True, help="Print only what is wrong.")
@shared.json_option
def expand(
    *, half: catalogue.Half, file: pathlib.Path | None, only_check: bool, as_json: bool
) -> None:
    """Print a project file with all that its extension adds.

    The result means the same to Rockcraft and Charmcraft, and they need not know the extension.
    What is wrong with the file is told on stderr; the exit code is then 1.
    """
    from paas_app_charmer import project
    from paas_app_charmer.suites import catalogue, document, halves

    path = _project_file(half, file)
    try:
        text = project.text_of(path)
        seen = project.read(path.parent, catalogue.READS)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise click.ClickException(f"cannot read {path}: {reason}") from None
    expansion = halves.expand(half, seen, text, file=path.name)
    findings = [_placed(one, path.parent) for one in expansion.findings]
    hidden = only_check or expansion.errors
    content: Mapping[str, typing.Any] = {} if hidden else expansion.content
    if as_json:
        told = [one.as_json() for one in findings]
        terminal.show_json({"content": content, "findings": told})
    else:
        _tell(findings)
        if content:
            click.echo(document.dump(content), nl=False)
    if expansion.errors:
        raise SystemExit(1)


@click.command()
@click.argument("folder", metavar="[DIR]", type=shared.FOLDER, default=".")
@shared.json_option
def check(*, folder: pathlib.Path, as_json: bool) -> None:
    """Check the rock, the charm and the code of a project against each other.

    The exit code is 1 if something has to be mended; what may be meant so is a warning.
    """
    from paas_app_charmer.suites import check as checks

    try:
        report = checks.check(folder)
    except OSError as error:
        raise click.ClickException(f"cannot read {error.filename}: {error.strerror}") from None
    if as_json:
        terminal.show_json(report.as_json())
    else:
        terminal.table(
            ("Check", "Result", "Detail"),
            [(row.what, row.result, row.detail) for row in report.rows],
        )
        _tell(report.findings)
    if report.errors:
        raise SystemExit(1)


@click.command("list")
@click.argument("profile", metavar="[PROFILE]", required=False)
@shared.json_option
def show(*, profile: str | None, as_json: bool) -> None:
    """Show the frameworks, their bases and options, and what may be integrated with."""
    from paas_app_charmer.suites import catalogue, listing

    suites: Sequence[catalogue.Suite] = list(catalogue.SUITES.values())
    if profile is not None:
        name = profile.removesuffix(catalogue.SUFFIX) + catalogue.SUFFIX
        if name not in catalogue.SUITES:
            raise click.ClickException(f"there is no profile {profile!r}")
        suites = [suite for suite in suites if suite.name == name]
    if as_json:
        terminal.show_json(listing.as_json(suites))
        return
    for title, columns, rows in listing.tables(suites):
        click.echo(f"{title}\n")
        terminal.table(columns, rows)


def _project_file(half: str, file: pathlib.Path | None) -> pathlib.Path:
    folder = file or pathlib.Path()
    if not folder.is_dir():
        return folder
    places = [folder / name for name in _FILES[half]]
    for place in places:
        if place.is_file():
            return place
    looked = " or ".join(map(str, places))
    raise click.ClickException(f"no {looked}: `paas-app-charmer init` writes it")


def _placed(one: finding.Finding, folder: pathlib.Path) -> finding.Finding:
    """Name the file as the author would from where the command was given."""
    import dataclasses

    return dataclasses.replace(one, file=(folder / one.file).as_posix())


def _tell(findings: Iterable[finding.Finding]) -> None:
    for one in findings:
        colour = "red" if one.severity == "error" else "yellow"
        click.echo(f"{click.style(one.severity, fg=colour)}: {one}", err=True)
