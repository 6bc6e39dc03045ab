"""The FastAPI example: uvicorn, its workers, Alembic, traces and a log as JSON."""

from __future__ import annotations

import concurrent.futures
import json
import time
import urllib.error
import urllib.request

import pytest
from benchmarks import deployment

until = deployment.until


@pytest.fixture(scope="module")
def app(copy_of):
    fastapi = copy_of("fastapi")
    fastapi.write("charm/paas-config.yaml", "framework_logging_format: json\n")
    fastapi.run("--with", "ingress,tracing")
    return fastapi


def keep(app, url, title="One"):
    body = json.dumps({"url": url, "title": title}).encode()
    site = app.status()["url"].rstrip("/")
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(f"{site}/bookmarks", body, headers)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.loads(answer.read())


def lines(app):
    """Return the objects in uvicorn's log, newest last, with those of the application left out."""
    told = app("logs", "-n", "400").splitlines()
    texts = (line.partition("fastapi | ")[2] for line in told)
    return [json.loads(text) for text in texts if text.startswith("{")]


def test_its_database_is_migrated(app):
    shown = app("exec", "--", "python3", "-m", "alembic", "-c", "bookmarks/alembic.ini", "current")
    assert "0001 (head)" in shown


def test_its_documentation_is_found_below_the_path_of_the_ingress(app):
    path = app.status()["url"].rstrip("/").partition("//")[2].partition("/")[2]
    assert f"'/{path}/openapi.json'" in app.get("/docs")
    assert json.loads(app.get("/openapi.json"))["info"]["title"] == "Bookmarks"


def test_a_bookmark_is_kept_once(app):
    keep(app, "https://example.com/a")
    assert app.page("/bookmarks")[0]["url"] == "https://example.com/a"
    with pytest.raises(urllib.error.HTTPError, match="409"):
        keep(app, "https://example.com/a")


def test_its_log_is_json_with_the_ids_of_the_trace(app):
    app.get("/bookmarks?from=the-log")
    line = until(
        lambda: next(
            (one for one in lines(app) if one["attributes"].get("url.query") == "from=the-log"),
            None,
        )
    )
    assert line["attributes"]["http.response.status_code"] == 200
    until(lambda: line["traceId"] in app("traces", "--json"))


def test_an_option_is_a_restart_that_lets_a_request_finish(app):
    before = app.page("/pid")["pid"]
    with concurrent.futures.ThreadPoolExecutor() as executor:
        slow = executor.submit(app.page, "/sleep?s=3")
        time.sleep(0.5)  # until it has certainly begun
        app("config", "title=Golden")
        assert slow.result() == {"slept": 3.0}
    until(lambda: app.is_active() and app.page("/")["title"] == "Golden")
    assert app.page("/pid")["pid"] != before


def test_workers_are_processes(app):
    parent = app.page("/pid")["pid"]
    app("config", "webserver-workers=2")
    until(lambda: app.is_active() and app.page("/pid")["pid"] != parent)
    until(lambda: len({app.page("/pid")["pid"] for _ in range(20)}) == 2)
    app("config", "--reset", "webserver-workers")
    app.settle()


def test_b25_a_wrong_option_blocks_and_what_ran_goes_on(app):
    app("config", "webserver-log-level=LOUD")
    until(lambda: app.unit()[0] == "blocked")
    assert "webserver-log-level" in app.unit()[1]
    assert app.page("/health") == {"database": "ok"}
    app("config", "--reset", "webserver-log-level")
    until(app.is_active)
