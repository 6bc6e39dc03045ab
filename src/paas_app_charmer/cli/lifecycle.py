"""The commands `run` and `down`."""

from __future__ import annotations

import contextlib
import pathlib
import time

import click

from . import shared

STOP_WITHIN = 10.0
"""Seconds that `down` waits before it kills."""


@click.command()
@shared.charm_argument
@shared.application_option
@click.option(
    "--with",
    "endpoints",
    metavar="ENDPOINTS",
    multiple=True,
    help="Integrate these too, for example --with redis,ingress.",
)
@click.option("--port", type=click.IntRange(1, 65535), help="Serve on this port.")
@click.option(
    "--env",
    "environment",
    metavar="KEY=VALUE",
    multiple=True,
    callback=shared.pairs,
    help="An extra variable, as the rock may declare it.",
)
@click.option(
    "--config",
    "options",
    metavar="KEY=VALUE",
    multiple=True,
    callback=shared.pairs,
    help="Set an option of the charm.",
)
@shared.verbose_option
@click.option("--clean", is_flag=True, help="Forget state and data of earlier runs first.")
@click.option("--detach", is_flag=True, help="Return when the application answers.")
@click.option(
    "--dispatch",
    type=click.Choice(["zygote", "plain"]),
    default="zygote",
    show_default=True,
    help="Fork each hook from a prepared process, or start it from nothing as Juju does, and as a "
    "packed charm always is.",
)
def run(  # noqa: PLR0913  click hands over every option by its name
    *,
    charm: pathlib.Path | None,
    application: pathlib.Path | None,
    endpoints: tuple[str, ...],
    port: int | None,
    environment: dict[str, str],
    options: dict[str, str],
    verbose: bool,
    clean: bool,
    detach: bool,
    dispatch: str,
) -> None:
    """Run the charm of CHARM_DIR with its application until Ctrl-C.

    CHARM_FILE is a packed charm: what is run is all that it holds, with its own virtual
    environment, and the application of the current folder or of --project.

    Services for the required integrations are started on this machine. State and data are kept in
    the folder .paas of the project.
    """
    from . import background, foreground

    names = tuple(name for word in endpoints for name in word.split(",") if name)
    start = background.start if detach else foreground.start
    raise SystemExit(
        start(
            shared.to_run(charm, application),
            verbose=verbose,
            clean=clean,
            endpoints=names,
            port=port,
            environment=environment,
            config=options,
            dispatch=dispatch,
        )
    )


@click.command()
@click.option("--clean", is_flag=True, help="Remove state, data and the virtual environment too.")
@shared.project_option
def down(*, project: pathlib.Path, clean: bool) -> None:
    """Stop what runs here; state and data are kept for the next run."""
    from paas_app_charmer.local import control, errors, runner_project

    state = shared.state_folder(project)
    process = runner_project.running(state)
    if process is not None:
        # One that does not answer is just starting, or hangs: then the signal below ends it.
        with contextlib.suppress(control.NotRunning):
            control.ask(state, "down")
        if not _ended(state):
            runner_project.kill(state)
    if not clean:
        click.echo("not running" if process is None else "stopped")
        return
    try:
        runner_project.clean(state, everything=True)
    except OSError as error:
        raise errors.LocalError(f"cannot remove {state}: {error.strerror}") from None
    click.echo(f"removed {state}")


def _ended(state: pathlib.Path) -> bool:
    from paas_app_charmer.local import runner_project

    deadline = time.monotonic() + STOP_WITHIN
    while time.monotonic() < deadline:
        if runner_project.running(state) is None:
            return True
        time.sleep(0.02)
    return False
