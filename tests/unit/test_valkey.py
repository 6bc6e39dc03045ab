"""Valkey: asked for by an id that stays, answered with endpoints and a secret."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import hypothesis
import hypothesis.strategies as st
import pydantic
import pytest

from paas_app_charmer import decide, errors, integration, release
from paas_app_charmer.integrations import valkey_client

from . import builders

SITE = builders.site(endpoint="valkey", model_uuid="4d1c2c1e-5c1c-4a2b-8f0e-0a4f1b1c2d3e")
USER = {"username": "relation-7", "password": "hunter2"}
SECRETS = {"secret:user": USER, "secret:plain": {"tls": "false"}, "secret:tls": {"tls": "true"}}
ANSWER = {
    "resource": "*",
    "request-id": "0123456789abcdef",
    "salt": "salt",
    "endpoints": "valkey-0:6379",
    "read-only-endpoints": "valkey-1:6379,valkey-2:6379",
    "sentinel-endpoints": "valkey-0:26379",
    "mode": "sentinel",
    "version": "9.0.1",
    "secret-user": "secret:user",
    "secret-tls": "secret:plain",
}


def remote(
    answers: Any, secrets: Mapping[str, Mapping[str, str]] | None = None
) -> integration.RemoteData:
    held = {**SECRETS, **(secrets or {})}

    def secret(secret_id: str) -> Mapping[str, str]:
        if secret_id not in held:
            raise errors.RelationDataError("its secret is missing")
        return held[secret_id]

    app = {"version": "v1", "requests": json.dumps(answers), "data": "{}"}
    return integration.RemoteData(app=app, secret=secret, site=SITE)


def read(**changes: Any) -> Mapping[str, str]:
    data = valkey_client.INTEGRATION.read(remote([{**ANSWER, **changes}]))
    assert data is not None
    return valkey_client.INTEGRATION.properties(data)


def asked(site: integration.Site) -> dict[str, Any]:
    bag = valkey_client.INTEGRATION.request(site)
    text = bag.app["requests"]
    assert (bag.app["version"], bag.unit) == ("v1", {})
    assert isinstance(text, str)
    (request,) = json.loads(text)
    return request


def test_everything_is_asked_for_by_an_id_of_our_own():
    request = asked(SITE)
    salt = request.pop("salt")
    assert len(salt) == 16
    assert request == {
        "resource": "*",
        "request-id": hashlib.sha256(f"*:{salt}".encode()).hexdigest()[:16],
        "extra-user-roles": None,
        "extra-group-roles": None,
        "external-node-connectivity": False,
        "entity-type": None,
        "entity-permissions": None,
        "secret-mtls": None,
        "mtls-cert": None,
    }


def test_the_request_stays_the_same_and_no_other_endpoint_has_it():
    assert asked(SITE) == asked(SITE)
    others = [
        builders.site(endpoint="cache", model_uuid=SITE.model_uuid),
        builders.site(endpoint="valkey", model_uuid="another"),
        builders.site(endpoint="valkey", model_uuid=SITE.model_uuid, app="blog"),
    ]
    ids = {asked(site)["request-id"] for site in (SITE, *others)}
    assert len(ids) == 4


def test_an_answer_gives_the_url_and_what_else_there_is_to_know():
    assert read() == {
        "db_connect_string": "valkey://relation-7:hunter2@valkey-0:6379",
        "db_scheme": "valkey",
        "db_netloc": "relation-7:hunter2@valkey-0:6379",
        "db_path": "",
        "db_params": "",
        "db_query": "",
        "db_fragment": "",
        "db_username": "relation-7",
        "db_password": "hunter2",
        "db_hostname": "valkey-0",
        "db_port": "6379",
        "db_read_only_endpoints": "valkey-1:6379,valkey-2:6379",
        "db_sentinel_endpoints": "valkey-0:26379",
        "mode": "sentinel",
        "version": "9.0.1",
    }


def test_what_is_unknown_is_empty_text():
    bare = {"endpoints": "valkey-0:6379"}
    data = valkey_client.INTEGRATION.read(remote([bare]))
    assert data is not None
    found = valkey_client.INTEGRATION.properties(data)
    names = ("db_read_only_endpoints", "db_sentinel_endpoints", "mode", "version")
    assert [found[name] for name in names] == ["", "", "", ""]
    assert found["db_connect_string"] == "valkey://valkey-0:6379"
    assert not {"db_username", "db_password"} & found.keys()


@pytest.mark.parametrize(
    ("endpoints", "url"),
    [
        ("valkey://valkey-0:6379", "valkey://relation-7:hunter2@valkey-0:6379"),
        ("redis://valkey-0:6379/1", "redis://relation-7:hunter2@valkey-0:6379/1"),
        ("valkey-0:6379/0", "valkey://relation-7:hunter2@valkey-0:6379/0"),
        ("valkey://a:1,valkey://b:2", "valkey://relation-7:hunter2@a:1"),
        ("[fd00::1]:6379", "valkey://relation-7:hunter2@[fd00::1]:6379"),
    ],
)
def test_the_scheme_is_kept_if_there_is_one(endpoints: str, url: str):
    assert read(endpoints=endpoints)["db_connect_string"] == url


def test_a_path_gives_the_name():
    assert read(endpoints="valkey-0:6379/3")["db_name"] == "3"


@pytest.mark.parametrize("endpoints", ["a:6379,b:6380", "a:6379, b:6380"])
def test_b15a_several_endpoints_with_ports_make_one_url(endpoints: str):
    found = read(endpoints=endpoints)
    assert found["db_connect_string"] == "valkey://relation-7:hunter2@a:6379,b:6380"
    assert (found["db_hostname"], found["db_port"]) == ("a", "6379")


def test_b15_a_password_is_encoded_in_the_url_and_plain_by_itself():
    held = {"secret:user": {"username": "a:b", "password": "p@ss/w:rd#"}}
    data = valkey_client.INTEGRATION.read(remote([ANSWER], held))
    assert data is not None
    found = valkey_client.INTEGRATION.properties(data)
    assert found["db_connect_string"] == "valkey://a%3Ab:p%40ss%2Fw%3Ard%23@valkey-0:6379"
    assert (found["db_username"], found["db_password"]) == ("a:b", "p@ss/w:rd#")


@pytest.mark.parametrize(
    "answers",
    [
        [],
        [{}],
        [{"secret-user": "secret:user"}],
        [{**ANSWER, "endpoints": None}],
        [{**ANSWER, "endpoints": ""}],
        [{**ANSWER, "endpoints": "None"}],
    ],
)
def test_b20b_an_answer_that_is_still_arriving_is_waited_for(answers: Any):
    assert valkey_client.INTEGRATION.read(remote(answers)) is None


def test_b15b_a_missing_host_is_not_called_none():
    with pytest.raises(errors.RelationDataError, match="the host is missing"):
        read(endpoints="None:6379")


@pytest.mark.parametrize("tls", ["true", "True"])
def test_b20a_tls_is_refused_with_the_cause(tls: str):
    secrets = {"secret:tls": {"tls": tls, "tls-ca": "-----BEGIN"}}
    with pytest.raises(errors.RelationDataError, match="TLS switched on, which is not supported"):
        valkey_client.INTEGRATION.read(remote([{**ANSWER, "secret-tls": "secret:tls"}], secrets))


@pytest.mark.parametrize("key", ["secret-user", "secret-tls"])
def test_a_secret_that_is_not_granted_is_refused(key: str):
    with pytest.raises(errors.RelationDataError, match="its secret is missing"):
        read(**{key: "secret:gone"})


def test_the_answer_to_our_own_request_wins():
    ours = {**ANSWER, "request-id": asked(SITE)["request-id"], "endpoints": "ours:6379"}
    data = valkey_client.INTEGRATION.read(remote([ANSWER, ours]))
    assert data is not None
    assert valkey_client.INTEGRATION.properties(data)["db_hostname"] == "ours"


def test_the_answer_to_who_asked_before_this_charm_is_used_until_there_is_one_to_us():
    assert read(**{"request-id": "fedcba9876543210"})["db_hostname"] == "valkey-0"


@pytest.mark.parametrize(
    "answers", [None, {}, 5, "x", [5], ["x"], [{"endpoints": 5}], [{"secret-user": {}}]]
)
def test_b20_answers_that_are_none_are_refused(answers: Any):
    with pytest.raises(pydantic.ValidationError):
        valkey_client.INTEGRATION.read(remote(answers))


@pytest.mark.parametrize("text", ["x", "[" * 2000, "{"])
def test_b20_what_is_not_json_is_refused(text: str):
    with pytest.raises(errors.RelationDataError, match="requests is not JSON"):
        valkey_client.INTEGRATION.read(integration.RemoteData(app={"requests": text}))


@pytest.mark.parametrize("endpoints", ["h:port", "h:0", "h:65536", ":6379", "[h]:1", "http://"])
def test_b20_endpoints_that_are_none_are_refused(endpoints: str):
    with pytest.raises(errors.RelationDataError):
        read(endpoints=endpoints)


TEXTS = st.sampled_from(["h:1,g:2", "valkey://h:1", "None", "", "secret:user", "secret:tls"])
VALUES = TEXTS | st.text(":/?#[]@,;% aé\x00", max_size=12) | st.none() | st.integers()
ANSWERS = st.lists(
    st.fixed_dictionaries({}, optional=dict.fromkeys(ANSWER, VALUES)) | st.text(max_size=5),
    max_size=3,
)
CONTENTS = st.fixed_dictionaries(
    {}, optional={"username": st.text(max_size=9), "password": st.text(max_size=9)}
)


@hypothesis.settings(max_examples=500, deadline=None)
@hypothesis.given(answers=ANSWERS, user=CONTENTS)
def test_b20_hostile_answers_are_understood_or_refused(answers: Any, user: dict[str, str]):
    try:
        data = valkey_client.INTEGRATION.read(remote(answers, {"secret:user": user}))
    except (pydantic.ValidationError, errors.RelationDataError):
        return
    if data is not None:
        found = valkey_client.INTEGRATION.properties(data)
        assert found["db_hostname"]


def test_the_url_is_a_database_and_the_rest_is_not():
    given = builders.values(builders.seen(endpoints=(builders.endpoint("valkey_client"),)))
    assert given["VALKEY_DB_HOSTNAME"] == "valkey-0.example"
    assert given["VALKEY_DB_SENTINEL_ENDPOINTS"].startswith("valkey-0.example:26379")
    assert (given["VALKEY_MODE"], given["VALKEY_VERSION"]) == ("sentinel", "9.0.1")


def test_an_endpoint_of_another_name_is_its_own_prefix():
    cache = builders.endpoint("valkey_client", "cache")
    given = builders.values(builders.seen(endpoints=(cache,)))
    assert given["CACHE_DB_HOSTNAME"] == "valkey-0.example"
    assert given["CACHE_MODE"] == "sentinel"


def test_b13a_a_required_valkey_that_is_missing_holds_the_application_back():
    missing = builders.endpoint("valkey_client", required=True, related=False, data=None)
    decision = decide.decide(builders.SPEC, builders.seen(endpoints=(missing,)))
    assert decision == release.blocked("missing integrations: valkey", gap=True)


def test_b20b_a_required_valkey_whose_data_are_arriving_is_waited_for():
    arriving = builders.endpoint("valkey_client", required=True, data=None)
    decision = decide.decide(builders.SPEC, builders.seen(endpoints=(arriving,)))
    assert decision == release.waiting("waiting for data of integrations: valkey")
