"""Mail relays and identity providers, with an integrator that writes what the protocol has."""

from __future__ import annotations

import pathlib
from collections.abc import Mapping

import pytest
from counterparts import applications, integrators, ours, relay, theirs

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
LESS = {
    "saml": {"entity_id": "https://idp.newsroom.example/metadata", "x509certs": "MIIFirst"},
    "smtp": {
        "host": "mail.newsroom.example",
        "port": "25",
        "auth_type": "none",
        "transport_security": "none",
    },
}
REMAINING = {
    "saml": {"SAML_ENTITY_ID", "SAML_SIGNING_CERTIFICATE"},
    "smtp": {"SMTP_HOST", "SMTP_PORT", "SMTP_SKIP_SSL_VERIFY", "SMTP_VERIFY_SSL"},
}
BROKEN = {
    "saml": ({"x509certs": ","}, "x509certs holds no certificate"),
    "smtp": ({"transport_security": "ssl"}, "transport-security: should be 'none', 'starttls' or"),
}


@pytest.fixture(params=PUBLISHED)
def kind(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def silent(kind: str, tmp_path: pathlib.Path) -> relay.Relay:
    """Two units of ours and two of an integrator that has nothing to say yet."""
    integrator = theirs.application(
        integrators.Integrator, "integrator", integrators.ENDPOINT, units=2, provides=kind
    )
    found = relay.Relay(ours.application(kind, tmp_path), integrator)
    found.integrate()
    return found


@pytest.fixture
def related(kind: str, silent: relay.Relay) -> relay.Relay:
    publish(silent, PUBLISHED[kind])
    return silent


smtp_only = pytest.mark.parametrize("kind", ["smtp"], indirect=True)


def publish(between: relay.Relay, data: Mapping[str, str]) -> None:
    between.act(between.theirs.leader, lambda charm: charm.publish(data))


def publish_password(between: relay.Relay, password: str) -> None:
    between.act(
        between.theirs.leader,
        lambda charm: charm.publish_password(password, integrators.SMTP),
    )


def variables(unit: applications.Unit) -> dict[str, str]:
    prefixes = ("SAML_", "SMTP_")
    return {name: value for name, value in unit.environment.items() if name.startswith(prefixes)}


def test_an_integrator_that_has_nothing_to_say_changes_nothing(silent: relay.Relay):
    assert [variables(unit) for unit in silent.ours.units] == [{}, {}]
    assert {unit.status for unit in silent.ours.units} == {"active: "}
    assert silent.ours.bag == {}


@pytest.mark.parametrize("number", [0, 1], ids=["leader", "follower"])
def test_every_unit_gets_what_is_published(related: relay.Relay, kind: str, number: int):
    assert variables(related.ours.unit(number)) == EXPECTED[kind]
    assert related.ours.unit(number).status == "active: "


def test_a_provider_that_comes_back_with_less_takes_variables_away(
    related: relay.Relay, kind: str
):
    publish(related, LESS[kind])

    assert [set(variables(unit)) for unit in related.ours.units] == [REMAINING[kind]] * 2


def test_a_provider_that_comes_back_with_nothing_leaves_no_variables(related: relay.Relay):
    publish(related, {})

    assert [variables(unit) for unit in related.ours.units] == [{}, {}]
    assert {unit.status for unit in related.ours.units} == {"active: "}


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


def test_b13_a_broken_relation_takes_the_variables_away(related: relay.Relay):
    related.remove()

    assert [variables(unit) for unit in related.ours.units] == [{}, {}]
    assert {unit.status for unit in related.ours.units} == {"active: "}


def test_a_unit_of_the_integrator_that_goes_changes_nothing(related: relay.Relay, kind: str):
    related.leave(related.theirs.unit(1))

    assert [variables(unit) for unit in related.ours.units] == [EXPECTED[kind]] * 2


def test_a_unit_that_joins_later_gets_everything(
    related: relay.Relay, kind: str, tmp_path: pathlib.Path
):
    newcomer = ours.unit(2, tmp_path, units=3)

    related.join(related.ours, newcomer)

    assert variables(newcomer) == EXPECTED[kind]


def test_an_event_without_news_writes_nothing(related: relay.Relay):
    before = related.picture()

    related.happen_everywhere()

    assert related.picture() == before


@smtp_only
def test_the_password_in_a_secret_reaches_every_unit(related: relay.Relay):
    publish_password(related, "first")

    assert [unit.environment["SMTP_PASSWORD"] for unit in related.ours.units] == ["first"] * 2


@smtp_only
def test_a_rotated_password_reaches_every_unit(related: relay.Relay):
    publish_password(related, "first")

    publish_password(related, "second")

    assert [unit.environment["SMTP_PASSWORD"] for unit in related.ours.units] == ["second"] * 2


@smtp_only
@pytest.mark.parametrize("number", [0, 1], ids=["leader", "follower"])
def test_a_secret_that_is_not_granted_cannot_be_read(related: relay.Relay, number: int):
    publish_password(related, "first")
    unit = related.ours.unit(number)

    related.act(related.theirs.leader, lambda charm: charm.revoke())
    related.happen(unit, "config_changed")

    assert unit.status == (
        "blocked: Invalid smtp relation data: "
        "its secret is missing or not granted to this application"
    )
    assert unit.environment["SMTP_PASSWORD"] == "first"


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
