"""`run` in a terminal: lines as they come, the URL when it answers, Ctrl-C to stop."""

from __future__ import annotations

import signal
import typing

import click

from paas_app_charmer.local import control_server, logs, runner, runner_project, sandbox

from . import lines, terminal

if typing.TYPE_CHECKING:
    import types

    from paas_app_charmer.local import runner_ready

WAIT = 0.1
"""Seconds without a line after which the rest is looked at."""
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def start(
    project: runner_project.Project, *, verbose: bool, clean: bool, **asked: typing.Any
) -> int:
    """Run a project and return the exit code. Raises LocalError."""
    with runner_project.lock(project.state):
        if clean:
            runner_project.clean(project.state)
        settings = runner.Settings(project=project, **asked)
        return sandbox.enter(lambda: _main(settings, logs.Choice(verbose=verbose)))


class _Interrupt:
    """Whether a signal has asked to stop.

    A signal may come while another one is handled, and an Event would then wait for itself.
    """

    def __init__(self) -> None:
        self.came = False
        for number in SIGNALS:
            signal.signal(number, self._take)

    def _take(self, _number: int, _frame: types.FrameType | None) -> None:
        self.came = True


def _main(settings: runner.Settings, choice: logs.Choice) -> int:
    interrupt = _Interrupt()
    try:
        running = runner.Runner(settings)
    except control_server.REFUSALS as error:
        return _fail(error)
    try:
        running.start()
        return _follow(running, choice, interrupt)
    except control_server.REFUSALS as error:
        return _fail(error)
    finally:
        running.stop()


def _fail(error: Exception) -> int:
    click.echo(f"Error: {error}", err=True)
    return 1


def _follow(running: runner.Runner, choice: logs.Choice, interrupt: _Interrupt) -> int:
    number = 0
    told = running.start_of.verdict
    with terminal.live() as screen:
        show = lines.Printer(screen.print)
        screen.waits_for("starting")
        while not (interrupt.came or running.stopping.is_set()):
            number, fresh = running.journal.after(number, wait=WAIT)
            for line in filter(choice.takes, fresh):
                show(vars(line))
            verdict = running.start_of.verdict
            if verdict != told:
                told = verdict
                screen.waits_for(None)
                _tell(verdict)
            if verdict.final:
                return 1
    return 0


def _tell(verdict: runner_ready.Verdict) -> None:
    if verdict.url:
        click.secho(f"\n  {verdict.url}\n", bold=True)
        return
    click.secho(f"Error: {verdict.reason}", fg="red", err=True)
    if not verdict.final:
        click.echo("Mend it here or from another terminal; this run goes on. Ctrl-C stops it.")
