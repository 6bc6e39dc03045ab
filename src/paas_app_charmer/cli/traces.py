"""The command `traces`."""

from __future__ import annotations

import dataclasses
import datetime as dt
import pathlib
import typing

import click

from . import printable, shared, terminal

if typing.TYPE_CHECKING:
    from paas_app_charmer.local.traces import Span, Trace


@click.command()
@click.argument("trace", required=False)
@click.option("-n", "--lines", default=20, show_default=True, help="Traces to list.")
@shared.json_option
@shared.project_option
def traces(*, project: pathlib.Path, trace: str | None, lines: int, as_json: bool) -> None:
    """List the newest traces of the application, or the steps of one TRACE.

    TRACE is an id or how it begins. They are those that the receiver of `integrate` keeps, this
    run's and earlier ones. It works without a running runner too.
    """
    from paas_app_charmer.local import traces as kept

    found = kept.recorded(shared.state_folder(project))
    if trace is not None:
        found = [one for one in found if one.id.startswith(trace.lower())]
        if not found:
            raise click.ClickException(f"there is no trace {trace}")
    found = found[-lines:] if lines else []
    if as_json:
        terminal.show_json([_record(one) for one in found])
    elif not found:
        click.echo("No trace has arrived yet.", err=True)
    elif trace is None:
        terminal.table(
            ("Trace", "Began", "Service", "Name", "Steps", "Took", "Result"),
            [_row(one) for one in found],
        )
    else:
        for one in found:
            terminal.table(
                ("Step", "Service", "Kind", "After", "Took", "Result"),
                [_step(one, depth, span) for depth, span in one.tree()],
            )


def _row(trace: Trace) -> tuple[str, ...]:
    root = trace.root
    began = dt.datetime.fromtimestamp(root.start / 1e9).astimezone()
    return (
        trace.id,
        f"{began:%H:%M:%S}",
        printable.line(root.service),
        printable.line(root.name),
        str(len(trace.spans)),
        _milliseconds(trace.duration),
        "error" if trace.failed else "ok",
    )


def _step(trace: Trace, depth: int, span: Span) -> tuple[str, ...]:
    from paas_app_charmer.local import traces as kept

    return (
        "  " * depth + printable.line(span.name),
        printable.line(span.service),
        kept.KINDS[span.kind] if span.kind < len(kept.KINDS) else str(span.kind),
        _milliseconds(span.start - trace.spans[0].start),
        _milliseconds(span.end - span.start),
        printable.line(f"error {span.message}") if span.failed else "ok",
    )


def _record(trace: Trace) -> dict[str, typing.Any]:
    spans = [dataclasses.asdict(span) for span in trace.spans]
    return {"trace": trace.id, "duration": trace.duration, "spans": spans}


def _milliseconds(nanoseconds: int) -> str:
    return f"{nanoseconds / 1e6:.1f} ms"
