"""The Express example, installed and run here under its charm."""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.parse
import urllib.request

import pytest
from benchmarks import deployment

OBSERVED = "metrics-endpoint,grafana-dashboard"
MIGRATION = "app/migrations/0002_notes.sql"


@pytest.fixture(scope="module")
def app(copy_of):
    expressjs = copy_of("expressjs")
    expressjs.run("--with", f"ingress,{OBSERVED}")
    return expressjs


def send(app, path, fields, cookie=""):
    """Send a form; return the page that follows, and the cookie that it leaves."""
    body = urllib.parse.urlencode(fields, doseq=True).encode()
    request = urllib.request.Request(
        app.status()["url"].rstrip("/") + path, body, headers={"Cookie": cookie} if cookie else {}
    )
    cookies = urllib.request.HTTPCookieProcessor()
    with urllib.request.build_opener(cookies).open(request, timeout=30) as answer:
        page = answer.read().decode()
    return page, "".join(f"{one.name}={one.value}" for one in cookies.cookiejar)


def ask(app, question):
    """Ask with two choices; return the page."""
    page, _ = send(app, "/polls", {"question": question, "choice": ["Soup", "Salad"]})
    return page


def vote(app, cookie=""):
    """Vote for the first choice of the latest poll; return the cookie that is left."""
    form = r'polls/(\d+)/votes">\s*<button name="choice" value="(\d+)"'
    poll, choice = re.search(form, app.get()).groups()
    _, left = send(app, f"/polls/{poll}/votes", {"choice": choice}, cookie)
    return left


def is_known(app, cookie):
    """Whether one's own vote is marked for whoever brings the cookie."""
    request = urllib.request.Request(app.status()["url"], headers={"Cookie": cookie})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return "(yours)" in answer.read().decode()


def test_it_answers_behind_its_ingress_and_its_database_is_migrated(app):
    assert app.page("/health") == {"database": "ok"}
    assert "<h2>Lunch?</h2>" in ask(app, "Lunch?")


def test_its_metrics_have_a_port_of_their_own_as_the_charm_tells_it(app):
    port, metrics = (app.page(f"/env/{name}")["value"] for name in ("PORT", "METRICS_PORT"))
    assert port == app.address().rpartition(":")[2] != metrics
    found = deployment.fetch(f"http://127.0.0.1:{metrics}/metrics")
    assert "http_request_duration_seconds_bucket" in found
    with pytest.raises(urllib.error.HTTPError):
        app.get("/metrics", unit=0)


def test_it_is_where_the_rock_has_it_with_what_npm_takes_along(app):
    there = app("exec", "--", "bash", "-c", "ls /app").split()
    assert {"server.js", "migrate.sh", "migrations", "node_modules"} <= set(there)
    assert "test" not in there


def test_its_packages_are_those_of_the_lock_file(app):
    wanted = json.loads(app.read("app/package-lock.json"))["packages"]["node_modules/express"]
    told = app("exec", "--", "node", "-p", "require('express/package.json').version")
    assert told == wanted["version"]


def test_an_option_starts_it_anew_with_it(app):
    app("config", "most-choices=6")
    deployment.until(lambda: "Choice 6" in app.get())


def test_a_rotated_key_ends_what_was_signed_with_the_one_before(app):
    cookie = vote(app)
    assert is_known(app, cookie)
    before = app.page("/env/APP_SECRET_KEY")["value"]
    app("run-action", "rotate-secret-key")
    deployment.until(lambda: app.page("/env/APP_SECRET_KEY")["value"] != before)
    assert not is_known(app, cookie)


def test_it_ends_what_it_has_begun_when_it_is_stopped(app):
    deployment.until(lambda: app("logs", "-n", "200").count("stopping") > 0)
    assert app.unit()[0] == "active"


def test_every_query_of_the_dashboard_gives_data_but_for_the_errors_that_there_were_not(app):
    def without_data():
        # A rate is of what came after the first look at the metrics.
        ask(app, "Supper?")
        with pytest.raises(urllib.error.HTTPError):
            app.get("/nowhere")
        try:
            found = json.loads(app("dashboards", "--json"))
        except deployment.RefusedError as error:
            return [str(error)]
        asked = [one for one in found if one["query"]["source"] != "loki"]
        return [one["query"]["panel"] for one in asked if one["state"] != "data"]

    deployment.until(lambda: set(without_data()) <= {"5XX Rate"})


def test_a_changed_source_is_installed_again_and_a_broken_one_leaves_what_runs(app):
    page = app.read("app/pages.js")
    app.write("app/pages.js", page.replace(">Ask<", ">Ask all<"))
    deployment.until(lambda: ">Ask all<" in app.get())
    manifest = app.read("app/package.json")
    app.write("app/package.json", manifest.replace('"^5.1.0"', '"^4.0.0"'))
    deployment.until(lambda: "cannot be built" in app("logs", "-n", "40"))
    assert ">Ask all<" in app.get()
    app.write("app/package.json", manifest)
    app.settle()


def test_a_migration_fails_and_is_repaired(app):
    app.write(MIGRATION, "ALTER TABLE polls ADD COLUMN note text;\n")
    deployment.until(lambda: app.unit()[0] == "blocked" and "0002_notes.sql" in app.unit()[1])
    app.write(MIGRATION, "ALTER TABLE poll ADD COLUMN note text;\n")
    deployment.until(app.is_active)
    assert "Lunch?" in app.get()


def test_it_scales(app):
    app("scale", "2")
    deployment.until(lambda: len(app.units()) > 1 and app.is_active())
    for unit in (0, 1):
        assert app.page("/health", unit=unit) == {"database": "ok"}
