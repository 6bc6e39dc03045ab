"""The Flask example: a web server, a worker and a scheduler with five integrations."""

from __future__ import annotations

import json
import re
import time
import urllib.parse

from . import application

SIGNATURE = "greeting-from=The people of the demo"


def it_waits_for_its_option(app: application.Application) -> None:
    reason = app.start("--with", TOUR.endpoints, refused=True)
    application.show(reason)
    application.claim("it is held back until the option is set", lambda: "greeting-from" in reason)
    app.command("config", SIGNATURE, "summary-interval=2")
    application.claim("then it is active", app.is_active)
    application.claim("and answers behind its ingress", app.get)


def it_is_integrated(app: application.Application) -> None:
    application.show(app.command("status"))
    shown = app.command("env")
    application.show(shown)
    names = (
        *("POSTGRESQL_DB_NAME", "REDIS_DB_HOSTNAME", "FLASK_BASE_URL"),
        "OTEL_EXPORTER_OTLP_ENDPOINT",
    )
    application.claim(
        "database, cache, ingress and the receiver of traces are in its environment",
        lambda: all(f"\n{name} " in shown for name in names),
    )
    variables = json.loads(app.command("env", "--reveal", "--json"))
    values = {variable["name"]: variable["value"] for variable in variables}
    secrets = values["POSTGRESQL_DB_PASSWORD"], values["FLASK_SECRET_KEY"]
    application.claim(
        "secrets are not shown unless asked for",
        lambda: not any(secret in shown for secret in secrets),
    )
    application.claim(
        "PostgreSQL and Redis answer the application",
        lambda: app.page("/health") == {"database": "ok", "redis": "ok"},
    )


def its_worker_works(app: application.Application) -> None:
    stylesheet = re.search(r'href="([^"]+css)"', app.get())
    application.claim(
        "its pages find their style below the path of the ingress",
        lambda: (
            stylesheet
            and application.fetch(urllib.parse.urljoin(app.status()["url"], stylesheet[1]))
        ),
    )
    app.post("/cards", sender="Ada", message="Greetings from the demo")
    application.claim(
        "the worker answers a card", lambda: "Thank you for your card, Ada" in app.get()
    )
    application.claim("the scheduler has the cards counted", lambda: "1 card at" in app.get())


def an_option_reloads_it(app: application.Application) -> None:
    before = app.page("/pid")
    app.command("config", "greeting=Well met")
    application.claim(
        "the application sees it", lambda: app.variable("FLASK_GREETING") == "Well met"
    )
    after = app.page("/pid")
    application.claim("gunicorn has a new worker", lambda: after["pid"] != before["pid"])
    application.claim("and was not restarted", lambda: after["parent"] == before["parent"])


def it_scales(app: application.Application) -> None:
    app.command("scale", "2")
    application.claim("both units are active", lambda: len(app.units()) > 1 and app.is_active())
    addresses = app.status()["addresses"].values()
    application.claim(
        f"each answers at its own address: {', '.join(addresses)}",
        lambda: all(application.fetch(f"http://{address}/health") for address in addresses),
    )
    application.claim("each knows the other", lambda: app.variable("FLASK_PEER_FQDNS"))


def its_key_is_rotated(app: application.Application) -> None:
    before = app.variable("FLASK_SECRET_KEY")
    app.command("run-action", "rotate-secret-key")
    application.claim(
        "the application has another", lambda: app.variable("FLASK_SECRET_KEY") != before
    )


def it_runs_a_second_time(app: application.Application) -> None:
    visits = visits_of(app)
    app.command("down")
    began, started = time.time_ns(), time.monotonic()
    app.command("run", str(app.project), "--detach")
    app.post("/cards", sender="Grace", message="Greetings once more")
    application.claim(
        "PostgreSQL has kept the first card and takes another",
        lambda: all(sender in app.get() for sender in ("<h2>Ada</h2>", "<h2>Grace</h2>")),
    )
    application.claim("Redis goes on counting the visits", lambda: visits_of(app) > visits)
    application.claim(
        "the ingress answers at the address that the application knows",
        lambda: "Grace" in application.fetch(app.page("/env/FLASK_BASE_URL")["value"]),
    )
    application.claim(
        "Loki has the line in which the worker says that it answered the card",
        lambda: "(reply) done by" in app.look("logs", "--service", "logging"),
    )
    application.claim(
        "the receiver of traces has one of how the card was left",
        lambda: began < newest(app, "POST /cards"),
    )
    spent = TOUR.measured(time.monotonic() - started)
    print(f"\n  All five are in use after {spent}", flush=True)


def visits_of(app: application.Application) -> int:
    """Visit it, and return the number of the visit; 0 if visits are not counted."""
    number = re.search(r"Visit number (\d+)", app.get())
    return int(number[1]) if number else 0


def newest(app: application.Application, name: str) -> int:
    """Return the time in nanoseconds at which the last trace of this name began, or 0."""
    spans = [trace["spans"][0] for trace in json.loads(app.look("traces", "--json"))]
    return max((span["start"] for span in spans if span["name"] == name), default=0)


def a_migration_fails_and_is_repaired(app: application.Application) -> None:
    app.start(*TOUR.config)
    application.claim("a copy of the example answers", app.get)
    migration = app.project / "postcards" / "migrations" / "0003_stamps.sql"
    migration.write_text("ALTER TABLE postcard ADD COLUMN stamp text;\n")
    application.claim(
        "a migration with a mistake blocks the unit, and its status names the mistake",
        lambda: app.is_blocked('relation "postcard" does not exist'),
    )
    migration.write_text("ALTER TABLE card ADD COLUMN stamp text;\n")
    application.claim("once it is repaired the unit is active again", app.is_active)
    application.claim("and the application answers", app.get)


TOUR = application.Tour(
    project=application.EXAMPLES / "flask",
    endpoints="postgresql,redis,ingress,logging,tracing",
    config=("--config", SIGNATURE),
    stops=(
        it_waits_for_its_option,
        it_is_integrated,
        its_worker_works,
        an_option_reloads_it,
        it_scales,
        its_key_is_rotated,
        it_runs_a_second_time,
    ),
    last=a_migration_fails_and_is_repaired,
    promised=15.0,
)
