"""Tracing, with the provider of ``charmlibs.interfaces.tracing`` as its side."""

from __future__ import annotations

import pathlib
from typing import Any

import pytest
from counterparts import applications, ours, relay, tempo, theirs

pytestmark = pytest.mark.filterwarnings(
    "ignore:.*model_?fields.*:DeprecationWarning", "ignore:.*__fields__.*:DeprecationWarning"
)


def relate(folder: pathlib.Path, charm: type[tempo.Tempo] = tempo.Tempo) -> relay.Relay:
    """Return two units of ours and two of the other side, not yet related."""
    server = theirs.application(charm, "tempo", tempo.ENDPOINT, units=2, provides="tracing")
    return relay.Relay(ours.application("tracing", folder), server)


@pytest.fixture
def related(tmp_path: pathlib.Path) -> relay.Relay:
    found = relate(tmp_path)
    found.integrate()
    return found


def variables(unit: applications.Unit) -> dict[str, str]:
    return {n: v for n, v in unit.environment.items() if n.startswith("OTEL_")}


def publish(between: relay.Relay, *receivers: tuple[Any, str]) -> None:
    between.act(between.theirs.leader, lambda charm: charm.publish(receivers))


def endpoints(between: relay.Relay) -> set[str | None]:
    return {unit.environment.get("OTEL_EXPORTER_OTLP_ENDPOINT") for unit in between.ours.units}


def test_the_provider_reads_what_is_asked_for(related: relay.Relay):
    asked = related.ask(related.theirs.leader, lambda charm: charm.tracing.requested_protocols())
    assert asked == {"otlp_http"}


@pytest.mark.parametrize("number", [0, 1], ids=["leader", "follower"])
def test_every_unit_sends_traces_by_http(related: relay.Relay, number: int):
    unit = related.ours.unit(number)
    assert variables(unit) == {
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"{tempo.HTTP}/",
        "OTEL_SERVICE_NAME": "blog",
    }
    assert unit.status == "active: "


def test_it_does_not_matter_which_side_is_told_first(tmp_path: pathlib.Path):
    between = relate(tmp_path)
    between.integrate(theirs_first=True)
    assert endpoints(between) == {f"{tempo.HTTP}/"}


def test_a_leader_that_comes_late_asks_all_the_same(tmp_path: pathlib.Path):
    between = relate(tmp_path)
    between.ours.elect(-1)
    between.integrate()
    assert between.ours.bag == {}

    between.ours.elect(1)
    between.happen(between.ours.unit(1), "leader_elected")

    assert endpoints(between) == {f"{tempo.HTTP}/"}


def test_b20b_an_agent_that_knows_no_receiver_yet_is_waited_for(tmp_path: pathlib.Path):
    between = relate(tmp_path, tempo.Agent)
    between.integrate()
    assert [variables(unit) for unit in between.ours.units] == [{}, {}]
    assert {unit.status for unit in between.ours.units} == {"active: "}

    publish(between, ("otlp_http", "https://gateway.example/tempo"))

    assert endpoints(between) == {"https://gateway.example/tempo"}


def test_a_provider_of_grpc_alone_gives_nothing(related: relay.Relay):
    publish(related, ("otlp_grpc", tempo.GRPC))
    assert [variables(unit) for unit in related.ours.units] == [{}, {}]
    assert {unit.status for unit in related.ours.units} == {"active: "}


def test_of_several_receivers_the_first_counts(related: relay.Relay):
    publish(
        related, ("zipkin", "http://z:9411"), ("otlp_http", "http://a"), ("otlp_http", "http://b")
    )
    assert endpoints(related) == {"http://a/"}


@pytest.mark.parametrize("url", ["tempo:4318", "", "http://", "ftp://tempo", "http://tempo:port"])
def test_b20_a_url_that_is_none_blocks_and_what_runs_goes_on(related: relay.Relay, url: str):
    publish(related, ("otlp_http", url))
    for unit in related.ours.units:
        assert unit.status.startswith("blocked: Invalid tracing relation data: endpoint: ")
    assert endpoints(related) == {f"{tempo.HTTP}/"}

    publish(related, ("otlp_http", tempo.HTTP))
    assert {unit.status for unit in related.ours.units} == {"active: "}


def test_a_unit_that_departs_changes_nothing(related: relay.Relay):
    related.leave(related.theirs.unit(1))
    assert endpoints(related) == {f"{tempo.HTTP}/"}


def test_a_broken_relation_takes_the_variables_away(related: relay.Relay):
    related.remove()
    assert [variables(unit) for unit in related.ours.units] == [{}, {}]
    assert {unit.status for unit in related.ours.units} == {"active: "}


def test_an_event_without_news_writes_nothing(related: relay.Relay):
    before = related.picture()
    related.happen_everywhere()
    assert related.picture() == before
