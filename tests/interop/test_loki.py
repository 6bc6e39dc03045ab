"""Logs, with ``charms.loki_k8s`` as their other end."""

from __future__ import annotations

import dataclasses
import json
import pathlib

import ops
import pytest
from counterparts import applications, observability, ours, relay, rows, sides

pytestmark = pytest.mark.usefixtures("client")


@pytest.fixture
def related(tmp_path: pathlib.Path) -> relay.Relay:
    """Two units of ours and two of the other side, related and at rest."""
    return sides.together(rows.find("loki_push_api"), tmp_path)


def push_url(host: str) -> str:
    return f"http://{host}:3100/loki/api/v1/push"


def active(unit: applications.Unit) -> dict[str, ops.pebble.LogTarget]:
    """Return what logs are sent to, by name."""
    found = unit.plan.log_targets.items()
    return {name: target for name, target in found if target.services != ["-all"]}


def targets(unit: applications.Unit) -> list[str]:
    """Return the URLs that logs are sent to."""
    return sorted(target.location for target in active(unit).values())


FIRST = push_url("loki-0.example")
SECOND = push_url("loki-1.example")
BOTH = [FIRST, SECOND]


@pytest.mark.parametrize("number", [0, 1], ids=["leader", "follower"])
def test_log_lines_say_which_unit_they_are_from(related: relay.Relay, number: int):
    for target in active(related.ours.unit(number)).values():
        assert target.services == ["all"]
        assert target.labels == {
            "product": "Juju",
            "charm": "blog-k8s",
            "juju_model": "newsroom",
            "juju_model_uuid": ours.MODEL.uuid,
            "juju_application": "blog",
            "juju_unit": f"blog/{number}",
        }


@pytest.mark.parametrize("client", [ours.BUILT_IN], indirect=True)
def test_targets_are_named_after_the_units_of_loki(related: relay.Relay):
    assert active(related.ours.leader).keys() == {"loki/0", "loki/1"}


@pytest.mark.parametrize("client", [ours.LIBRARIES], indirect=True)
def test_targets_are_counted_where_the_library_tells_no_units(related: relay.Relay):
    assert active(related.ours.leader).keys() == {"logging/0", "logging/1"}


@pytest.mark.parametrize("number", [0, 1], ids=["leader", "follower"])
def test_each_unit_of_loki_reads_the_alerts(related: relay.Relay, number: int):
    alerts = related.ask(related.theirs.unit(number), lambda charm: charm.loki.alerts)

    (found,) = alerts.values()
    (group,) = found["groups"]
    (rule,) = group["rules"]
    assert rule["alert"] == "ManyErrors"
    assert "%%" not in rule["expr"]
    assert rule["labels"] == {
        "severity": "warning",
        "juju_model": "newsroom",
        "juju_model_uuid": ours.MODEL.uuid,
        "juju_application": "blog",
        "juju_charm": "blog-k8s",
    }


def test_the_alerts_are_filed_under_the_topology(related: relay.Relay):
    alerts = related.ask(related.theirs.leader, lambda charm: charm.loki.alerts)

    assert list(alerts) == [f"newsroom_{ours.MODEL.uuid[:8]}_blog"]


def test_loki_finds_nothing_wrong_with_the_alerts(related: relay.Relay):
    related.act(related.theirs.leader, lambda charm: charm.loki.alerts)

    assert json.loads(related.theirs.bag["event"]) == {}


def test_a_new_address_is_followed(related: relay.Relay):
    unit = related.theirs.unit(1)
    unit.state = dataclasses.replace(unit.state, config={"url": "http://moved.example:3100"})

    related.happen(unit, "config_changed")

    moved = [FIRST, push_url("moved.example")]
    assert [targets(unit) for unit in related.ours.units] == [moved, moved]


def test_units_of_loki_behind_one_address_get_each_line_once(related: relay.Relay):
    for unit in related.theirs.units:
        unit.state = dataclasses.replace(unit.state, config={"url": "http://one.example:3100"})
        related.happen(unit, "config_changed")

    assert targets(related.ours.leader) == [push_url("one.example")]


def test_a_unit_of_loki_that_restarts_gets_no_logs_before_it_gives_its_address(
    related: relay.Relay,
):
    restarted = related.theirs.unit(0)
    related.act(restarted, observability.Loki.forget)
    assert targets(related.ours.leader) == [SECOND]

    related.happen(restarted, "update_status")

    assert targets(related.ours.leader) == BOTH


def test_a_juju_whose_pebble_sends_no_logs_gets_no_targets(tmp_path: pathlib.Path):
    between = sides.together(rows.find("loki_push_api"), tmp_path, juju="3.3.0")

    assert between.ours.leader.plan.log_targets == {}
    assert between.ours.leader.status == "active: "
    assert between.ask(between.theirs.leader, lambda charm: charm.loki.alerts)
