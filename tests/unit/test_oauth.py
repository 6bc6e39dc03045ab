"""OAuth: what the application is told about a provider, and what is missing before that."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pydantic
import pytest

from paas_app_charmer import decide, environment, errors, facts, integration, release
from paas_app_charmer.integrations import oauth

from . import builders

GIVEN = {
    "issuer_url": "https://login.example",
    "authorization_endpoint": "https://login.example/oauth2/auth",
    "token_endpoint": "https://login.example/oauth2/token",
    "introspection_endpoint": "https://login.example/admin/oauth2/introspect",
    "userinfo_endpoint": "https://login.example/userinfo",
    "jwks_endpoint": "https://login.example/.well-known/jwks.json",
    "scope": "openid profile email phone",
    "client_id": "client",
    "client_secret_id": "secret:abc",
    "jwt_access_token": "True",
}
SECRET = {"secret": "hunter2"}


def site(**options: str) -> integration.Site:
    return builders.site(
        public_url="https://shop.example/model-shop/",
        endpoint="oidc",
        options={name.replace("_", "-"): value for name, value in options.items()},
    )


def properties(given: dict[str, str] = GIVEN, **options: str) -> dict[str, str]:
    data = oauth.parse(given, SECRET, site(**options))
    return dict(oauth.INTEGRATION.properties(data))


def variables(name: str, **changes: Any) -> dict[str, Any]:
    one = dataclasses.replace(builders.endpoint("oauth", name), **changes)
    seen = builders.seen(endpoints=(one,))
    given = environment.build(builders.SPEC, seen)
    return {key: given[key] for key in given if given[key].source == f"integration {name}"}


def test_a_client_that_was_created_gives_what_a_login_takes():
    assert properties() == {
        "client_id": "client",
        "client_secret": "hunter2",
        "api_base_url": "https://login.example",
        "authorize_url": "https://login.example/oauth2/auth",
        "access_token_url": "https://login.example/oauth2/token",
        "user_url": "https://login.example/userinfo",
        "jwks_url": "https://login.example/.well-known/jwks.json",
        "client_kwargs": '{"scope": "openid profile email"}',
    }


def test_the_scopes_are_those_of_the_option():
    kwargs = properties(scopes="phone openid")["client_kwargs"]
    assert json.loads(kwargs) == {"scope": "phone openid"}


@pytest.mark.parametrize("client", ["1234567890123456", "12e4", "true", "null", '"quoted"'])
def test_b17a_the_name_of_a_client_may_look_like_json(client):
    assert properties({**GIVEN, "client_id": client})["client_id"] == client


@pytest.mark.parametrize(
    ("url", "path", "uri"),
    [
        ("https://shop.example", "/callback", "https://shop.example/callback"),
        ("https://shop.example/", "/callback", "https://shop.example/callback"),
        ("https://shop.example/a/", "login/back", "https://shop.example/a/login/back"),
        ("", "/callback", "http://shop.test-model:8000/callback"),
    ],
)
def test_the_browser_comes_back_to_a_path_of_the_application(url, path, uri):
    where = builders.site(public_url=url, options={"redirect-path": path})
    assert oauth.redirect_uri(where) == uri


def test_b23a_a_charm_without_the_options_has_their_defaults():
    bare = builders.site(public_url="https://shop.example")
    assert oauth.redirect_uri(bare) == "https://shop.example/callback"
    assert oauth.scopes_of(bare) == "openid profile email"


@pytest.mark.parametrize("scopes", ["openid", "email openid", "openid  email", "email\nopenid"])
def test_b23a_openid_is_found_as_a_word(scopes):
    assert oauth.scopes_of(site(scopes=scopes)) == scopes


@pytest.mark.parametrize("scopes", ["", "email", "openid2 email", "notopenid", "openid,email"])
def test_b23a_openid_as_a_part_of_another_word_is_not_enough(scopes):
    with pytest.raises(errors.NeedError) as raised:
        oauth.scopes_of(site(scopes=scopes))
    assert str(raised.value) == (
        "The 'openid' scope is required for OAuth integration, please add it to the scopes."
    )


def test_a_client_is_of_no_use_without_an_ingress():
    with pytest.raises(errors.NeedError) as raised:
        oauth.parse(GIVEN, SECRET, builders.site())
    assert str(raised.value) == "Ingress relation is required for OIDC to work correctly!"


@pytest.mark.parametrize(
    "key",
    [
        "issuer_url",
        "authorization_endpoint",
        "token_endpoint",
        "introspection_endpoint",
        "userinfo_endpoint",
        "jwks_endpoint",
    ],
)
@pytest.mark.parametrize("value", [None, "", "login.example", "ftp://x", "https://a b", "{}"])
def test_an_address_that_is_none_is_refused(key, value):
    given = {name: text for name, text in {**GIVEN, key: value}.items() if text is not None}
    with pytest.raises(pydantic.ValidationError) as raised:
        properties(given)
    assert key in str(raised.value)
    assert "hunter2" not in str(raised.value)


@pytest.mark.parametrize("content", [{}, {"secret": ""}, {"password": "hunter2"}])
def test_a_secret_without_the_client_secret_is_refused(content):
    with pytest.raises(pydantic.ValidationError) as raised:
        oauth.parse(GIVEN, content, site())
    assert "client_secret" in str(raised.value)
    assert "hunter2" not in str(raised.value)


def test_the_client_secret_does_not_show():
    assert "hunter2" not in repr(oauth.parse(GIVEN, SECRET, site()))


def test_variables_begin_with_the_prefix_of_the_framework():
    assert sorted(variables("oidc")) == [
        "DEMO_OIDC_ACCESS_TOKEN_URL",
        "DEMO_OIDC_API_BASE_URL",
        "DEMO_OIDC_AUTHORIZE_URL",
        "DEMO_OIDC_CLIENT_ID",
        "DEMO_OIDC_CLIENT_KWARGS",
        "DEMO_OIDC_CLIENT_SECRET",
        "DEMO_OIDC_JWKS_URL",
        "DEMO_OIDC_USER_URL",
    ]


def test_b23_a_hyphen_becomes_an_underscore_and_the_old_spelling_stays():
    given = variables("my-oidc")
    old = {name for name in given if name.startswith("DEMO_MY-OIDC_")}
    assert {name.replace("-", "_") for name in old} == given.keys() - old
    assert given["DEMO_MY-OIDC_CLIENT_ID"].value == given["DEMO_MY_OIDC_CLIENT_ID"].value
    assert given["DEMO_MY-OIDC_CLIENT_SECRET"].secret


def test_b23b_providers_stand_side_by_side():
    first = oauth.parse({**GIVEN, "client_id": "one"}, SECRET, site())
    second = oauth.parse({**GIVEN, "client_id": "two"}, SECRET, site())
    endpoints = (
        builders.endpoint("oauth", "google", data=first),
        builders.endpoint("oauth", "company", data=second),
    )
    given = builders.values(builders.seen(endpoints=endpoints))
    assert (given["DEMO_GOOGLE_CLIENT_ID"], given["DEMO_COMPANY_CLIENT_ID"]) == ("one", "two")


def test_b44_a_required_provider_is_missed_by_the_name_of_its_endpoint():
    seen = builders.seen(
        endpoints=(facts.Endpoint(name="company", integration=oauth.INTEGRATION, required=True),)
    )
    hold = release.blocked("missing integrations: company", gap=True)
    assert decide.decide(builders.SPEC, seen) == hold
