"""Mail relays and identity providers, with an integrator that writes what the protocol has."""

from __future__ import annotations

import pathlib
from collections.abc import Mapping

import pytest
from counterparts import applications, integrators, ours, relay, rows, sides

PUBLISHED = {"saml": integrators.SAML, "smtp": integrators.SMTP}
EXPECTED = {
    "saml": {
        "SAML_ENTITY_ID": "https://idp.newsroom.example/metadata",
        "SAML_METADATA_URL": "https://idp.newsroom.example/metadata",
        "SAML_SINGLE_SIGN_ON_REDIRECT_URL": "https://idp.newsroom.example/sso",
        "SAML_SIGNING_CERTIFICATE": "MIIFirst",
    },
    "smtp": {
        "SMTP_HOST": "mail.newsroom.example",
        "SMTP_PORT": "587",
        "SMTP_USER": "newsroom",
        "SMTP_AUTH_TYPE": "plain",
        "SMTP_TRANSPORT_SECURITY": "starttls",
        "SMTP_DOMAIN": "newsroom.example",
        "SMTP_SKIP_SSL_VERIFY": "True",
        "SMTP_VERIFY_SSL": "false",
    },
}
BROKEN = {
    "saml": ({"x509certs": ","}, "x509certs holds no certificate"),
    "smtp": ({"transport_security": "ssl"}, "transport-security: should be 'none', 'starttls' or"),
}


@pytest.fixture(params=PUBLISHED)
def kind(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def related(kind: str, tmp_path: pathlib.Path) -> relay.Relay:
    """Two units of ours and two of an integrator that has said something."""
    found = sides.together(rows.find(kind), tmp_path)
    publish(found, PUBLISHED[kind])
    return found


smtp_only = pytest.mark.parametrize("kind", ["smtp"], indirect=True)


def publish(between: relay.Relay, data: Mapping[str, str]) -> None:
    between.act(between.theirs.leader, lambda charm: charm.publish(data))


def variables(unit: applications.Unit) -> dict[str, str]:
    prefixes = ("SAML_", "SMTP_")
    return {name: value for name, value in unit.environment.items() if name.startswith(prefixes)}


def test_b20_unusable_data_block_with_the_cause_and_what_runs_goes_on(
    related: relay.Relay, kind: str
):
    change, cause = BROKEN[kind]

    publish(related, {**PUBLISHED[kind], **change})

    for unit in related.ours.units:
        assert unit.status.startswith(f"blocked: Invalid {kind} relation data: {cause}")
        assert variables(unit) == EXPECTED[kind]


def test_data_that_are_mended_are_used_at_once(related: relay.Relay, kind: str):
    publish(related, {**PUBLISHED[kind], **BROKEN[kind][0]})

    publish(related, PUBLISHED[kind])

    assert {unit.status for unit in related.ours.units} == {"active: "}


def test_a_unit_that_joins_later_gets_everything(
    related: relay.Relay, kind: str, tmp_path: pathlib.Path
):
    newcomer = ours.unit(2, tmp_path, units=3)

    related.join(related.ours, newcomer)

    assert variables(newcomer) == EXPECTED[kind]


@smtp_only
def test_b45_sender_and_recipients_reach_the_application(related: relay.Relay):
    publish(
        related,
        {
            **integrators.SMTP,
            "smtp_sender": "blog@newsroom.example",
            "recipients": "desk@newsroom.example,press@newsroom.example",
        },
    )

    environment = related.ours.leader.environment
    assert environment["SMTP_SENDER"] == "blog@newsroom.example"
    assert environment["SMTP_RECIPIENTS"] == '["desk@newsroom.example", "press@newsroom.example"]'
