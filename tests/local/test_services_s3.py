"""A real object store, asked by requests that are signed here as S3 wants it."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
import pathlib
import time
import urllib.error
import urllib.parse
import urllib.request

import pytest

from paas_app_charmer.local import errors, services

BOTH = json.dumps(["access-key", "secret-key"])


def request(**app) -> services.Request:
    asked = {key.replace("_", "-"): value for key, value in app.items()}
    return services.Request(relation_id=1, endpoint="s3", app=asked, units={})


NEW = request(version="1", bucket="my-web", requested_secrets=BOTH)
OLD = request(bucket="my-web")


@pytest.fixture
def start(tmp_path):
    started: list[services.Running] = []

    def start() -> services.Running:
        context = services.Context(folder=tmp_path / "s3", model="local", application="my-web")
        started.append(services.find("s3").start(context))
        return started[-1]

    yield start
    for running in started:
        running.stop()


@pytest.fixture
def store(start):
    return start()


def call(offer, method, path, body=b"", *, keys=None) -> tuple[int, bytes]:
    """Ask the store as a client does that has only the databag."""
    keys = keys or offer.secrets["secret-extra"]
    moment = f"{dt.datetime.now(dt.timezone.utc):%Y%m%dT%H%M%SZ}"
    signed = {
        "host": urllib.parse.urlsplit(offer.app["endpoint"]).netloc,
        "x-amz-content-sha256": hashlib.sha256(body).hexdigest(),
        "x-amz-date": moment,
    }
    headers = "".join(f"{name}:{value}\n" for name, value in signed.items())
    path, _, query = path.partition("?")
    wanted = [method, path, query, headers, ";".join(signed), signed["x-amz-content-sha256"]]
    scope = f"{moment[:8]}/{offer.app['region']}/s3/aws4_request"
    digest = hashlib.sha256("\n".join(wanted).encode()).hexdigest()
    key = f"AWS4{keys['secret-key']}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    text = f"AWS4-HMAC-SHA256\n{moment}\n{scope}\n{digest}"
    signature = hmac.digest(key, text.encode(), "sha256").hex()
    signed["authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={keys['access-key']}/{scope}, "
        f"SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature={signature}"
    )
    url = f"{offer.app['endpoint']}{path}{'?' if query else ''}{query}"
    asked = urllib.request.Request(url, data=body or None, headers=signed, method=method)
    try:
        with urllib.request.urlopen(asked, timeout=10) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def test_it_publishes_the_bucket_and_hides_the_keys_in_a_secret(store):
    offer = store.offer(NEW)
    assert {**offer.app, "endpoint": ""} == {
        "version": "1",
        "bucket": "my-web",
        "endpoint": "",
        "region": "us-east-1",
        "s3-uri-style": "path",
    }
    assert offer.app["endpoint"].startswith("http://127.0.0.1:")
    assert set(offer.secrets["secret-extra"]) == {"access-key", "secret-key"}
    assert offer.secrets["secret-extra"]["secret-key"] not in repr(offer)


def test_who_reads_no_secrets_is_given_plain_text(store):
    offer = store.offer(OLD)
    hidden = store.offer(NEW).secrets["secret-extra"]
    assert {key: offer.app[key] for key in hidden} == hidden
    assert offer.secrets == {}


def test_before_it_is_asked_it_tells_its_version_alone(store):
    assert store.offer(request()) == services.Offer(app={"version": "1"})
    secrets_only = request(requested_secrets=BOTH)
    assert store.offer(secrets_only) == services.Offer(app={"version": "1"})


def test_a_bucket_without_a_name_is_that_of_the_application(store):
    assert store.offer(request(version="1", bucket="")).app["bucket"] == "my-web"


@pytest.mark.parametrize("bucket", ["../other", "Upper", "a", "a/b", "-a-"])
def test_a_name_that_no_bucket_can_have_is_not_served(store, bucket, tmp_path):
    assert store.offer(request(version="1", bucket=bucket)) == services.Offer()
    assert list((tmp_path / "s3" / "buckets").iterdir()) == []


def test_an_object_is_stored_and_read(store, tmp_path):
    offer = store.offer(NEW)
    assert call(offer, "PUT", "/my-web/cards/1.txt", b"Hello")[0] == 200
    assert call(offer, "GET", "/my-web/cards/1.txt") == (200, b"Hello")
    assert (tmp_path / "s3/buckets/my-web/cards/1.txt").read_bytes() == b"Hello"
    assert b"<Key>cards/1.txt</Key>" in call(offer, "GET", "/my-web")[1]
    assert call(offer, "DELETE", "/my-web/cards/1.txt")[0] == 204
    assert call(offer, "GET", "/my-web/cards/1.txt")[0] == 404


def test_wrong_keys_are_refused(store):
    offer = store.offer(NEW)
    wrong = {**offer.secrets["secret-extra"], "secret-key": "wrong"}
    assert call(offer, "GET", "/my-web", keys=wrong)[0] == 403
    stranger = {**offer.secrets["secret-extra"], "access-key": "stranger"}
    assert call(offer, "GET", "/my-web", keys=stranger)[0] == 403


def test_nobody_gets_in_without_keys(store):
    with pytest.raises(urllib.error.HTTPError):
        urllib.request.urlopen(f"{store.offer(NEW).app['endpoint']}/my-web", timeout=10)


def test_keys_are_not_among_the_arguments_of_the_server(store):
    secret = store.offer(NEW).secrets["secret-extra"]["secret-key"]
    assert secret not in store.description
    for path in _command_lines():
        assert secret not in path


def _command_lines():
    for path in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
        try:
            yield path.read_text(errors="replace")
        except OSError:
            continue


def test_objects_keys_and_address_outlive_a_run(start):
    first = start()
    offer = first.offer(NEW)
    call(offer, "PUT", "/my-web/kept", b"Hello")
    first.stop()
    assert start().offer(NEW) == offer
    assert call(offer, "GET", "/my-web/kept") == (200, b"Hello")


def test_settings_of_the_user_s_own_rclone_do_not_reach_it(start, monkeypatch):
    monkeypatch.setenv("RCLONE_AUTH_KEY", '"theirs,theirs"')
    monkeypatch.setenv("RCLONE_READ_ONLY", "true")
    offer = start().offer(NEW)
    assert call(offer, "PUT", "/my-web/a", b"Hello")[0] == 200


def test_it_stops_within_a_second(store):
    before = time.monotonic()
    store.stop()
    assert (time.monotonic() - before < 1, store.alive()) == (True, False)


def elsewhere(url: str, asked: services.Request) -> services.Offer:
    context = services.Context(folder=None, model="local", application="my-web", url=url)
    return services.find("s3", url=url).start(context).offer(asked)


def test_a_store_elsewhere():
    offer = elsewhere("https://key:s%2Fcret@s3.example:9000/cards?region=eu-1", NEW)
    assert offer.app == {
        "version": "1",
        "bucket": "cards",
        "endpoint": "https://s3.example:9000",
        "region": "eu-1",
        "s3-uri-style": "path",
    }
    assert offer.secrets == {"secret-extra": {"access-key": "key", "secret-key": "s/cret"}}


def test_a_store_elsewhere_has_the_bucket_that_is_asked_for():
    assert elsewhere("https://key:secret@s3.example", OLD).app["bucket"] == "my-web"


def test_a_store_elsewhere_needs_keys():
    with pytest.raises(errors.LocalError, match="ACCESS:SECRET@HOST"):
        elsewhere("https://s3.example/cards", NEW)
