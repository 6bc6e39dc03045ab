"""A store of permissions, with the library of its charm as its side."""

from __future__ import annotations

import pathlib

import pytest
from counterparts import applications, identity, ours, relay, theirs

STORE = {
    "FGA_STORE_ID": "store-of-app-store",
    "FGA_TOKEN": "first",
    "FGA_GRPC_API_URL": "http://openfga:8081",
    "FGA_HTTP_API_URL": "http://openfga:8080",
}


@pytest.fixture
def apart(tmp_path: pathlib.Path) -> relay.Relay:
    """Two units of ours and two of the store, not yet related."""
    store = theirs.application(
        identity.Store, "openfga-k8s", identity.STORE, provides="openfga", units=2
    )
    return relay.Relay(ours.application("openfga", tmp_path), store)


@pytest.fixture
def related(apart: relay.Relay) -> relay.Relay:
    """Both sides, related and at rest."""
    apart.integrate()
    return apart


def variables(unit: applications.Unit) -> dict[str, str]:
    return {name: value for name, value in unit.environment.items() if name.startswith("FGA_")}


@pytest.mark.parametrize("number", [0, 1], ids=["leader", "follower"])
def test_every_unit_gets_the_store(related: relay.Relay, number: int):
    unit = related.ours.unit(number)

    assert variables(unit) == STORE
    assert unit.status == "active: "


def test_the_token_travels_in_a_secret_only(related: relay.Relay):
    assert "token_secret_id" in related.theirs.bag
    assert "token" not in related.theirs.bag


def test_it_does_not_matter_which_side_is_told_first(apart: relay.Relay):
    apart.integrate(theirs_first=True)

    assert variables(apart.ours.leader) == STORE


def test_b30_a_leader_that_is_elected_later_asks(apart: relay.Relay):
    apart.ours.elect(-1)
    apart.integrate()
    assert apart.ours.bag == {}

    apart.ours.elect(1)
    apart.happen(apart.ours.unit(1), "leader_elected")

    assert apart.ours.bag == {"store_name": "app-store"}
    assert [variables(unit) for unit in apart.ours.units] == [STORE, STORE]


def test_b23c_a_rotated_token_reaches_every_unit(related: relay.Relay):
    related.act(related.theirs.leader, lambda charm: charm.rotate("second"))

    assert {variables(unit)["FGA_TOKEN"] for unit in related.ours.units} == {"second"}


def test_another_address_reaches_every_unit(related: relay.Relay):
    related.act(related.theirs.leader, lambda charm: charm.move("elsewhere"))

    found = {variables(unit)["FGA_HTTP_API_URL"] for unit in related.ours.units}
    assert found == {"http://elsewhere:8080"}
    assert {variables(unit)["FGA_TOKEN"] for unit in related.ours.units} == {"first"}


def test_b13_a_broken_relation_takes_the_variables_away(related: relay.Relay):
    related.remove()

    assert [variables(unit) for unit in related.ours.units] == [{}, {}]
    assert {unit.status for unit in related.ours.units} == {"active: "}


def test_a_relation_that_is_made_again_gives_the_store_again(related: relay.Relay):
    related.remove()

    related.integrate()

    assert [variables(unit) for unit in related.ours.units] == [STORE, STORE]


def test_a_provider_that_comes_back_with_less_takes_variables_away(related: relay.Relay):
    gone = ("token_secret_id", "store_id")
    related.act(related.theirs.leader, lambda charm: charm.forget(related.id, *gone))

    for unit in related.ours.units:
        assert variables(unit).keys() == {"FGA_GRPC_API_URL", "FGA_HTTP_API_URL"}


def test_a_provider_without_an_address_leaves_no_variables(related: relay.Relay):
    related.act(related.theirs.leader, lambda charm: charm.forget(related.id, "grpc_api_url"))

    assert [variables(unit) for unit in related.ours.units] == [{}, {}]
    assert {unit.status for unit in related.ours.units} == {"active: "}


def test_a_unit_of_the_provider_that_goes_changes_nothing(related: relay.Relay):
    before = related.ours.picture()

    related.leave(related.theirs.unit(1))

    assert related.ours.picture() == before


def test_an_event_without_news_writes_nothing(related: relay.Relay):
    before = related.picture()

    related.happen_everywhere()

    assert related.picture() == before
