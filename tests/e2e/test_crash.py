"""Services that cannot run: the status names them and says what they printed last."""

from __future__ import annotations

import contextlib

import pytest
from benchmarks import deployment

until = deployment.until


@pytest.fixture(scope="module")
def app(copy_of):
    flask = copy_of("flask")
    flask.run("--config", "greeting-from=me")
    until(flask.is_active)
    return flask


def is_blocked(app, *words):
    """Tell whether the next event finds the unit blocked for a reason with these words."""
    app("fire", "update-status")
    level, message = app.unit()
    return level == "blocked" and all(word in message for word in words)


def is_active_again(app):
    app("fire", "update-status")
    return app.is_active()


def kill(app, word):
    for process, line in app.processes().items():
        if word in line:
            with contextlib.suppress(deployment.RefusedError):  # it has just ended by itself
                app("exec", "--", "kill", "-9", str(process))


def test_a_worker_that_cannot_come_back_is_named_with_its_last_line(app):
    before = app.page("/pid")
    code = app.read("postcards/worker.py")
    app.write("postcards/worker.py", "raise SystemExit('the worker has no bread')\n")
    until(lambda: app.page("/pid") != before)  # the new file was seen, and reloaded the server
    kill(app, "postcards.worker")
    told = "service postcards-worker stops by itself: the worker has no bread"
    until(lambda: is_blocked(app, told))
    assert app.page("/health")["database"] == "ok", "the web server goes on"
    app.write("postcards/worker.py", code)
    until(lambda: is_active_again(app))
    assert any("postcards.worker" in line for line in app.processes().values())


def test_a_web_server_whose_application_cannot_be_loaded_is_named_with_its_last_line(app):
    code = app.read("app.py")
    app.write("app.py", "app = None\nraise RuntimeError('no postcards today')\n")
    until(lambda: "no postcards today" in app("logs", "--service", "flask"))
    assert app.page("/health")["database"] == "ok", "the workers from before go on"
    until(
        lambda: app.unit()[1].startswith("flask goes on as it was: the new workers cannot start")
    )
    app("exec", "--", "kill", "-9", str(app.page("/pid")["parent"]))
    until(lambda: is_blocked(app, "service flask failed: exited with code 3: ", "failed to boot"))
    assert [unit["error"] for unit in app.units()] == [None]
    app.write("app.py", code)
    until(lambda: is_active_again(app))
    until(lambda: app.page("/health")["database"] == "ok")
