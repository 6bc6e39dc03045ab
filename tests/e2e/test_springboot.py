"""The Spring Boot example, built and run here under its charm: what only it has."""

from __future__ import annotations

import json
import re
import urllib.parse
import urllib.request

import pytest
from benchmarks import deployment

OBSERVED = "metrics-endpoint,grafana-dashboard"
MIGRATION = "src/main/resources/db/migration/V2__notes.sql"
TEMPLATE = "src/main/resources/templates/shed.mustache"
CODE = "src/main/java/toolshed/Tool.java"
SELDOM = ("3XX Rate", "4XX Rate", "5XX Rate")
"""Panels that have data once there was such an answer."""


@pytest.fixture(scope="module")
def app(copy_of):
    spring = copy_of("springboot")
    spring.run("--with", f"ingress,{OBSERVED}")
    return spring


def post(app, path, **fields):
    """Fill in a form; return the page that follows, and the cookie that it leaves."""
    body = urllib.parse.urlencode(fields).encode()
    cookies = urllib.request.HTTPCookieProcessor()
    opener = urllib.request.build_opener(cookies)
    with opener.open(app.status()["url"].rstrip("/") + path, body, timeout=30) as answer:
        page = answer.read().decode()
    return page, next((f"{one.name}={one.value}" for one in cookies.cookiejar), "")


def remembered(app, cookie):
    """The name that the form has already for whoever brings the cookie."""
    request = urllib.request.Request(app.status()["url"], headers={"Cookie": cookie})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return re.search(r'name="owner"[^>]*value="([^"]*)"', answer.read().decode())[1]


def test_it_answers_behind_its_ingress_and_its_database_is_migrated(app):
    assert app.page("/health") == {"database": "ok"}
    page, _ = post(app, "/tools", name="Ladder & rope", owner="Ada")
    assert "<b>Ladder &amp; rope</b> of Ada" in page
    number = re.search(r"tools/(\d+)/lend", page)[1]
    page, _ = post(app, f"/tools/{number}/lend", borrower="Grace")
    assert "is with Grace" in page
    page, _ = post(app, f"/tools/{number}/return")
    assert "is with Grace" not in page


def test_its_settings_are_properties_of_springs_own_names(app):
    def value(name):
        return app.page(f"/env/{name}")["value"]

    assert value("SERVER_PORT") == app.address().rpartition(":")[2]
    assert value("spring.datasource.url").startswith("jdbc:postgresql://")
    assert value("spring.jpa.hibernate.ddl-auto") == "none"
    assert value("spring.datasource.password").startswith("••••")


def test_its_metrics_are_where_the_charm_tells_them_to_be(app):
    assert "jvm_info{" in app.get("/actuator/prometheus", unit=0)


def test_its_jar_is_where_the_rock_has_it_and_nothing_else_of_the_project(app):
    assert app("exec", "--", "bash", "-c", "ls /app").split() == [
        "migrate.sh",
        "tool-shed-0.1.jar",
    ]


def test_a_rotated_key_ends_what_was_signed_with_the_one_before(app):
    _, cookie = post(app, "/tools", name="Saw", owner="Grace")
    assert remembered(app, cookie) == "Grace"
    before = app.page("/env/APP_SECRET_KEY")["value"]
    app("run-action", "rotate-secret-key")
    deployment.until(lambda: app.page("/env/APP_SECRET_KEY")["value"] != before)
    assert remembered(app, cookie) == ""
    deployment.until(app.is_active)


def test_every_query_of_the_dashboard_to_prometheus_gives_data(app):
    def without_data():
        app.get()
        try:
            found = json.loads(app("dashboards", "--json"))
        except deployment.RefusedError as error:
            return [str(error)]
        return [
            (one["query"]["panel"], one["state"])
            for one in found
            if one["query"]["source"] != "loki"
            and one["state"] != "data"
            and not (one["query"]["panel"] in SELDOM and one["state"] == "no match")
        ]

    deployment.until(lambda: without_data() == [])


def test_a_changed_page_is_built_again_and_broken_code_leaves_what_runs(app):
    page = app.read(TEMPLATE)
    app.write(TEMPLATE, page.replace(">Add<", ">Add it<"))
    deployment.until(lambda: ">Add it<" in app.get())
    source = app.read(CODE)
    app.write(CODE, source.replace("return owner;", "return owner"))
    deployment.until(lambda: "cannot be built" in app("logs", "-n", "40"))
    told = app("logs", "-n", "40")
    assert "src/main/java/toolshed/Tool.java:[" in told
    assert ">Add it<" in app.get()
    app.write(CODE, source)
    app.settle()


def test_a_migration_fails_and_is_repaired(app):
    app.write(MIGRATION, "ALTER TABLE tools ADD COLUMN note text;\n")
    reason = 'notes.sql failed: ERROR: relation "tools" does not exist'
    deployment.until(lambda: app.unit()[0] == "blocked" and app.unit()[1].endswith(reason))
    app.write(MIGRATION, "ALTER TABLE tool ADD COLUMN note text;\n")
    deployment.until(app.is_active)
    assert "Ladder &amp; rope" in app.get()


def test_it_scales(app):
    app("scale", "2")
    deployment.until(lambda: len(app.units()) > 1 and app.is_active())
    for unit in (0, 1):
        assert app.page("/health", unit=unit) == {"database": "ok"}
