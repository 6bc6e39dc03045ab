"""Valkey, with the provider of ``dpcharmlibs.interfaces`` as its side."""

from __future__ import annotations

import pathlib
from typing import Any

import pytest
from counterparts import applications, ours, relay, rows, sides, valkey

PRIMARY = "valkey-0.valkey-endpoints:6379"


@pytest.fixture
def related(tmp_path: pathlib.Path) -> relay.Relay:
    """Two units of ours and two of the other side, related and at rest."""
    return sides.together(rows.find("valkey_client"), tmp_path)


def user(between: relay.Relay) -> str:
    (request,) = between.ask(between.theirs.leader, lambda charm: charm.requests(between.id))
    return f"relation-{between.id}-{request.request_id}"


def publish(between: relay.Relay, **changes: Any) -> None:
    """Let Valkey say something else."""
    between.act(between.theirs.leader, lambda charm: charm.publish(between.id, **changes))


def variables(unit: applications.Unit) -> dict[str, str]:
    return {n: v for n, v in unit.environment.items() if n.startswith("VALKEY_")}


def given(between: relay.Relay, name: str) -> set[str | None]:
    return {unit.environment.get(name) for unit in between.ours.units}


def test_the_provider_reads_the_request(related: relay.Relay):
    (request,) = related.ask(related.theirs.leader, lambda charm: charm.requests(related.id))
    assert request.resource == "*"
    assert len(request.request_id) == len(request.salt) == 16
    assert request.request_id == request.short_uuid
    assert (request.extra_user_roles, request.entity_type, request.mtls_cert) == (None, None, None)


def test_credentials_travel_in_a_secret_only(related: relay.Relay):
    assert "first" not in related.theirs.bag["requests"]
    assert "secret-user" in related.theirs.bag["requests"]


@pytest.mark.parametrize("number", [0, 1], ids=["leader", "follower"])
@pytest.mark.parametrize("juju", ["3.1.0", "3.6.0", valkey.JUJU])
def test_every_unit_gets_valkey_on_every_juju_that_has_secrets(
    tmp_path: pathlib.Path, number: int, juju: str
):
    between = sides.together(rows.find("valkey_client"), tmp_path, juju=juju)

    unit, name = between.ours.unit(number), user(between)
    assert variables(unit) == {
        "VALKEY_DB_CONNECT_STRING": f"valkey://{name}:first@{PRIMARY}",
        "VALKEY_DB_SCHEME": "valkey",
        "VALKEY_DB_NETLOC": f"{name}:first@{PRIMARY}",
        "VALKEY_DB_PATH": "",
        "VALKEY_DB_PARAMS": "",
        "VALKEY_DB_QUERY": "",
        "VALKEY_DB_FRAGMENT": "",
        "VALKEY_DB_USERNAME": name,
        "VALKEY_DB_PASSWORD": "first",
        "VALKEY_DB_HOSTNAME": "valkey-0.valkey-endpoints",
        "VALKEY_DB_PORT": "6379",
        "VALKEY_DB_READ_ONLY_ENDPOINTS": (
            "valkey-1.valkey-endpoints:6379,valkey-2.valkey-endpoints:6379"
        ),
        "VALKEY_DB_SENTINEL_ENDPOINTS": (
            "valkey-0.valkey-endpoints:26379,valkey-1.valkey-endpoints:26379"
        ),
        "VALKEY_MODE": "sentinel",
        "VALKEY_VERSION": "9.0.1",
    }
    assert unit.status == "active: "


def test_another_leader_asks_for_the_same(related: relay.Relay):
    before = dict(related.ours.bag)
    related.ours.elect(1)
    related.happen(related.ours.unit(1), "leader_elected")
    assert related.ours.bag == before


def test_b20b_a_server_that_is_still_starting_is_waited_for(tmp_path: pathlib.Path):
    between = sides.together(rows.find("valkey_client", charm=valkey.Starting), tmp_path)
    assert [variables(unit) for unit in between.ours.units] == [{}, {}]
    assert {unit.status for unit in between.ours.units} == {"active: "}

    publish(between)

    assert given(between, "VALKEY_DB_PASSWORD") == {"first"}


def test_b13_a_rotated_password_reaches_every_unit(related: relay.Relay):
    publish(related, password="p@ss/word")
    assert given(related, "VALKEY_DB_PASSWORD") == {"p@ss/word"}
    assert given(related, "VALKEY_DB_CONNECT_STRING") == {
        f"valkey://{user(related)}:p%40ss%2Fword@{PRIMARY}"
    }


def test_b13_credentials_that_move_to_another_secret_reach_every_unit(related: relay.Relay):
    related.act(
        related.theirs.leader, lambda charm: charm.move_to_another_secret(related.id, "third")
    )
    assert given(related, "VALKEY_DB_PASSWORD") == {"third"}


def test_b13_another_primary_reaches_every_unit(related: relay.Relay):
    publish(related, endpoints="valkey-2.valkey-endpoints:6379")
    assert given(related, "VALKEY_DB_HOSTNAME") == {"valkey-2.valkey-endpoints"}


def test_b15a_several_endpoints_make_one_url(related: relay.Relay):
    publish(related, endpoints="valkey-1:6379,valkey-2:6380")
    assert given(related, "VALKEY_DB_CONNECT_STRING") == {
        f"valkey://{user(related)}:first@valkey-1:6379,valkey-2:6380"
    }
    assert given(related, "VALKEY_DB_PORT") == {"6379"}


def test_b20a_tls_blocks_with_the_cause_and_what_runs_goes_on(related: relay.Relay):
    before = variables(related.ours.leader)
    publish(related, tls=True, tls_ca="-----BEGIN CERTIFICATE-----")
    assert {unit.status for unit in related.ours.units} == {
        "blocked: Invalid valkey relation data: Valkey has TLS switched on, which is not supported"
    }
    assert variables(related.ours.leader) == before

    publish(related)
    assert {unit.status for unit in related.ours.units} == {"active: "}


def test_a_unit_of_ours_that_comes_later_gets_the_same(
    related: relay.Relay, tmp_path: pathlib.Path
):
    newcomer = ours.unit(2, tmp_path, units=3)
    related.join(related.ours, newcomer)
    assert variables(newcomer) == variables(related.ours.leader)


def test_nothing_secret_is_logged(related: relay.Relay):
    publish(related, password="hunter2hunter2")
    for unit in related.ours.units:
        assert not any("hunter2" in log.message for log in unit.context.juju_log)
