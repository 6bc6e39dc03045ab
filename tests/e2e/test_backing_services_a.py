"""Mail, objects, logins and traces, used for real by an application of their own."""

from __future__ import annotations

import json
import pathlib
import shutil
import time
import urllib.parse

import pytest
from benchmarks import deployment
from tests.e2e import browser

until = deployment.until
ENDPOINTS = ("smtp", "s3", "oidc", "tracing")
LETTERS = pathlib.Path(__file__).parent / "letters"


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    folder = tmp_path_factory.mktemp("e2e") / "letters"
    shutil.copytree(LETTERS, folder, ignore=shutil.ignore_patterns(".paas", "__pycache__"))
    letters = deployment.Deployment(folder)
    try:
        letters.run("--with", ",".join([*ENDPOINTS, "ingress"]))
        until(letters.is_active)
        yield letters
    finally:
        letters.down()


@pytest.fixture
def window():
    with browser.opened() as opened:
        yield opened


def post(app, path, body: bytes) -> str:
    return deployment.fetch(app.status()["url"].rstrip("/") + path, body)


def variables(app) -> dict[str, str]:
    shown = json.loads(app("env", "--json", "--reveal"))
    return {variable["name"]: variable["value"] for variable in shown}


def test_a_mail_is_sent_and_listed(app):
    form = urllib.parse.urlencode({"to": "ada@example.com", "text": "Dear Ada"}).encode()
    assert post(app, "/letters", form) == "sent"
    (mail,) = json.loads(app("mails", "--json"))
    assert (mail["sender"], mail["recipients"]) == ("letters@example.com", ["ada@example.com"])
    assert mail["text"].strip() == "Dear Ada"
    assert app("mails").splitlines()[1].endswith("letters@example.com  ada@example.com  A letter")


def test_an_object_is_stored_and_read(app):
    assert post(app, "/objects/cards/%C3%A4%201.txt", b"Dear Ada") == "stored"
    assert app.get("/objects/cards/%C3%A4%201.txt") == "Dear Ada"
    kept = app.folder / ".paas/services/s3/buckets/letters/cards/ä 1.txt"
    assert kept.read_bytes() == b"Dear Ada"


def test_a_login_is_completed_in_a_browser(app, window):
    base = app.status()["url"].rstrip("/")
    window.open(f"{base}/")
    assert window.text() == "nobody"
    window.open(f"{base}/login")
    provider = variables(app)["FLASK_OIDC_API_BASE_URL"]
    assert window.url.startswith(f"{provider}/oauth2/auth?")
    assert "asks for: openid profile email." in window.text()
    window.type("#username", "ada")
    window.type("#password", "wrong")
    window.click("button[value=login]")
    until(lambda: "the password is wrong" in window.text())
    window.type("#username", "ada")
    window.type("#password", "ada")
    window.click("button[value=login]")
    until(lambda: window.text() == "ada@example.com")
    assert window.url == f"{base}/"


def test_a_login_that_a_person_does_not_want_gets_back_to_the_application(app, window):
    window.open(f"{app.status()['url'].rstrip('/')}/login")
    window.click("button[value=deny]")
    until(lambda: window.text() == "not logged in: access_denied")


def test_a_request_is_traced(app):
    app.get("/")

    def traced():
        found = json.loads(app("traces", "--json", "-n", "100"))
        return [trace for trace in found if trace["spans"][0]["name"].startswith("GET")]

    trace = until(traced)[-1]
    assert {span["service"] for span in trace["spans"]} == {"letters"}
    assert trace["trace"] in app("traces")
    assert "server" in app("traces", trace["trace"])


def test_what_is_secret_is_shown_to_who_asks_for_it_alone(app):
    revealed = variables(app)
    shown = app("env") + app("logs", "-n", "10000") + app("status", "--json")
    for name in ("SMTP_PASSWORD", "S3_SECRET_KEY", "FLASK_OIDC_CLIENT_SECRET"):
        assert revealed[name]
        assert revealed[name] not in shown


def sources(app) -> set[str]:
    return {variable["source"] for variable in json.loads(app("env", "--json"))}


def test_its_variables_go_with_each_relation_and_come_back(app):
    before = variables(app)
    for endpoint in ENDPOINTS:
        assert f"integration {endpoint}" in sources(app)
        app("remove-relation", endpoint)
        until(app.is_active)
        assert f"integration {endpoint}" not in sources(app)
    for endpoint in ENDPOINTS:
        app("integrate", endpoint)
    until(app.is_active)
    assert variables(app) == before


def test_what_is_kept_is_there_in_the_next_run(app):
    before = variables(app)
    started = time.monotonic()
    app.down(clean=False)
    assert time.monotonic() - started < 3
    assert [mail["number"] for mail in json.loads(app("mails", "--json"))] == [1]
    app.run()
    until(app.is_active)
    assert variables(app) == before
    assert app.get("/objects/cards/%C3%A4%201.txt") == "Dear Ada"
