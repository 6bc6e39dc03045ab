"""A wall of postcards.

``/`` shows the cards, ``/env`` the environment the application was given, and four small pages
(``/health``, ``/jobs``, ``/pid``, ``/sleep``) make visible what a charm does to a running server.
An application of your own needs none of these.
"""

from __future__ import annotations

import os
import secrets
import time
from http import HTTPStatus
from typing import Any

import flask
import psycopg
from werkzeug.middleware import proxy_fix

from postcards import cards, database, environment, jobs, visits

LONGEST_SLEEP = 25.0  # seconds; gunicorn replaces a worker that is silent for 30

app = flask.Flask(__name__)
# An ingress may serve the application below a path, which it takes off and puts into a header.
app.wsgi_app = proxy_fix.ProxyFix(app.wsgi_app, x_for=0, x_proto=0, x_prefix=1)
app.config.from_prefixed_env()  # FLASK_PERMANENT_SESSION_LIFETIME and the like
# Taken as it is: from_prefixed_env would turn a key of digits into a number.
app.secret_key = os.environ.get("FLASK_SECRET_KEY") or secrets.token_hex()


@app.get("/")
def show_cards() -> str:
    with database.connect() as connection:
        return flask.render_template(
            "cards.html",
            cards=cards.latest(connection),
            summary=cards.summary(connection),
            visits=visits.add(),
        )


@app.post("/cards")
def add_card() -> flask.typing.ResponseReturnValue:
    sender = flask.request.form.get("sender", "").strip()[:80]
    message = flask.request.form.get("message", "").strip()[:500]
    if not sender or not message:
        return "A card needs a sender and a message.\n", HTTPStatus.BAD_REQUEST
    with database.connect() as connection:
        cards.add(connection, sender=sender, message=message)
    flask.flash("Your card is on the wall. The answer is being written.")
    return flask.redirect(flask.url_for("show_cards"), HTTPStatus.SEE_OTHER)


@app.get("/env")
def show_environment() -> str:
    return flask.render_template("environment.html", variables=environment.variables())


@app.get("/env/<name>")
def show_variable(name: str) -> dict[str, str | None]:
    """Answer with null, not with 404, for a variable that is not set: both are good news."""
    return {"name": name, "value": environment.variable(name)}


@app.get("/health")
def health() -> tuple[dict[str, str], int]:
    """Tell whether the backing services answer; Redis may be missing."""
    try:
        with database.connect() as connection:
            connection.execute("SELECT 1")
    except (database.NotIntegratedError, psycopg.Error):
        return {"database": "unreachable", "redis": visits.state()}, HTTPStatus.SERVICE_UNAVAILABLE
    return {"database": "ok", "redis": visits.state()}, HTTPStatus.OK


@app.get("/jobs")
def show_jobs() -> dict[str, Any]:
    with database.connect() as connection:
        return jobs.overview(connection)


@app.get("/pid")
def show_process_ids() -> dict[str, int]:
    """After a reload the worker is another one and the parent is the same."""
    return {"pid": os.getpid(), "parent": os.getppid()}


@app.get("/sleep")
def sleep() -> dict[str, float]:
    """Keep a worker busy for ``?s=`` seconds, to see that a reload lets a request finish."""
    seconds = flask.request.args.get("s", default=1.0, type=float)
    seconds = min(max(seconds, 0.0), LONGEST_SLEEP)
    time.sleep(seconds)
    return {"slept": seconds}


@app.errorhandler(database.NotIntegratedError)
@app.errorhandler(psycopg.OperationalError)
def database_is_away(_: Exception) -> tuple[str, int]:
    return "The database does not answer. Try again in a moment.\n", HTTPStatus.SERVICE_UNAVAILABLE
