"""A login, with its library as it is installed, and as charms fetched it, as its side."""

from __future__ import annotations

import dataclasses
import json
import pathlib
from typing import Any

import ops.testing
import pytest
from counterparts import applications, identity, ours, relay, theirs

PREFIX = "FLASK_MY_LOGIN_"
GIVEN = {
    "CLIENT_ID",
    "CLIENT_SECRET",
    "API_BASE_URL",
    "AUTHORIZE_URL",
    "ACCESS_TOKEN_URL",
    "USER_URL",
    "JWKS_URL",
    "CLIENT_KWARGS",
}
OPTIONS = {"SCOPES", "REDIRECT_PATH"}
"""Of the options, that the application is told as well."""


@pytest.fixture(params=identity.OAUTH)
def charm(request: pytest.FixtureRequest) -> type[identity.Login]:
    return identity.login(request.param)


@pytest.fixture
def apart(charm: type[identity.Login], tmp_path: pathlib.Path) -> relay.Relay:
    """Two units of ours behind an ingress, and two of the login, not yet related."""
    login = theirs.application(charm, "hydra", identity.LOGIN, provides="oauth", units=2)
    between = relay.Relay(ours.application("my-login", tmp_path), login)
    open_to("https://blog.example/", between)
    return between


@pytest.fixture
def related(apart: relay.Relay) -> relay.Relay:
    """Both sides, related and at rest."""
    apart.integrate()
    return apart


def open_to(url: str, between: relay.Relay) -> None:
    """Let an ingress give every unit of ours this URL. No hook tells it yet."""
    data = {"ingress": json.dumps({"url": url})}
    for unit in between.ours.units:
        others = [one for one in unit.state.relations if one.endpoint != "ingress"]
        ingress = ops.testing.Relation("ingress", id=50, remote_app_data=data)
        unit.state = dataclasses.replace(unit.state, relations=[*others, ingress])


def configure(between: relay.Relay, **options: str) -> None:
    """Set options of ours."""
    config = {f"my-login-{name.replace('_', '-')}": value for name, value in options.items()}
    for unit in between.ours.units:
        unit.state = dataclasses.replace(unit.state, config=config)
        between.happen(unit, "config_changed")


def variables(unit: applications.Unit) -> dict[str, str]:
    """Return the login's variables, without their prefix."""
    found = unit.environment.items()
    return {n.removeprefix(PREFIX): v for n, v in found if n.startswith(PREFIX)}


def heard(between: relay.Relay) -> Any:
    """Return what the login last heard."""
    return between.ask(between.theirs.leader, lambda charm: charm.heard[-1])


def test_the_provider_reads_what_we_register(related: relay.Relay):
    client = heard(related)

    assert client.redirect_uri == "https://blog.example/callback"
    assert client.scope == "openid profile email"
    assert client.grant_types == ["authorization_code"]
    assert client.audience == []
    assert client.token_endpoint_auth_method == "client_secret_basic"


@pytest.mark.parametrize("number", [0, 1], ids=["leader", "follower"])
def test_every_unit_can_log_users_in(related: relay.Relay, number: int):
    unit = related.ours.unit(number)

    assert variables(unit).keys() == GIVEN | OPTIONS
    assert variables(unit)["CLIENT_ID"] == f"client-{related.id}"
    assert variables(unit)["CLIENT_SECRET"] == "first"
    assert variables(unit)["AUTHORIZE_URL"] == "https://login.example/oauth2/auth"
    assert unit.environment["FLASK_MY-LOGIN_CLIENT_SECRET"] == "first"
    assert unit.status == "active: "


def test_it_does_not_matter_which_side_is_told_first(apart: relay.Relay):
    apart.integrate(theirs_first=True)

    assert variables(apart.ours.leader)["CLIENT_SECRET"] == "first"


def test_nothing_is_registered_before_there_is_a_leader(apart: relay.Relay):
    apart.ours.elect(-1)
    apart.integrate()
    assert apart.ours.bag == {}

    apart.ours.elect(1)
    apart.happen(apart.ours.unit(1), "leader_elected")
    apart.settle()

    assert {variables(unit)["CLIENT_SECRET"] for unit in apart.ours.units} == {"first"}


def test_a_unit_that_comes_later_can_log_users_in(apart: relay.Relay, tmp_path: pathlib.Path):
    apart.integrate()
    newcomer = ours.unit(2, tmp_path, units=3)
    # What peers share comes with the first hook.
    secrets = apart.ours.leader.state.secrets
    peers = [r for r in apart.ours.leader.state.relations if r.endpoint == "secret-storage"]
    newcomer.state = dataclasses.replace(newcomer.state, secrets=secrets, relations=peers)

    apart.join(apart.ours, newcomer)
    open_to("https://blog.example/", apart)
    apart.happen(newcomer, "config_changed")

    assert variables(newcomer)["CLIENT_SECRET"] == "first"


def test_b23c_a_rotated_secret_reaches_every_unit(related: relay.Relay):
    related.act(related.theirs.leader, lambda charm: charm.rotate(related.id, "second"))

    found = {variables(unit)["CLIENT_SECRET"] for unit in related.ours.units}
    assert found == {"second"}


def test_the_provider_hears_of_another_url(related: relay.Relay):
    open_to("https://elsewhere.example/blog", related)
    for unit in related.ours.units:
        related.happen(unit, "config_changed")

    assert heard(related).redirect_uri == "https://elsewhere.example/blog/callback"


def test_the_provider_hears_of_other_options(related: relay.Relay):
    configure(related, scopes="openid phone", redirect_path="/login/back")

    assert heard(related).scope == "openid phone"
    assert heard(related).redirect_uri == "https://blog.example/login/back"
    kwargs = {variables(unit)["CLIENT_KWARGS"] for unit in related.ours.units}
    assert kwargs == {'{"scope": "openid phone"}'}


@pytest.mark.parametrize("number", [0, 1], ids=["leader", "follower"])
def test_a_secret_that_is_not_granted_cannot_be_read(related: relay.Relay, number: int):
    unit = related.ours.unit(number)

    related.act(related.theirs.leader, lambda charm: charm.revoke(related.id))
    related.happen(unit, "config_changed")

    assert unit.status == (
        "blocked: Invalid my-login relation data: "
        "its secret is missing or not granted to this application"
    )


def test_a_secret_that_is_granted_again_can_be_read_again(related: relay.Relay):
    unit = related.ours.leader
    related.act(related.theirs.leader, lambda charm: charm.revoke(related.id))
    related.happen(unit, "config_changed")

    related.act(related.theirs.leader, lambda charm: charm.grant(related.id))
    related.happen(unit, "update_status")

    assert unit.status == "active: "
    assert variables(unit)["CLIENT_SECRET"] == "first"


def test_b13_a_broken_relation_takes_the_variables_away(related: relay.Relay):
    related.remove()

    assert [variables(unit).keys() for unit in related.ours.units] == [OPTIONS, OPTIONS]
    assert {unit.status for unit in related.ours.units} == {"active: "}


def test_a_relation_that_is_made_again_gives_a_new_client(related: relay.Relay):
    related.remove()

    related.integrate()

    found = {variables(unit)["CLIENT_ID"] for unit in related.ours.units}
    assert found == {f"client-{related.id}"}


def test_a_client_that_is_gone_takes_the_variables_away(related: relay.Relay):
    gone = ("client_id", "client_secret_id")
    related.act(related.theirs.leader, lambda charm: charm.forget(related.id, *gone))

    assert [variables(unit).keys() for unit in related.ours.units] == [OPTIONS, OPTIONS]
    assert {unit.status for unit in related.ours.units} == {"active: "}


def test_a_provider_that_comes_back_with_less_is_told_and_the_application_stays(
    related: relay.Relay,
):
    related.act(related.theirs.leader, lambda charm: charm.forget(related.id, "jwks_endpoint"))

    for unit in related.ours.units:
        assert unit.status.startswith("blocked: Invalid my-login relation data: jwks-endpoint: ")
        assert variables(unit)["CLIENT_SECRET"] == "first"


def test_a_unit_of_the_provider_that_goes_changes_nothing(related: relay.Relay):
    before = related.ours.picture()

    related.leave(related.theirs.unit(1))

    assert related.ours.picture() == before


def test_an_event_without_news_writes_nothing(related: relay.Relay):
    before = related.picture()

    related.happen_everywhere()

    assert related.picture() == before
