"""A login, with its library as it is installed, and as charms fetched it, as its side."""

from __future__ import annotations

import dataclasses
import pathlib
from typing import Any

import pytest
from counterparts import applications, ours, relay, rows, sides

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


@pytest.fixture(params=["installed", "fetched"])
def related(request: pytest.FixtureRequest, tmp_path: pathlib.Path) -> relay.Relay:
    """Two units of ours behind an ingress, and two of the login, related and at rest."""
    login = rows.find(f"oauth-{request.param}")
    between = sides.apart(login, tmp_path, endpoint="my-login")
    open_to("https://blog.example/", *between.ours.units)
    between.integrate()
    return between


def open_to(url: str, *units: applications.Unit) -> None:
    for unit in units:
        ours.open_to(unit, url)


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
    return between.ask(between.theirs.leader, lambda charm: charm.heard)


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


def test_a_unit_that_comes_later_can_log_users_in(related: relay.Relay, tmp_path: pathlib.Path):
    newcomer = ours.unit(2, tmp_path, units=3)
    # What peers share comes with the first hook.
    secrets = related.ours.leader.state.secrets
    peers = [r for r in related.ours.leader.state.relations if r.endpoint == "secret-storage"]
    newcomer.state = dataclasses.replace(newcomer.state, secrets=secrets, relations=peers)

    related.join(related.ours, newcomer)
    open_to("https://blog.example/", newcomer)
    related.happen(newcomer, "config_changed")

    assert variables(newcomer)["CLIENT_SECRET"] == "first"


def test_the_provider_hears_of_another_url(related: relay.Relay):
    open_to("https://elsewhere.example/blog", *related.ours.units)
    for unit in related.ours.units:
        related.happen(unit, "config_changed")

    assert heard(related).redirect_uri == "https://elsewhere.example/blog/callback"


def test_the_provider_hears_of_other_options(related: relay.Relay):
    configure(related, scopes="openid phone", redirect_path="/login/back")

    assert heard(related).scope == "openid phone"
    assert heard(related).redirect_uri == "https://blog.example/login/back"
    kwargs = {variables(unit)["CLIENT_KWARGS"] for unit in related.ours.units}
    assert kwargs == {'{"scope": "openid phone"}'}


def test_a_provider_that_comes_back_with_less_is_told_and_the_application_stays(
    related: relay.Relay,
):
    related.act(related.theirs.leader, lambda charm: charm.forget(related.id, "jwks_endpoint"))

    for unit in related.ours.units:
        assert unit.status.startswith("blocked: Invalid my-login relation data: jwks-endpoint: ")
        assert variables(unit)["CLIENT_SECRET"] == "first"
