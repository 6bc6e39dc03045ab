"""Tracing, with the provider of ``charmlibs.interfaces.tracing`` as its side."""

from __future__ import annotations

import pathlib
from typing import Any

import pytest
from counterparts import applications, relay, rows, sides, tempo


@pytest.fixture
def related(tmp_path: pathlib.Path) -> relay.Relay:
    """Two units of ours and two of the other side, related and at rest."""
    return sides.together(rows.find("tracing"), tmp_path)


def variables(unit: applications.Unit) -> dict[str, str]:
    return {n: v for n, v in unit.environment.items() if n.startswith("OTEL_")}


def publish(between: relay.Relay, *receivers: tuple[Any, str]) -> None:
    between.act(between.theirs.leader, lambda charm: charm.publish(receivers))


def endpoints(between: relay.Relay) -> set[str | None]:
    return {unit.environment.get("OTEL_EXPORTER_OTLP_ENDPOINT") for unit in between.ours.units}


def test_b20b_an_agent_that_knows_no_receiver_yet_is_waited_for(tmp_path: pathlib.Path):
    between = sides.together(rows.find("tracing", charm=tempo.Agent), tmp_path)
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
