"""The runner comes, is killed, comes back and goes; what must stay stays, and nothing else."""

from __future__ import annotations

import os
import pathlib
import signal
import urllib.parse

import pytest
from benchmarks import deployment

until = deployment.until


@pytest.fixture(scope="module")
def app(copy_of):
    flask = copy_of("flask")
    flask.run("--with", "redis,ingress", "--config", "greeting-from=me")
    until(flask.is_active)
    return flask


def runner(app):
    return int(app.read(".paas/runner.pid"))


def below(ancestor):
    """Return the process and all that it has started, directly or not."""
    parents = {}
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            number, rest = stat.parent.name, stat.read_text().rpartition(")")[2]
        except OSError:  # it has just ended
            continue
        parents[int(number)] = int(rest.split()[1])
    found = {ancestor}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def alive(processes):
    return {number for number in processes if pathlib.Path(f"/proc/{number}/cwd").exists()}


def test_a_second_run_is_refused_with_what_to_do(app):
    with pytest.raises(deployment.RefusedError, match="already running here") as refused:
        app.run()
    assert str(runner(app)) in str(refused.value)
    assert "paas-app-charmer down" in str(refused.value)
    assert app.is_active()


def test_killing_the_runner_leaves_no_process_and_the_next_run_finds_the_data(app):
    card = urllib.parse.urlencode({"sender": "Ada", "message": "Keep this"}).encode()
    deployment.fetch(f"{app.status()['url']}/cards", card)
    key = app.page("/env/FLASK_SECRET_KEY")
    processes = below(runner(app))
    assert len(processes) > 8, "PostgreSQL, Redis, ingress, Pebble, gunicorn and more"

    os.kill(runner(app), signal.SIGKILL)
    until(lambda: not alive(processes))
    with pytest.raises(deployment.RefusedError, match="not running: start it with"):
        app.status()

    app.run()
    until(app.is_active)
    assert "Keep this" in app.get()
    assert app.page("/env/FLASK_SECRET_KEY") == key
    assert app.page("/env/FLASK_GREETING_FROM")["value"] == "me"


def test_down_leaves_no_process_and_clean_leaves_no_file(app):
    processes = below(runner(app))
    app("down")
    until(lambda: not alive(processes), seconds=2)
    assert (app.folder / ".paas" / "state.json").exists()
    app("down", "--clean")
    assert not (app.folder / ".paas").exists()
