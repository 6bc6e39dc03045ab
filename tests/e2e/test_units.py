"""Two units: what runs on both, what on one, and what both have to know."""

from __future__ import annotations

import re
import urllib.parse

import pytest
from benchmarks import deployment

until = deployment.until


@pytest.fixture(scope="module")
def app(copy_of):
    flask = copy_of("flask")
    flask.run("--with", "redis", "--config", "greeting-from=The people of the test")
    flask("scale", "2")
    until(flask.is_active)
    return flask


def running(app, unit):
    """Return the processes of the application's own that run on a unit, by the last word."""
    words = (line.split()[-1] for line in app.processes(unit).values())
    return {word for word in words if word.startswith("postcards.")}


def variable(app, name, unit):
    return app.page(f"/env/{name}", unit=unit)["value"]


def test_both_units_answer(app):
    assert app.address(0) != app.address(1)
    for unit in (0, 1):
        assert app.page("/health", unit=unit) == {"database": "ok", "redis": "ok"}


def test_the_worker_runs_on_both_units_and_the_scheduler_on_the_first(app):
    assert running(app, 0) == {"postcards.worker", "postcards.scheduler"}
    assert running(app, 1) == {"postcards.worker"}


def test_a_job_is_done_and_both_units_show_it(app):
    card = urllib.parse.urlencode({"sender": "Ada", "message": "From the test"}).encode()
    deployment.fetch(f"http://{app.address(1)}/cards", card)
    answer = "Thank you for your card, Ada. The people of the test"
    for unit in (0, 1):
        until(lambda unit=unit: answer in app.get(unit=unit))


def test_the_scheduler_has_the_cards_counted(app):
    until(lambda: re.search(r"\d+ cards? at", app.get(unit=0)))
    until(lambda: any("summary" in line for line in app("logs").splitlines() if "done" in line))


def test_each_unit_knows_the_name_of_the_other(app):
    names = [f"postcards-{n}.postcards-endpoints.localhost.svc.cluster.local" for n in (0, 1)]
    assert variable(app, "FLASK_PEER_FQDNS", 0) == names[1]
    assert variable(app, "FLASK_PEER_FQDNS", 1) == names[0]


def test_a_rotated_secret_key_reaches_both_units(app):
    before = variable(app, "FLASK_SECRET_KEY", 0)
    assert variable(app, "FLASK_SECRET_KEY", 1) == before
    app("run-action", "rotate-secret-key")
    for unit in (0, 1):
        until(lambda unit=unit: variable(app, "FLASK_SECRET_KEY", unit) != before)
    assert variable(app, "FLASK_SECRET_KEY", 0) == variable(app, "FLASK_SECRET_KEY", 1)
    until(app.is_active)


def test_with_one_unit_left_the_other_is_forgotten(app):
    app("scale", "1")
    until(lambda: variable(app, "FLASK_PEER_FQDNS", 0) is None)
    until(app.is_active)
    assert running(app, 0) == {"postcards.worker", "postcards.scheduler"}
