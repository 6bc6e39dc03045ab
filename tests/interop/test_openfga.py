"""A store of permissions, with the library of its charm as its side."""

from __future__ import annotations

import pathlib

import pytest
from counterparts import applications, relay, rows, sides


@pytest.fixture
def related(tmp_path: pathlib.Path) -> relay.Relay:
    """Two units of ours and two of the other side, related and at rest."""
    return sides.together(rows.find("openfga"), tmp_path)


def variables(unit: applications.Unit) -> dict[str, str]:
    return {name: value for name, value in unit.environment.items() if name.startswith("FGA_")}


def test_the_token_travels_in_a_secret_only(related: relay.Relay):
    assert "token_secret_id" in related.theirs.bag
    assert "token" not in related.theirs.bag


def test_another_address_reaches_every_unit(related: relay.Relay):
    related.act(related.theirs.leader, lambda charm: charm.move("elsewhere"))

    found = {variables(unit)["FGA_HTTP_API_URL"] for unit in related.ours.units}
    assert found == {"http://elsewhere:8080"}
    assert {variables(unit)["FGA_TOKEN"] for unit in related.ours.units} == {"first"}


def test_a_provider_without_an_address_leaves_no_variables(related: relay.Relay):
    related.act(related.theirs.leader, lambda charm: charm.forget(related.id, "grpc_api_url"))

    assert [variables(unit) for unit in related.ours.units] == [{}, {}]
    assert {unit.status for unit in related.ours.units} == {"active: "}
