"""Logs, with ``charms.loki_k8s`` as their other end."""

from __future__ import annotations

import dataclasses
import json
import pathlib

import ops
import pytest
from counterparts import applications, observability, ours, relay, theirs

pytestmark = pytest.mark.usefixtures("client")


def relate(folder: pathlib.Path, *, juju: str = "3.6.0") -> relay.Relay:
    """Return both sides, not yet related; Loki has two units, and so have we."""
    ours.pack(folder)
    loki = theirs.application(
        observability.Loki, "loki", observability.LOGGING, provides="loki_push_api", units=2
    )
    return relay.Relay(ours.application("logging", folder, juju=juju), loki)


@pytest.fixture
def related(tmp_path: pathlib.Path) -> relay.Relay:
    """Both sides related and at rest."""
    found = relate(tmp_path)
    found.integrate()
    return found


def push_url(host: str) -> str:
    return f"http://{host}:3100/loki/api/v1/push"


def active(unit: applications.Unit) -> dict[str, ops.pebble.LogTarget]:
    """Return what logs are sent to, by name."""
    found = unit.plan.log_targets.items()
    return {name: target for name, target in found if target.services != ["-all"]}


def targets(unit: applications.Unit) -> list[str]:
    """Return the URLs that logs are sent to."""
    return sorted(target.location for target in active(unit).values())


FIRST = push_url("loki-0.loki-endpoints")
SECOND = push_url("loki-1.loki-endpoints")
BOTH = [FIRST, SECOND]


@pytest.mark.parametrize("number", [0, 1], ids=["leader", "follower"])
def test_every_unit_sends_its_logs_to_each_unit_of_loki(related: relay.Relay, number: int):
    unit = related.ours.unit(number)

    assert targets(unit) == BOTH
    assert unit.status == "active: "


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


def test_it_does_not_matter_which_side_is_told_first(tmp_path: pathlib.Path):
    between = relate(tmp_path)

    between.integrate(theirs_first=True)

    assert [targets(unit) for unit in between.ours.units] == [BOTH, BOTH]


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


def test_a_new_unit_of_loki_gets_the_logs_too(tmp_path: pathlib.Path):
    between = relate(tmp_path)
    newcomer = between.theirs.units.pop()
    between.integrate()
    assert targets(between.ours.leader) == [FIRST]

    between.join(between.theirs, newcomer)

    assert [targets(unit) for unit in between.ours.units] == [BOTH, BOTH]


def test_a_unit_of_loki_that_left_gets_no_logs(related: relay.Relay):
    related.leave(related.theirs.unit(1))

    assert [targets(unit) for unit in related.ours.units] == [[FIRST], [FIRST]]


def test_a_unit_of_loki_that_restarts_gets_no_logs_before_it_gives_its_address(
    related: relay.Relay,
):
    restarted = related.theirs.unit(0)
    related.act(restarted, observability.Loki.forget)
    assert targets(related.ours.leader) == [SECOND]

    related.happen(restarted, "update_status")

    assert targets(related.ours.leader) == BOTH


def test_a_broken_relation_ends_it(related: relay.Relay):
    related.remove()

    assert [targets(unit) for unit in related.ours.units] == [[], []]
    assert {unit.status for unit in related.ours.units} == {"active: "}
    assert related.ask(related.theirs.leader, lambda charm: charm.loki.alerts) == {}


def test_a_relation_that_is_made_again_starts_it_again(related: relay.Relay):
    related.remove()

    related.integrate()

    assert [targets(unit) for unit in related.ours.units] == [BOTH, BOTH]


def test_a_juju_whose_pebble_sends_no_logs_gets_no_targets(tmp_path: pathlib.Path):
    between = relate(tmp_path, juju="3.3.0")

    between.integrate()

    assert between.ours.leader.plan.log_targets == {}
    assert between.ours.leader.status == "active: "
    assert between.ask(between.theirs.leader, lambda charm: charm.loki.alerts)


def test_an_event_without_news_writes_nothing(related: relay.Relay):
    before = related.picture()

    related.happen_everywhere()

    assert related.picture() == before
