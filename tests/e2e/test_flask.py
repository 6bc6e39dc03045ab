"""The Flask example, with everything that it can be integrated with."""

from __future__ import annotations

import re

import pytest
from benchmarks import deployment

until = deployment.until


@pytest.fixture(scope="module")
def app(copy_of):
    flask = copy_of("flask")
    with pytest.raises(deployment.RefusedError, match="missing options: greeting-from"):
        flask.run("--with", "postgresql,redis,ingress,tracing")
    flask("config", "greeting-from=The people of the test")
    until(flask.get)
    until(flask.is_active)
    return flask


def is_blocked(app, *words):
    level, message = app.unit()
    return level == "blocked" and all(word in message for word in words)


def in_error(app):
    return [unit["error"] for unit in app.units() if unit["error"]]


def test_its_backing_services_answer_it(app):
    assert app.page("/health") == {"database": "ok", "redis": "ok"}
    assert re.search(r"Visit number \d+", app.get())


def test_its_requests_are_traced(app):
    app.get("/pid")
    until(lambda: "GET /pid" in app("traces", "-n", "1000"))


def test_log_lines_of_the_application_arrive_in_the_sink(app):
    app("integrate", "logging")

    def forwarded():
        app.get("/env?marked", unit=0)
        return re.search(
            r"postcards/0 flask .*GET /env\?marked", app("logs", "--service", "logging")
        )

    until(forwarded)
    assert app.unit() == ("active", "")
    app("remove-relation", "logging")
    until(app.is_active)


@pytest.mark.parametrize(
    ("option", "value", "reason"),
    [
        ("webserver-workers", "0", "webserver-workers"),
        ("flask-preferred-url-scheme", "gopher", "flask-preferred-url-scheme"),
        ("webserver-worker-class", "tornado", "Only 'gevent' and 'sync' are allowed"),
        ("webserver-worker-class", "gevent", "gunicorn[gevent] must be installed"),
    ],
)
def test_a_bad_value_of_an_option_blocks_the_unit_and_what_ran_goes_on(app, option, value, reason):
    before = app.page("/pid")
    app("config", f"{option}={value}")
    until(lambda: is_blocked(app, reason))
    assert app.page("/pid") == before
    assert in_error(app) == []
    app("config", "--reset", option)
    until(app.is_active)
    assert app.page("/pid") == before


def test_without_a_required_option_the_unit_is_blocked(app):
    app("config", "--reset", "greeting-from")
    until(lambda: is_blocked(app, "missing options: greeting-from"))
    assert in_error(app) == []
    app("config", "greeting-from=The people of the test")
    until(app.is_active)


def test_a_required_integration_that_is_gone_for_a_moment_costs_no_process(app):
    before = app.page("/pid")
    app("remove-relation", "postgresql")
    until(lambda: is_blocked(app, "missing integrations: postgresql"))
    assert in_error(app) == []
    assert app.page("/pid") == before
    app("integrate", "postgresql")
    until(app.is_active)
    assert app.page("/pid")["parent"] == before["parent"]
    until(lambda: app.page("/health") == {"database": "ok", "redis": "ok"})
