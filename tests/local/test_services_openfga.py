"""A real OpenFGA, which is built if it is not in the cache."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.parse
import urllib.request

import pytest

from paas_app_charmer.local import errors, services
from paas_app_charmer.local.services import openfga

pytestmark = pytest.mark.timeout(1200)  # of which a build may take most

READERS = {"directly_related_user_types": [{"type": "user"}]}
MODEL = {
    "schema_version": "1.1",
    "type_definitions": [
        {"type": "user"},
        {
            "type": "card",
            "relations": {"reader": {"this": {}}},
            "metadata": {"relations": {"reader": READERS}},
        },
    ],
}
TUPLE = {"user": "user:ada", "relation": "reader", "object": "card:1"}


def request(app=None) -> services.Request:
    asked = {"store_name": "my-web"} if app is None else app
    return services.Request(relation_id=1, endpoint="openfga", app=asked, units={})


@pytest.fixture
def log():
    return []


@pytest.fixture
def start(tmp_path, log):
    started: list[services.Running] = []

    def start():
        context = services.Context(
            folder=tmp_path / "s p?ce", model="local", application="my-web", log=log.append
        )
        started.append(services.find("openfga").start(context))
        return started[-1]

    yield start
    for running in started:
        running.stop()


def call(offer, path, content, token=None):
    token = token or offer.secrets["token_secret_id"]["token"]
    address = f"{offer.app['http_api_url']}/stores/{offer.app['store_id']}{path}"
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    asked = urllib.request.Request(address, json.dumps(content).encode(), headers)
    with urllib.request.urlopen(asked, timeout=10) as answer:
        return json.load(answer)


def allowed(offer, user):
    return call(offer, "/check", {"tuple_key": {**TUPLE, "user": user}})["allowed"]


def grant(offer):
    call(offer, "/authorization-models", MODEL)
    call(offer, "/write", {"writes": {"tuple_keys": [TUPLE]}})


def test_the_application_asks_who_may_do_what_and_data_outlive_a_run(start):
    running = start()
    first = running.offer(request())
    grant(first)
    assert (allowed(first, "user:ada"), allowed(first, "user:bob")) == (True, False)
    before = time.monotonic()
    running.stop()
    assert (time.monotonic() - before < 2, running.alive()) == (True, False)
    second = start().offer(request())
    assert second == first
    assert (allowed(second, "user:ada"), allowed(second, "user:bob")) == (True, False)


def test_the_databag_is_that_of_the_protocol(start):
    running = start()
    offer = running.offer(request())
    assert sorted(offer.app) == ["grpc_api_url", "http_api_url", "store_id"]
    assert list(offer.secrets) == ["token_secret_id"]
    assert running.offer(request()) == offer
    assert running.offer(request({})) == services.Offer()
    assert running.description == f"OpenFGA on {offer.app['http_api_url']}"


def test_another_name_is_another_store(start):
    running = start()
    first, second = running.offer(request()), running.offer(request({"store_name": "app-store"}))
    assert first.app["store_id"] != second.app["store_id"]


def test_a_name_that_no_store_can_have_is_told_in_the_log(start, log):
    assert start().offer(request({"store_name": "x"})) == services.Offer()
    assert any("openfga: no store 'x'" in line for line in log)


def test_without_the_token_nobody_is_let_in_and_it_is_in_no_log(start, log):
    running = start()
    offer = running.offer(request())
    with pytest.raises(urllib.error.HTTPError, match="401"):
        call(offer, "/check", {"tuple_key": TUPLE}, token="wrong")
    running.stop()
    assert log
    assert offer.secrets["token_secret_id"]["token"] not in "".join(log)


def test_data_that_cannot_be_used_are_reported(start, tmp_path):
    (tmp_path / "s p?ce" / "openfga.db").mkdir(parents=True)
    with pytest.raises(errors.LocalError, match="OpenFGA cannot use"):
        start()


def test_if_it_cannot_be_built_it_says_what_else_there_is(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    go = tmp_path / "go"
    go.write_text("#!/bin/sh\necho no network >&2\nexit 1\n")
    go.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    told = []
    context = services.Context(
        folder=tmp_path, model="local", application="my-web", progress=told.append
    )
    with pytest.raises(errors.LocalError, match=r"(?s)no network.*on the path.*--url http://"):
        openfga.start(context)
    assert "takes some minutes" in told[0]


def elsewhere(url):
    return openfga.elsewhere(urllib.parse.urlsplit(url), request())


def test_a_server_elsewhere_is_published_as_its_charm_would():
    offer = elsewhere("https://:s%40cret@fga.example/01GP?grpc=fga.example:9000")
    assert offer.app == {
        "http_api_url": "https://fga.example",
        "grpc_api_url": "https://fga.example:9000",
        "store_id": "01GP",
    }
    assert offer.secrets == {"token_secret_id": {"token": "s@cret"}}
    offer = elsewhere("http://fga.example:8080/01GP")
    assert offer.app["grpc_api_url"] == "http://fga.example:8081"
    assert offer.secrets == {}


@pytest.mark.parametrize("url", ["http://:secret@fga.example", "grpc://:secret@fga.example/01GP"])
def test_what_leads_to_no_store_is_refused_without_being_repeated(url):
    with pytest.raises(errors.LocalError, match="STORE_ID") as refusal:
        elsewhere(url)
    assert "secret" not in str(refusal.value)
