"""A real server that speaks Valkey's protocol, and the nested databag that leads to it."""

from __future__ import annotations

import json
import time
import urllib.parse

import pytest
import redis

from paas_app_charmer import integration
from paas_app_charmer.local import services
from paas_app_charmer.local.services import valkey_client

SITE = integration.Site(app="my-web", model="local", model_uuid="1234", endpoint="valkey")
ASKED = dict(integration.find("valkey_client").request(SITE).app)
SECRET = "secret:9m4e2mr0ui3e8a215n4g"


def request(app=None) -> services.Request:
    asked = ASKED if app is None else app
    return services.Request(relation_id=1, endpoint="valkey", app=asked, units={})


def answered(offer) -> dict[str, str]:
    """What the runner writes into the databag."""
    return {**offer.app, **(offer.compose({"secret-user": SECRET}) if offer.compose else {})}


@pytest.fixture
def log():
    return []


@pytest.fixture
def start(tmp_path, log):
    started: list[services.Running] = []

    def start():
        context = services.Context(
            folder=tmp_path, model="local", application="my-web", log=log.append
        )
        started.append(services.find("valkey_client").start(context))
        return started[-1]

    yield start
    for running in started:
        running.stop()


def connect(offer, **changed):
    host, _, port = json.loads(answered(offer)["requests"])[0]["endpoints"].partition(":")
    secret = offer.secrets["secret-user"]
    login = {"username": secret["username"], "password": secret["password"], **changed}
    return redis.Redis(host=host, port=int(port), decode_responses=True, **login)


def test_the_application_reads_and_writes_and_nobody_else_does(start):
    offer = start().offer(request())
    client = connect(offer)
    client.set("key", "value")
    assert client.get("key") == "value"
    for login in ({"password": "wrong"}, {"username": None, "password": None}):
        with pytest.raises(redis.RedisError, match=r"(?i)auth|password"):
            connect(offer, **login).get("key")


def test_the_charm_makes_of_the_answer_where_the_server_is(start):
    offer = start().offer(request())
    remote = integration.RemoteData(
        app=answered(offer), secret={SECRET: offer.secrets["secret-user"]}.__getitem__, site=SITE
    )
    data = integration.find("valkey_client").read(remote)
    secret = offer.secrets["secret-user"]
    assert data.uri == secret["uris"]
    assert data.mode == "standalone"
    assert data.version


def test_the_answer_is_that_of_the_protocol(start):
    app = answered(start().offer(request()))
    assert (sorted(app), app["version"]) == (["requests", "version"], "v1")
    (asked,), (answer,) = json.loads(ASKED["requests"]), json.loads(app["requests"])
    echoed = ("resource", "request-id", "salt")
    assert {key: answer.pop(key) for key in echoed} == {key: asked[key] for key in echoed}
    assert answer.pop("secret-user") == SECRET
    assert sorted(answer) == ["endpoints", "mode", "version"]


def test_asking_again_changes_nothing_and_not_asking_gives_nothing(start, log):
    running = start()
    assert answered(running.offer(request())) == answered(running.offer(request()))
    assert running.offer(request({})) == services.Offer()
    log.clear()
    for app in ({"requests": "{", "version": "v1"}, {"requests": "[1]", "version": "v1"}):
        assert running.offer(request(app)) == services.Offer()
    assert running.offer(request({**ASKED, "version": "v0"})) == services.Offer()
    assert len(log) == 3


def test_data_address_and_password_outlive_a_run(start):
    running = start()
    first = running.offer(request())
    connect(first).set("key", "value")
    before = time.monotonic()
    running.stop()
    assert (time.monotonic() - before < 2, running.alive()) == (True, False)
    second = start().offer(request())
    assert (answered(second), second.secrets) == (answered(first), first.secrets)
    assert connect(second).get("key") == "value"


def test_the_password_is_in_no_log_and_no_other_file(start, log, tmp_path):
    running = start()
    password = running.offer(request()).secrets["secret-user"]["password"]
    running.stop()
    assert log
    assert password not in "".join([*log, running.description])
    holders = [path.name for path in tmp_path.iterdir() if password.encode() in path.read_bytes()]
    assert holders == ["password"]


@pytest.mark.parametrize(
    ("url", "secret"),
    [
        (
            "valkey://me:s%40cret@cache.example",
            {
                "username": "me",
                "password": "s@cret",
                "uris": "valkey://me:s%40cret@cache.example:6379",
            },
        ),
        ("valkey://cache.example:6379", None),
    ],
)
def test_a_server_elsewhere_is_published_as_its_charm_would(url, secret):
    offer = valkey_client.elsewhere(urllib.parse.urlsplit(url), request())
    (answer,) = json.loads(answered(offer)["requests"])
    assert answer["endpoints"] == "cache.example:6379"
    assert offer.secrets.get("secret-user") == secret
    assert answer.get("secret-user") == (SECRET if secret else None)
