"""SAML: the identity provider, by the keys that its integrator publishes."""

from __future__ import annotations

from collections.abc import Mapping

import pydantic
import pytest

from paas_app_charmer import env, errors, integration
from paas_app_charmer.integrations import saml

from . import builders

REDIRECT = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
POST = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
GIVEN = {"entity_id": "https://idp.example/metadata", "x509certs": "MIIOne,MIITwo"}


def read(given: Mapping[str, str]) -> saml.Saml | None:
    return saml.INTEGRATION.read(integration.RemoteData(app=given))


def variables(**more: str) -> Mapping[str, str]:
    data = read({**GIVEN, **more})
    assert data is not None
    named = env.mechanical(builders.given("SAML", saml.INTEGRATION.properties(data)))
    return {name: one.value for name, one in named.items()}


def sign_on(method: str, url: str, binding: str) -> dict[str, str]:
    prefix = f"single_sign_on_service_{method}"
    return {f"{prefix}_url": url, f"{prefix}_binding": binding}


def test_nothing_is_asked_for():
    bag = saml.INTEGRATION.request(builders.site())
    assert (bag.app, bag.unit) == ({}, {})


def test_an_entity_and_a_certificate_are_enough():
    assert variables() == {
        "SAML_ENTITY_ID": "https://idp.example/metadata",
        "SAML_SIGNING_CERTIFICATE": "MIIOne",
    }


def test_everything_that_an_integrator_publishes():
    given = variables(
        metadata_url="https://idp.example/metadata",
        **sign_on("redirect", "https://idp.example/sso", REDIRECT),
        **sign_on("post", "https://idp.example/post", POST),
        single_sign_on_service_redirect_response_url="https://idp.example/answer",
        single_logout_service_redirect_url="https://idp.example/logout",
        single_logout_service_redirect_binding=REDIRECT,
    )
    assert given == {
        **variables(),
        "SAML_METADATA_URL": "https://idp.example/metadata",
        "SAML_SINGLE_SIGN_ON_REDIRECT_URL": "https://idp.example/sso",
    }


def test_a_bare_host_gains_a_slash():
    given = variables(**sign_on("redirect", "https://idp.example", REDIRECT))
    assert given["SAML_SINGLE_SIGN_ON_REDIRECT_URL"] == "https://idp.example/"


def test_the_binding_says_how_a_url_is_used():
    given = variables(
        **sign_on("redirect", "https://idp.example/artifact", "urn:HTTP-Artifact"),
        **sign_on("post", "https://idp.example/sso", "urn:http-REDIRECT"),
    )
    assert given["SAML_SINGLE_SIGN_ON_REDIRECT_URL"] == "https://idp.example/sso"


def test_without_a_binding_the_key_says_it():
    given = variables(
        single_sign_on_service_redirect_url="https://idp.example/sso",
        single_sign_on_service_post_url="https://idp.example/post",
    )
    assert given["SAML_SINGLE_SIGN_ON_REDIRECT_URL"] == "https://idp.example/sso"


def test_no_other_endpoint_is_taken_for_the_sign_on():
    given = variables(
        **sign_on("post", "https://idp.example/post", POST),
        single_logout_service_redirect_url="https://idp.example/logout",
        single_logout_service_redirect_binding=REDIRECT,
    )
    assert given == variables()


def test_a_certificate_keeps_its_line_breaks():
    certificate = "-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----\n"
    assert variables(x509certs=certificate)["SAML_SIGNING_CERTIFICATE"] == certificate


@pytest.mark.parametrize("given", [{}, {"metadata_url": "https://idp.example"}])
def test_b20b_a_provider_that_has_not_answered_is_waited_for(given):
    assert read(given) is None


@pytest.mark.parametrize("certificates", ["", " ", ",", " , "])
def test_b19a_an_empty_item_is_no_certificate(certificates):
    with pytest.raises(errors.RelationDataError, match="x509certs holds no certificate"):
        read({**GIVEN, "x509certs": certificates})


def test_b19a_a_missing_list_of_certificates_is_told():
    with pytest.raises(errors.RelationDataError, match="x509certs holds no certificate"):
        read({"entity_id": "https://idp.example"})


def test_b19a_the_first_item_that_is_a_certificate_counts():
    assert variables(x509certs=",MIITwo")["SAML_SIGNING_CERTIFICATE"] == "MIITwo"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("entity_id", ""),
        ("entity_id", "a\0b"),
        ("x509certs", "a\0b"),
        ("metadata_url", "not a URL"),
        ("metadata_url", "ftp://idp.example"),
        ("single_sign_on_service_redirect_url", "//idp.example"),
        ("single_sign_on_service_redirect_url", "https://[x/"),
    ],
)
def test_b20_what_cannot_be_used_is_refused(key, value):
    with pytest.raises(pydantic.ValidationError):
        read({**GIVEN, key: value})
