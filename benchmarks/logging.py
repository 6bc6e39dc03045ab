"""What it costs a server to write its log as JSON, not in gunicorn's format."""  # noqa: A005 - of a package

from __future__ import annotations

import pathlib
import statistics

from . import load, report, served

TARGET = 5.0
"""Per cent of the requests that a worker can serve."""
EACH = 300
"""Requests in a round: so few that what else the machine does hits both logs alike."""
ROUNDS = 8
LOGS = ("none", "json")
APPLICATIONS = {
    "a WSGI application that does nothing": """
def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "3")])
    return [b"ok\\n"]
""",
    "a page of Flask": """
import flask

app = flask.Flask(__name__)

@app.get("/")
def page():
    return {"hello": "world"}
""",
}


def measure(folder: pathlib.Path, *, quick: bool) -> report.Table:
    """Load servers that differ in nothing but their log, in turns."""
    python = served.environment(folder / "venv", ["flask"])
    rows = [
        row
        for number, name in enumerate(APPLICATIONS)
        for row in _rows(folder / str(number), python, name, starts=3 if quick else 8)
    ]
    return report.Table(
        title="Gunicorn's log as JSON, one sync worker",
        columns=(
            "application",
            "log",
            "processor time a request",
            "requests a second, at best",
            "fewer requests",
            "target",
            "",
        ),
        rows=rows,
        notes=[
            f"Rounds of {EACH} requests that take turns, {ROUNDS} after each start, as no process",
            "is as fast as the next. A worker with enough to do serves as many requests as its",
            "processor time allows, so that is compared, whatever else the machine does.",
        ],
    )


def _rows(
    folder: pathlib.Path, python: pathlib.Path, name: str, *, starts: int
) -> list[tuple[str, ...]]:
    servers = {
        log: served.Server(folder / log, python, APPLICATIONS[name], arguments="-k [ sync ]")
        for log in LOGS
    }
    taken: list[dict[str, tuple[float, float]]] = []
    try:
        for _ in range(starts):
            for log, server in servers.items():
                server.stop()
                server.apply(server.write(log=log))
                _round(server)
            for number in range(ROUNDS):
                order = LOGS if number % 2 else LOGS[::-1]
                taken.append({log: _round(servers[log]) for log in order})
    finally:
        for server in servers.values():
            server.close()
    ratio = statistics.median(one["json"][0] / one["none"][0] for one in taken)
    fewer = 100 * (1 - 1 / ratio)
    compared = (f"{fewer:.1f} %", f"{TARGET:.0f} %", report.verdict(fewer, TARGET))
    return [
        (
            name,
            "gunicorn's own" if log == "none" else "JSON",
            report.median([1e6 * one[log][0] for one in taken], "us"),
            f"{max(one[log][1] for one in taken):.0f}",
            *(compared if log == "json" else ("", "", "")),
        )
        for log in LOGS
    ]


def _round(server: served.Server) -> tuple[float, float]:
    """Return the processor time that a request took, in seconds, and the requests in a second."""
    before = server.processor_time()
    rate = load.flat_out(server.address, "/", requests=EACH)
    return (server.processor_time() - before) / EACH, rate
