"""SMTP: the mail relay, by the keys of its databag and the secret that one of them names."""

from __future__ import annotations

from collections.abc import Mapping

import pydantic
import pytest

from paas_app_charmer import env, errors, integration, options
from paas_app_charmer.integrations import smtp

from . import builders

GIVEN = {
    "host": "mail.example",
    "port": "587",
    "auth_type": "plain",
    "transport_security": "starttls",
}


def remote(given: Mapping[str, str], **secrets: Mapping[str, str]) -> integration.RemoteData:
    return integration.RemoteData(app=given, secret=lambda secret_id: secrets[secret_id])


def variables(**more: str) -> Mapping[str, str]:
    data = smtp.INTEGRATION.read(remote({**GIVEN, **more}, kept={"password": "from secret"}))
    assert data is not None
    named = env.mechanical(builders.given("SMTP", smtp.INTEGRATION.properties(data)))
    return {name: one.value for name, one in named.items()}


def refusal(given: Mapping[str, str]) -> list[tuple[str, str]]:
    with pytest.raises(pydantic.ValidationError) as refused:
        smtp.INTEGRATION.read(remote(given))
    return [(problem.name, problem.reason) for problem in options.problems_of(refused.value)]


def test_nothing_is_asked_for():
    bag = smtp.INTEGRATION.request(builders.site())
    assert (bag.app, bag.unit) == ({}, {})


def test_what_every_relay_has():
    assert variables() == {
        "SMTP_HOST": "mail.example",
        "SMTP_PORT": "587",
        "SMTP_AUTH_TYPE": "plain",
        "SMTP_TRANSPORT_SECURITY": "starttls",
        "SMTP_SKIP_SSL_VERIFY": "False",
        "SMTP_VERIFY_SSL": "true",
    }


@pytest.mark.parametrize(
    ("key", "name"),
    [("user", "SMTP_USER"), ("password", "SMTP_PASSWORD"), ("domain", "SMTP_DOMAIN")],
)
@pytest.mark.parametrize("value", ["app", "no", "one", "on", "none", "n"])
def test_b21_a_value_is_a_value_whatever_it_spells(key, name, value):
    assert variables(**{key: value})[name] == value
    assert name not in variables()


@pytest.mark.parametrize("key", ["auth_type", "transport_security"])
def test_a_kind_that_is_none_has_no_variable(key):
    assert f"SMTP_{key.upper()}" not in variables(**{key: "none"})


def test_an_authentication_that_is_not_provided_is_told():
    assert variables(auth_type="not_provided")["SMTP_AUTH_TYPE"] == "not_provided"


@pytest.mark.parametrize(
    ("said", "skip", "verify"),
    [
        ("True", "True", "false"),
        ("true", "True", "false"),
        ("False", "False", "true"),
        ("false", "False", "true"),
    ],
)
def test_b21a_the_old_boolean_stays_and_a_json_one_stands_beside_it(said, skip, verify):
    given = variables(skip_ssl_verify=said)
    assert given["SMTP_SKIP_SSL_VERIFY"] == skip
    assert given["SMTP_VERIFY_SSL"] == verify


def test_b45_the_sender_is_told():
    assert variables(smtp_sender="shop@example.com")["SMTP_SENDER"] == "shop@example.com"


@pytest.mark.parametrize(
    "said",
    [
        '["a@example.com", "b@example.com"]',
        "a@example.com,b@example.com,",
        "a@example.com, b@example.com",
    ],
)
def test_b45_the_recipients_are_told_as_a_json_list(said):
    assert variables(recipients=said)["SMTP_RECIPIENTS"] == '["a@example.com", "b@example.com"]'


@pytest.mark.parametrize("said", ["[]", ",", " "])
def test_no_recipients_have_no_variable(said):
    assert variables(recipients=said) == variables()


def test_the_password_comes_from_the_secret_that_the_databag_names():
    assert variables(password_id="kept")["SMTP_PASSWORD"] == "from secret"


def test_a_password_left_over_in_plain_text_gives_way_to_the_secret():
    assert variables(password_id="kept", password="old")["SMTP_PASSWORD"] == "from secret"


def test_a_secret_without_a_password_is_told():
    given = remote({**GIVEN, "password_id": "odd"}, odd={"token": "x"})
    with pytest.raises(errors.RelationDataError, match="its secret has no password"):
        smtp.INTEGRATION.read(given)


def test_b20_a_secret_that_is_not_granted_is_refused():
    given = integration.RemoteData(app={**GIVEN, "password_id": "gone"})
    with pytest.raises(errors.RelationDataError, match="missing or not granted"):
        smtp.INTEGRATION.read(given)


@pytest.mark.parametrize("given", [{}, {"skip_ssl_verify": "False"}])
def test_b20b_a_provider_that_has_not_answered_is_waited_for(given):
    assert smtp.INTEGRATION.read(remote(given)) is None


@pytest.mark.parametrize("key", list(GIVEN))
def test_b20a_what_is_missing_is_told(key):
    given = {name: value for name, value in GIVEN.items() if name != key}
    assert refusal(given) == [(key.replace("_", "-"), "field required")]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("host", "a\0b"),
        ("port", "0"),
        ("port", "65536"),
        ("port", "smtp"),
        ("auth_type", "login"),
        ("transport_security", "ssl"),
        ("skip_ssl_verify", "perhaps"),
        ("user", "a\0b"),
        ("recipients", "[5]"),
    ],
)
def test_b20_what_cannot_be_used_is_refused_by_its_key(key, value):
    assert refusal({**GIVEN, key: value})[0][0].startswith(key.replace("_", "-"))


@pytest.mark.parametrize("value", ["[", "[" * 2000])
def test_recipients_that_are_no_json_are_refused(value):
    with pytest.raises(errors.RelationDataError, match="recipients is not JSON"):
        smtp.INTEGRATION.read(remote({**GIVEN, "recipients": value}))


def test_the_password_does_not_show():
    data = smtp.INTEGRATION.read(remote({**GIVEN, "password": "hunter2"}))
    assert "hunter2" not in repr(data)
    assert smtp.INTEGRATION.secrets == ("password",)
