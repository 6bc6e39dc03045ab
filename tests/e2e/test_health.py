"""What the unit says of an application that starts slowly, falls ill, and is well again."""

from __future__ import annotations

import pytest
from benchmarks import deployment

until = deployment.until

APP = """\
import os
import pathlib

import flask

app = flask.Flask(__name__)


@app.get("/up")
def up():
    return ("ill", 503) if pathlib.Path("ill").exists() else "well"


@app.get("/pid")
def pid():
    return {"pid": os.getpid(), "parent": os.getppid()}
"""
"""While the file `ill` is there the application says that it cannot serve. Files without an
extension are no new revision for the runner, nor is their end."""
WORKER = """\
import time

print("the worker works", flush=True)
while True:
    time.sleep(60)
"""
CONFIG = """\
health:
  path: /up
  period: 1s
  timeout: 500ms
  workers:
    postcards-worker: python3 -c "import pathlib; assert not pathlib.Path('lazy').exists()"
"""


def start(copy_of, config):
    flask = copy_of("flask")
    flask.write("app.py", APP)
    flask.write("migrate.sh", "true\n")
    flask.write("postcards/worker.py", WORKER)
    flask.write("charm/paas-config.yaml", config)
    flask.run("--config", "greeting-from=me")
    until(flask.is_active)
    return flask


@pytest.fixture(scope="module")
def app(copy_of):
    return start(copy_of, CONFIG)


def fall_ill(app, name="ill"):
    app.write(name, "")


def recover(app, name="ill"):
    (app.folder / name).unlink()


def test_an_application_that_falls_ill_blocks_the_unit_until_it_is_well_without_another_event(app):
    before = app.page("/pid")
    fall_ill(app)
    until(lambda: app.unit()[1].startswith(f"flask does not answer {where(app)}"))
    assert app.unit()[0] == "blocked"
    recover(app)
    until(app.is_active)
    assert app.page("/pid")["parent"] == before["parent"], "nobody asked for a restart"


def where(app, unit=0):
    return f"at http://localhost:{app.address(unit).rpartition(':')[2]}/up"


def test_one_that_takes_its_time_to_start_is_waited_for_and_seen_at_once(app):
    fall_ill(app)
    app("scale", "2")
    told = f"waiting: Waiting for flask to answer {where(app, 1)}"
    until(lambda: told in app("logs", "-n", "1000", "--unit", "1", "--service", "juju"))
    recover(app)
    until(app.is_active)


def test_a_worker_that_does_no_work_is_named_and_the_site_goes_on(app):
    fall_ill(app, "lazy")
    until(lambda: app.unit()[1].startswith("service postcards-worker is not healthy"))
    assert "the worker works" in app.unit()[1]
    assert app.get("/up", unit=0) == "well"
    recover(app, "lazy")
    until(app.is_active)


def test_liveness_restarts_a_web_server_that_stays_ill(copy_of):
    app = start(copy_of, CONFIG.replace("health:\n", "health:\n  liveness: true\n"))
    before = app.page("/pid")["parent"]
    fall_ill(app)
    until(lambda: app.page("/pid", unit=0)["parent"] != before)
    recover(app)
    until(app.is_active)
