"""`run --detach`: the same runner in a process of its own, watched until it answers."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
import typing

import click

from paas_app_charmer.local import control, errors, runner_project

from . import terminal

if typing.TYPE_CHECKING:
    import pathlib
    from collections.abc import Iterator

OUTPUT = "runner.err"
"""What the detached runner says when it cannot start; its lines are in the journal."""
LISTENS_WITHIN = 20.0
"""Seconds in which the runner opens its control socket: it does so before anything slow."""


def start(project: runner_project.Project, *, verbose: bool, **asked: typing.Any) -> int:  # noqa: ARG001  one signature with `foreground`
    """Start the runner, wait until the application answers, and print the URL."""
    process_id = runner_project.running(project.state)
    if process_id is not None:
        raise runner_project.already_running(process_id)
    project.state.mkdir(mode=0o700, exist_ok=True)
    output = project.state / OUTPUT
    with output.open("wb") as file:
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "paas_app_charmer.cli",
                "run",
                *_place(project),
                *_words(**asked),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=file,
            start_new_session=True,
        )
    _wait_for_socket(project.state, process, output)
    with terminal.progress() as step:
        url = control.ask(project.state, "ready", on_event=step)
    click.echo(url)
    return 0


def _wait_for_socket(
    state: pathlib.Path, process: subprocess.Popen[bytes], output: pathlib.Path
) -> None:
    deadline = time.monotonic() + LISTENS_WITHIN
    while process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(control.NotRunning), control.connection(state):
            return
        time.sleep(0.02)
    said = output.read_text(encoding="utf-8", errors="replace").strip()
    raise errors.LocalError(said.removeprefix("Error: ") or "the runner ended without a word")


def _place(project: runner_project.Project) -> tuple[str, ...]:
    if project.packed:
        return str(project.packed), f"--project={project.folder}"
    return (str(project.charm),)


def _words(*, clean: bool, **asked: typing.Any) -> Iterator[str]:
    """Say the same once more in the words of the command line."""
    yield f"--dispatch={asked['dispatch']}"
    if clean:
        yield "--clean"
    if asked["port"] is not None:
        yield f"--port={asked['port']}"
    if asked["endpoints"]:
        yield f"--with={','.join(asked['endpoints'])}"
    for name, value in asked["environment"].items():
        yield f"--env={name}={value}"
    for name, value in asked["config"].items():
        yield f"--config={name}={value}"
