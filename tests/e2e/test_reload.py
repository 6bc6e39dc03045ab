"""What a change does to the processes, and what it costs those who are using the application."""

from __future__ import annotations

import http.client
import json
import select

import pytest
import yaml
from benchmarks import deployment, load

until = deployment.until


@pytest.fixture(scope="module")
def app(copy_of):
    """The example on sync workers, with gevent at hand and an option that has no default."""
    flask = copy_of("flask")
    flask.write("requirements.txt", flask.read("requirements.txt") + "gevent\n")
    charm = yaml.safe_load(flask.read("charm/charmcraft.yaml"))
    charm["config"]["options"]["motto"] = {"type": "string", "description": "No default."}
    flask.write("charm/charmcraft.yaml", yaml.safe_dump(charm))
    options = ("greeting-from=me", "motto=at the start", "webserver-worker-class=sync")
    flask.run(*(f"--config={option}" for option in options))
    until(flask.is_active)
    return flask


def variable(app, name):
    return app.page(f"/env/{name}")["value"]


def change(app, *words):
    """Set or reset an option and return the process ids before, and after it has had effect."""
    before = app.page("/pid")
    app("config", *words)
    after = until(lambda: (seen := app.page("/pid")) != before and seen)
    until(app.is_active)
    return before, after


def only_reloads(app, *words):
    before, after = change(app, *words)
    assert after["parent"] == before["parent"], "the master was restarted"
    assert after["pid"] != before["pid"]


def test_an_option_of_the_author_reaches_the_application_by_a_reload(app):
    only_reloads(app, "motto=All is well")
    assert variable(app, "FLASK_MOTTO") == "All is well"


def test_a_variable_that_the_server_was_started_with_is_gone_after_its_option_is_reset(app):
    only_reloads(app, "--reset", "motto")
    assert variable(app, "FLASK_MOTTO") is None


def test_an_option_of_the_framework_comes_and_goes_by_a_reload(app):
    only_reloads(app, "flask-env=staging")
    assert variable(app, "FLASK_ENV") == "staging"
    only_reloads(app, "--reset", "flask-env")
    assert variable(app, "FLASK_ENV") is None


def test_a_setting_of_gunicorn_is_taken_by_a_reload(app):
    only_reloads(app, "webserver-threads=3")
    with Slow(app.address(), seconds=1) as slow:
        app.page("/pid")
        assert not slow.has_answer(), "one thread had to serve both"
    only_reloads(app, "--reset", "webserver-threads")


def test_no_request_is_lost_when_options_change_under_load(app):
    changes = (
        ("greeting=Good morning",),
        ("greeting=Good evening", "summary-interval=50"),
        ("flask-permanent-session-lifetime=600",),
        ("webserver-workers=2",),
        ("webserver-threads=2",),  # by another class of workers, which are replaced in turn
        ("greeting=Good night",),
        ("--reset", "webserver-threads,flask-permanent-session-lifetime"),
        ("--reset", "greeting,webserver-workers"),
    )
    parents = set()
    with load.on(app.address(), rate=50) as sent:
        for words in changes:
            before, after = change(app, *words)
            parents |= {before["parent"], after["parent"]}
    assert sent.lost == {}
    assert len(sent.requests) > 100
    assert len(parents) == 1


def test_a_request_in_flight_is_finished_by_the_worker_that_a_reload_replaces(app):
    before = app.page("/pid")
    with Slow(app.address(), seconds=5) as slow:
        app("config", "greeting=Meanwhile")
        until(lambda: app.page("/pid")["pid"] != before["pid"])
        assert variable(app, "FLASK_GREETING") == "Meanwhile"
        assert not slow.has_answer(), "the reload came after the slow request"
        assert slow.answer() == {"slept": 5.0}
    until(app.is_active)


class Slow:
    """A request that takes some seconds; a worker takes it before those that are sent later."""

    def __init__(self, address, *, seconds):
        self._connection = http.client.HTTPConnection(address, timeout=30)
        self._connection.request("GET", f"/sleep?s={seconds}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._connection.close()

    def has_answer(self):
        return bool(select.select([self._connection.sock], [], [], 0)[0])

    def answer(self):
        return json.loads(self._connection.getresponse().read())


def test_a_killed_master_is_followed_at_once_and_what_is_in_flight_is_finished(app):
    killed = app.page("/pid")["parent"]
    with Slow(app.address(), seconds=6) as slow:
        app("exec", "--", "kill", "-9", str(killed))
        until(lambda: app.page("/pid")["parent"] != killed, seconds=3)
        assert not slow.has_answer(), "Pebble took note of the end after the slow request"
        assert slow.answer() == {"slept": 6.0}
    until(app.is_active)


@pytest.mark.parametrize(
    "words",
    [
        ("fire", "update-status"),
        ("fire", "config-changed"),
        ("fire", "postgresql-relation-changed"),
        ("fire", "leader-elected"),
        ("config", "summary-interval=40"),
    ],
    ids=" ".join,
)
def test_what_changes_nothing_leaves_every_process_alone(app, words):
    app("config", "summary-interval=40")
    until(app.is_active)
    before = app.processes()
    assert len(before) >= 4, "master, worker of gunicorn, worker, scheduler"
    app(*words)
    app("fire", "update-status")  # it is served after all that was caused before it
    assert app.processes() == before


def test_a_change_of_the_command_restarts_the_server_and_nothing_else(app):
    others = {pid: line for pid, line in app.processes().items() if "gunicorn" not in line}
    before, after = change(app, "webserver-worker-class=gevent")
    assert after["parent"] != before["parent"]
    assert others.items() <= app.processes().items()
    assert "Using worker: gevent" in app("logs", "--service", "flask")


def test_the_load_sees_what_a_restart_loses(app):
    """Without this, nothing lost could mean that nothing was counted."""
    with load.on(app.address(), rate=50) as sent:
        change(app, "webserver-worker-class=sync")
    assert sum(sent.lost.values()) > 0
