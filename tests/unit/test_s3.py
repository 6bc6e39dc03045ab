"""S3: what a provider gives, by the keys of its databag, and what the application gets of it."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pydantic
import pytest

from paas_app_charmer import env, options
from paas_app_charmer.integrations import s3

from . import builders

GIVEN = {"access-key": "AKIA", "secret-key": "se/cret", "bucket": "shop"}


def properties(**more: str) -> Mapping[str, str]:
    data = s3.parse({**GIVEN, **{key.replace("_", "-"): value for key, value in more.items()}})
    assert data is not None
    return s3.INTEGRATION.properties(data)


def variables(**more: str) -> Mapping[str, str]:
    named = env.mechanical(builders.given("S3", properties(**more)))
    return {name: one.value for name, one in named.items()}


def refusal(**more: str) -> list[tuple[str, str]]:
    with pytest.raises(pydantic.ValidationError) as refused:
        properties(**more)
    return [(problem.name, problem.reason) for problem in options.problems_of(refused.value)]


def test_credentials_and_bucket_are_enough():
    assert variables() == {
        "S3_ACCESS_KEY": "AKIA",
        "S3_SECRET_KEY": "se/cret",
        "S3_BUCKET": "shop",
    }


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("region", "S3_REGION"),
        ("storage-class", "S3_STORAGE_CLASS"),
        ("endpoint", "S3_ENDPOINT"),
        ("path", "S3_PATH"),
        ("s3-api-version", "S3_API_VERSION"),
        ("s3-uri-style", "S3_URI_STYLE"),
    ],
)
def test_what_else_is_given_has_a_variable(key, name):
    assert variables(**{key: "value"})[name] == "value"
    assert name not in variables()


@pytest.mark.parametrize(("style", "addressing"), [("host", "virtual"), ("path", "path")])
def test_the_addressing_style_is_in_the_words_of_the_clients(style, addressing):
    assert variables(s3_uri_style=style)["S3_ADDRESSING_STYLE"] == addressing
    assert "S3_ADDRESSING_STYLE" not in variables()


def test_b17_the_certificates_need_no_attributes():
    chain = json.dumps(["-----BEGIN CERTIFICATE-----\nA\n", "-----BEGIN CERTIFICATE-----\nB\n"])
    given = variables(tls_ca_chain=chain)
    assert given["S3_TLS_CA_CHAIN"] == chain
    assert "S3_ATTRIBUTES" not in given


def test_b17_attributes_bring_no_certificates():
    given = variables(attributes='["public"]')
    assert given["S3_ATTRIBUTES"] == '["public"]'
    assert "S3_TLS_CA_CHAIN" not in given


@pytest.mark.parametrize("nothing", ["[]", "null", ""])
def test_an_empty_list_has_no_variable(nothing):
    assert variables(attributes=nothing, tls_ca_chain=nothing) == variables()


@pytest.mark.parametrize("text", ["123456", "1e5", "0", "true", "[1]", "{}", "9" * 5000])
@pytest.mark.parametrize("key", ["access-key", "secret-key", "bucket", "region"])
def test_b17a_a_text_that_looks_like_json_stays_a_text(key, text):
    assert properties(**{key: text})[key.replace("-", "_")] == text


def test_a_text_that_is_json_loses_its_quotes():
    assert properties(region='"eu-1"')["region"] == "eu-1"


@pytest.mark.parametrize("nothing", ["null", '""'])
def test_what_says_that_there_is_nothing_has_no_variable(nothing):
    assert variables(region=nothing) == variables()


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"version": "1"},
        {"bucket": "shop", "region": "eu-1"},
        {"access-key": "AKIA", "bucket": "shop"},
        {"secret-key": "se/cret", "bucket": "shop"},
        {**GIVEN, "secret-key": ""},
    ],
)
def test_b20b_credentials_are_waited_for(given):
    assert s3.parse(given) is None


def test_b20a_a_provider_without_a_bucket_is_told_so():
    assert refusal(bucket="") == [("bucket", "field required")]


@pytest.mark.parametrize("key", ["attributes", "tls-ca-chain"])
@pytest.mark.parametrize("value", ["text", "5", "{}", '"text"', "[5]", "[[]]"])
def test_b20a_a_list_that_is_none_is_told_by_its_key(key, value):
    assert refusal(**{key: value})[0][0].startswith(key)


@pytest.mark.parametrize("key", ["access-key", "bucket", "region"])
@pytest.mark.parametrize("value", ["a\0b", '"\\ud800"', '"a\\u0000b"'])
def test_what_no_variable_can_hold_is_refused(key, value):
    assert refusal(**{key: value})[0][0] == key


def test_keys_of_others_are_passed_over():
    assert variables(delete_older_than_days="30", data="{}", version="1") == variables()


def test_neither_key_shows():
    data = s3.parse(GIVEN)
    assert "AKIA" not in repr(data)
    assert "se/cret" not in repr(data)
    assert set(s3.INTEGRATION.secrets) == {"access_key", "secret_key"}
