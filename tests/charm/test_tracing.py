"""Traces of a rock that cannot send any: the log says why, and the site stays up."""

from __future__ import annotations

import json
import subprocess
import sys

import conftest
import ops
import ops.testing
import pytest

from paas_app_charmer.servers import gunicorn_tracing

REQUIRED = {"tracing": {"interface": "tracing", "optional": True}}
RECEIVER = {"protocol": {"name": "otlp_http", "type": "http"}, "url": "http://tempo:4318"}
PEERS = ops.testing.PeerRelation("secret-storage")
TEMPO = ops.testing.Relation("tracing", remote_app_data={"receivers": json.dumps([RECEIVER])})


@pytest.fixture(scope="module")
def advice() -> str:
    """What gunicorn's check prints where there is no package but Python's own."""
    command = [sys.executable, "-I", "-S", gunicorn_tracing.__file__, "--check-config"]
    done = subprocess.run(command, stderr=subprocess.PIPE, check=True, text=True)
    assert "add opentelemetry-sdk" in done.stderr
    return done.stderr


@pytest.fixture
def flask(tmp_path, advice) -> conftest.Deployment:
    """An application that runs, is integrated with Tempo and finds that its rock lacks a lot."""
    flask = conftest.deploy(tmp_path, requires=REQUIRED, relations=[PEERS])
    flask.run()
    flask.set_container(
        execs={
            ops.testing.Exec(["/bin/python3", "-m", "gunicorn"], stdout=advice),
            ops.testing.Exec([], return_code=0),
        }
    )
    flask.context.juju_log.clear()
    flask.run(relations=[PEERS, TEMPO])
    return flask


def told(flask: conftest.Deployment, advice: str) -> list[str]:
    """Return the levels at which the advice stands in the charm's log."""
    return [line.level for line in flask.context.juju_log if advice in line.message]


def test_b39_the_charms_log_says_what_to_add_to_the_rock(flask, advice):
    assert told(flask, advice) == ["INFO"]


def test_b39_the_site_stays_up(flask):
    services = flask.state.get_container("flask-app").services
    assert services["flask"].is_running()
    assert "OTEL_EXPORTER_OTLP_ENDPOINT" in flask.environment
    assert flask.state.unit_status == ops.ActiveStatus()


def test_it_is_told_once_and_not_at_every_event(flask, advice):
    flask.context.juju_log.clear()
    flask.run(flask.context.on.update_status())
    assert told(flask, advice) == []
