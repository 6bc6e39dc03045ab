"""How long a developer waits for the first good answer: of `run`, and with an app alone."""

from __future__ import annotations

import dataclasses
import os
import pathlib
import signal
import socket
import statistics
import subprocess
import time
from collections.abc import Sequence

from . import deployment, report

STOP = 20.0
"""Seconds that a process gets to end."""
SMALL = {
    "app.py": """\
import flask

app = flask.Flask(__name__)


@app.get("/")
def hello():
    return "hello"
""",
    "requirements.txt": "flask\n",
}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Case:
    """One project, its own server and its deployment."""

    name: str
    project: deployment.Deployment
    words: tuple[str, ...] = ()
    """Further words of `run`."""
    page: str = "/"
    """What the deployment has to answer."""
    bare_page: str = "/"
    """What the server alone can answer."""
    target: float


def measure(folder: pathlib.Path, *, quick: bool) -> report.Table:
    """Start each project some times, with nothing kept but its virtual environment."""
    postcards = deployment.Deployment.copy("flask", folder / "postcards")
    small = _small(folder / "small")
    cases = (
        Case(name="small app, no database", project=small, target=2),
        Case(
            name="Flask example, PostgreSQL initialised and migrated",
            project=postcards,
            words=("--config=greeting-from=me",),
            bare_page="/pid",
            target=6,
        ),
    )
    rows = [_newcomer(small)]
    rows += [row for case in cases for row in _rows(case, repeats=1 if quick else 5)]
    return report.Table(
        title="First answer",
        columns=("project", "started by", "to the first 200", "stopped in", "target", ""),
        rows=rows,
        notes=[
            "The first row begins with app.py and requirements.txt alone: project files are",
            "written, packages installed with pip's cache as it is. Afterwards the virtual",
            "environment is there already; state and data are not.",
        ],
    )


def _small(folder: pathlib.Path) -> deployment.Deployment:
    project = deployment.Deployment(folder)
    folder.mkdir()
    for name, text in SMALL.items():
        project.write(name, text)
    return project


def _newcomer(project: deployment.Deployment) -> tuple[str, ...]:
    """Type the three commands that a new user types."""
    case = Case(name="app.py and requirements.txt", project=project, target=60)
    port = _free_port()
    started = time.monotonic()
    for word in ("init", "check"):
        subprocess.run(
            [*deployment.COMMAND, word],
            cwd=project.folder,
            check=True,
            stdout=subprocess.DEVNULL,
        )
    prepared = time.monotonic() - started
    try:
        answered, stopped = _time(
            case, [*deployment.COMMAND, "run", f"--port={port}"], port, case.page
        )
    finally:
        project.down()
    spent = prepared + answered
    return (
        *(case.name, "init, check, run", f"{spent:.2f} s", f"{stopped:.2f} s"),
        *(f"{case.target:.0f} s", report.verdict(spent, case.target)),
    )


def _rows(case: Case, *, repeats: int) -> list[tuple[str, ...]]:
    port = _free_port()
    run = [*deployment.COMMAND, "run", "--clean", f"--port={port}", *case.words]
    try:
        _time(case, run, port, case.page)  # which makes the virtual environment
        python = case.project.folder / ".paas" / "venv" / "bin" / "python3"
        bare = [str(python), "-m", "gunicorn", "-b", f"127.0.0.1:{port}", "app:app"]
        rounds = [
            (_time(case, bare, port, case.bare_page), _time(case, run, port, case.page))
            for _ in range(repeats)
        ]
    finally:
        case.project.down()
    alone, ours = ([one[index] for one in rounds] for index in (0, 1))
    spent = statistics.median(start for start, _ in ours)
    target = f"{case.target:.0f} s"
    return [
        (case.name, "gunicorn alone", *_times(alone), "limit", ""),
        ("", "paas-app-charmer run", *_times(ours), target, report.verdict(spent, case.target)),
    ]


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def _times(rounds: Sequence[tuple[float, float]]) -> tuple[str, str]:
    starts, stops = zip(*rounds, strict=True)
    return report.median(starts, "s", digits=2), report.median(stops, "s", digits=2)


def _time(case: Case, command: list[str], port: int, page: str) -> tuple[float, float]:
    """Return the seconds to the first answer, and from Ctrl-C to the end."""
    environment = {**os.environ}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    started = time.monotonic()
    process = subprocess.Popen(
        command,
        cwd=case.project.folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        url = f"http://127.0.0.1:{port}{page}"
        deployment.until(lambda: deployment.fetch(url, timeout=2), seconds=deployment.START)
        answered = time.monotonic()
        process.send_signal(signal.SIGINT)
        process.wait(STOP)
        return answered - started, time.monotonic() - answered
    finally:
        process.kill()
        process.wait()
