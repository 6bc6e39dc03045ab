"""The HTTP proxy: one request, and the answer to it among others."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from typing import Any

import hypothesis
import hypothesis.strategies as st
import pydantic
import pytest

from paas_app_charmer import decide, environment, errors, facts, integration, release
from paas_app_charmer.integrations import http_proxy

from . import builders

SITE = builders.site(model_uuid="8f1f9ab3-5ab4-4a2c-8a1c-4f4d2a1b7a11", endpoint="http-proxy")
OURS = http_proxy.requirer(SITE)
URL = "http://squid.example:3128"
READY = {"status": "ready", "auth": "none", "http_proxy": URL, "https_proxy": URL}
USER = {"username": "u@x", "password": "pass/word:1"}


def remote(responses: Any, secrets: Mapping[str, Any] | None = None) -> integration.RemoteData:
    def content(secret_id: str) -> Mapping[str, str]:
        if secret_id not in (secrets or {}):
            raise errors.RelationDataError("its secret is missing")
        return (secrets or {})[secret_id]

    text = responses if isinstance(responses, str) else json.dumps(responses)
    return integration.RemoteData(app={"responses": text}, secret=content, site=SITE)


def read(
    answer: Mapping[str, Any], secrets: Mapping[str, Any] | None = None
) -> http_proxy.HttpProxy | None:
    return http_proxy.INTEGRATION.read(remote([{"requirer": OURS, **answer}], secrets))


def given(endpoint: facts.Endpoint, **changes: Any) -> dict[str, str]:
    return builders.values(builders.seen(endpoints=(endpoint,), **changes))


def test_one_request_asks_for_any_domain_and_any_kind_of_login():
    (request,) = json.loads(str(http_proxy.INTEGRATION.request(SITE).app["requests"]))
    assert request == {"requirer": OURS, "domains": [], "auth": []}


def test_the_id_of_the_request_is_a_uuid_that_stays():
    assert str(uuid.UUID(OURS)) == OURS
    assert http_proxy.requirer(builders.site(**vars(SITE) | {"unit": 7})) == OURS


@pytest.mark.parametrize("change", [{"model_uuid": "x"}, {"app": "x"}, {"endpoint": "x"}])
def test_every_application_and_endpoint_has_an_id_of_its_own(change):
    assert http_proxy.requirer(builders.site(**vars(SITE) | change)) != OURS


def test_b24_the_answer_is_found_without_reading_what_the_leader_wrote():
    another = {**READY, "requirer": "another", "http_proxy": "http://another:1"}
    data = http_proxy.INTEGRATION.read(remote([another, {**READY, "requirer": OURS}]))
    assert data == http_proxy.HttpProxy(http_proxy=URL, https_proxy=URL)


@pytest.mark.parametrize("responses", ["", "[]", [{**READY, "requirer": "another"}], [5, None]])
def test_b24a_an_answer_that_is_not_there_yet_is_waited_for(responses):
    assert http_proxy.INTEGRATION.read(remote(responses)) is None


@pytest.mark.parametrize("status", ["pending", "accepted"])
def test_b24a_a_request_that_is_being_worked_on_is_waited_for(status):
    assert read({"status": status}) is None


@pytest.mark.parametrize("status", ["rejected", "invalid", "unsupported", "error"])
def test_a_request_that_was_refused_says_how(status):
    with pytest.raises(errors.RelationDataError, match=f"answered by {status}"):
        read({"status": status})


def test_a_user_is_inserted_percent_encoded():
    data = read({**READY, "user": "secret:abc"}, {"secret:abc": USER})
    assert data is not None
    assert data.http_proxy == "http://u%40x:pass%2Fword%3A1@squid.example:3128"


def test_a_user_takes_the_place_of_one_in_the_url():
    answer = {**READY, "http_proxy": "http://a:b@[fd00::1]:3128/", "user": "secret:abc"}
    data = read(answer, {"secret:abc": USER})
    assert data is not None
    assert data.http_proxy == "http://u%40x:pass%2Fword%3A1@[fd00::1]:3128/"


@pytest.mark.parametrize("content", [{}, {"username": "u"}, {"password": "p"}])
def test_a_secret_without_a_user_is_refused(content):
    with pytest.raises(errors.RelationDataError, match="lacks the username or the password"):
        read({**READY, "user": "secret:abc"}, {"secret:abc": content})


def test_a_secret_that_is_not_granted_is_refused():
    with pytest.raises(errors.RelationDataError, match="its secret is missing"):
        read({**READY, "user": "secret:abc"})


@pytest.mark.parametrize(
    "change",
    [
        {"http_proxy": None},
        {"https_proxy": None},
        {"http_proxy": ""},
        {"http_proxy": "squid"},
        {"http_proxy": "http://a b"},
        {"http_proxy": "http://a\0b"},
        {"http_proxy": "http://\ud800"},
        {"https_proxy": 5},
        {"https_proxy": "http://squid:web"},
        {"status": "hunter2"},
        {"status": ["ready"]},
        {"status": None},
        {"user": 5},
    ],
)
def test_an_answer_that_makes_no_sense_is_refused(change):
    with pytest.raises((pydantic.ValidationError, errors.RelationDataError)) as raised:
        read({**READY, **change})
    assert "hunter2" not in str(raised.value)


@pytest.mark.parametrize("text", ["x", "{}", "5", "null", '"x"', "[" * 100_000, "9" * 5000])
def test_answers_that_are_no_list_are_refused(text):
    with pytest.raises(errors.RelationDataError, match="responses is not"):
        http_proxy.INTEGRATION.read(remote(text))


def test_both_spellings_are_set_and_hidden():
    data = read({**READY, "user": "secret:abc"}, {"secret:abc": USER})
    endpoint = builders.endpoint("http_proxy", data=data)
    found = environment.build(builders.SPEC, builders.seen(endpoints=(endpoint,)))
    for name in ("http_proxy", "https_proxy"):
        assert found[name] == found[name.upper()]
        assert found[name].secret
    assert "pass" not in repr(data)


def test_it_takes_the_place_of_both_proxies_of_the_model():
    endpoint = builders.endpoint("http_proxy", data=read(READY))
    model = {"http_proxy": "http://m:1", "https_proxy": "http://m:2", "no_proxy": "localhost"}
    found = given(endpoint, proxy=model)
    assert (found["http_proxy"], found["HTTPS_PROXY"]) == (URL, URL)
    assert (found["no_proxy"], found["NO_PROXY"]) == ("localhost", "localhost")


def test_until_it_answers_the_proxies_of_the_model_stay():
    endpoint = builders.endpoint("http_proxy", data=None)
    found = given(endpoint, proxy={"http_proxy": "http://m:1"})
    assert found["http_proxy"] == "http://m:1"


def test_b24a_only_one_that_is_required_is_waited_for():
    optional = builders.endpoint("http_proxy", data=None)
    assert builders.released(builders.seen(endpoints=(optional,)))
    required = builders.endpoint("http_proxy", data=None, required=True)
    hold = release.waiting("waiting for data of integrations: http-proxy")
    assert decide.decide(builders.SPEC, builders.seen(endpoints=(required,))) == hold


noise = st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.just("secret:abc")
answers = st.fixed_dictionaries(
    {},
    optional={
        "requirer": st.just(OURS) | noise,
        "status": st.sampled_from(["ready", "pending", "error"]) | noise,
        "http_proxy": st.sampled_from([URL, "http://[x", "://", "http://a:b@c:d"]) | noise,
        "https_proxy": st.just(URL) | noise | st.lists(noise, max_size=2),
        "user": noise,
    },
)


@hypothesis.settings(max_examples=500, deadline=None)
@hypothesis.given(
    answers=st.lists(answers | noise, max_size=3),
    content=st.dictionaries(st.sampled_from(["username", "password"]), st.text(max_size=10)),
)
def test_b20_hostile_answers_are_understood_or_refused(answers, content):
    try:
        data = http_proxy.INTEGRATION.read(remote(answers, {"secret:abc": content}))
    except (errors.RelationDataError, pydantic.ValidationError):
        return
    if data is not None:
        assert all("\0" not in url for url in (data.http_proxy, data.https_proxy))
