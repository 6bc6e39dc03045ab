"""Metrics, with ``charms.prometheus_k8s`` as their other end."""

from __future__ import annotations

import json
import pathlib
from typing import Any

import pytest
from counterparts import ours, relay, rows, sides

pytestmark = pytest.mark.usefixtures("client")

UNIT_0 = "blog-0.blog-endpoints.newsroom.svc.cluster.local"
TOPOLOGY = {
    "juju_model": "newsroom",
    "juju_model_uuid": ours.MODEL.uuid,
    "juju_application": "blog",
    "juju_charm": "blog-k8s",
}


@pytest.fixture
def related(tmp_path: pathlib.Path) -> relay.Relay:
    """Two units of ours and one of the other side, related and at rest."""
    return sides.together(rows.find("prometheus_scrape"), tmp_path, there=1)


def jobs(between: relay.Relay) -> list[dict[str, Any]]:
    found = between.ask(between.theirs.leader, lambda charm: charm.metrics.jobs())
    return sorted(found, key=lambda job: job["job_name"])


def scraped(between: relay.Relay) -> set[tuple[str, str]]:
    """Return each target with its path."""
    return {
        (target, job["metrics_path"])
        for job in jobs(between)
        for static in job["static_configs"]
        for target in static["targets"]
    }


def alerts(between: relay.Relay) -> dict[str, Any]:
    """Return the rules that Prometheus reads, by name."""
    found = between.ask(between.theirs.leader, lambda charm: charm.metrics.alerts)
    groups = [group for one in found.values() for group in one["groups"]]
    return {rule["alert"]: rule for group in groups for rule in group["rules"]}


def test_each_unit_of_ours_is_scraped(related: relay.Relay):
    assert {("10.1.7.1:9102", "/metrics"), ("10.1.7.2:9102", "/metrics")} <= scraped(related)


def test_the_jobs_of_the_author_are_scraped(related: relay.Relay):
    own = {("10.1.7.1:9102", "/metrics"), ("10.1.7.2:9102", "/metrics")}

    assert scraped(related) - own == {
        (f"{UNIT_0}:9200", "/metrics"),
        ("10.1.7.1:9300", "/worker-metrics"),
        ("10.1.7.2:9300", "/worker-metrics"),
        ("gateway.example:9400", "/worker-metrics"),
    }


def test_what_is_scraped_says_which_unit_it_is_from(related: relay.Relay):
    labels = {
        target: static["labels"]
        for job in jobs(related)
        for static in job["static_configs"]
        for target in static["targets"]
    }

    assert labels["10.1.7.1:9102"] == {**TOPOLOGY, "juju_unit": "blog/0"}
    assert labels["10.1.7.2:9102"] == {**TOPOLOGY, "juju_unit": "blog/1"}
    assert labels["10.1.7.2:9300"] == {**TOPOLOGY, "juju_unit": "blog/1"}


def test_the_scheduler_is_known_as_unit_0(related: relay.Relay):
    (labels,) = (
        static["labels"]
        for job in jobs(related)
        for static in job["static_configs"]
        if f"{UNIT_0}:9200" in static["targets"]
    )

    assert labels == {**TOPOLOGY, "juju_unit": "blog/0", "part": "cron"}


def test_every_job_has_a_name_of_its_own(related: relay.Relay):
    names = [job["job_name"] for job in jobs(related)]

    assert len(names) == len(set(names)) == 6


@pytest.mark.parametrize("alert", ["FlaskTargetMissing", "HostDown", "HostMetricsMissing", "Slow"])
def test_the_alerts_carry_the_topology(related: relay.Relay, alert: str):
    rule = alerts(related)[alert]

    assert rule["labels"].items() >= TOPOLOGY.items()
    assert "%%" not in rule["expr"]


def test_prometheus_finds_nothing_wrong(related: relay.Relay):
    assert json.loads(related.theirs.bag["event"]) == {}


def test_another_leader_changes_nothing_that_is_read(related: relay.Relay):
    before = jobs(related), alerts(related)

    related.ours.elect(1)
    related.happen(related.ours.unit(1), "leader_elected")

    assert (jobs(related), alerts(related)) == before


def test_a_new_unit_of_ours_is_scraped_too(tmp_path: pathlib.Path):
    between = sides.apart(rows.find("prometheus_scrape"), tmp_path, there=1)
    newcomer = between.ours.units.pop()
    between.integrate()
    assert ("10.1.7.2:9102", "/metrics") not in scraped(between)

    between.join(between.ours, newcomer)

    assert ("10.1.7.2:9102", "/metrics") in scraped(between)


def test_a_unit_of_ours_that_left_is_no_longer_scraped(related: relay.Relay):
    related.leave(related.ours.unit(1))

    assert {target for target, _ in scraped(related)} == {
        "10.1.7.1:9102",
        "10.1.7.1:9300",
        f"{UNIT_0}:9200",
        "gateway.example:9400",
    }
