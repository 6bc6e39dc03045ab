"""Dashboards, with ``charms.grafana_k8s`` as their other end."""

from __future__ import annotations

import json
import pathlib
from typing import Any

import pytest
from counterparts import observability, ours, relay, theirs

pytestmark = pytest.mark.usefixtures("client")


def relate(folder: pathlib.Path) -> relay.Relay:
    """Return both sides, not yet related."""
    ours.pack(folder)
    grafana = theirs.application(
        observability.Grafana,
        "grafana",
        observability.DASHBOARDS,
        requires="grafana_dashboard",
        peers=observability.GRAFANA_PEERS,
    )
    return relay.Relay(ours.application("grafana-dashboard", folder), grafana)


@pytest.fixture
def related(tmp_path: pathlib.Path) -> relay.Relay:
    """Both sides related and at rest."""
    found = relate(tmp_path)
    found.integrate()
    return found


def shown(between: relay.Relay) -> dict[str, dict[str, Any]]:
    """Return the dashboards that Grafana shows, by title."""
    return between.ask(between.theirs.leader, observability.Grafana.contents)


def test_the_frameworks_dashboard_and_the_authors_are_shown(related: relay.Relay):
    assert shown(related).keys() == {"Flask Operator", "Posts"}


def test_the_panels_arrive_as_they_were_written(related: relay.Relay):
    dashboards = shown(related)

    assert dashboards["Posts"]["panels"][0]["targets"][0]["expr"] == "sum(posts)"
    assert "flask_requests" in json.dumps(dashboards["Flask Operator"]["panels"])


def test_every_dashboard_can_be_narrowed_down_to_a_unit(related: relay.Relay):
    wanted = {"juju_model", "juju_model_uuid", "juju_application", "juju_unit"}

    for dashboard in shown(related).values():
        assert wanted <= {one["name"] for one in dashboard["templating"]["list"]}


def test_every_dashboard_says_which_charm_it_is_from(related: relay.Relay):
    assert all("charm: blog-k8s" in one["tags"] for one in shown(related).values())


def test_grafana_finds_nothing_wrong(related: relay.Relay):
    assert "event" not in related.theirs.bag


def test_it_does_not_matter_which_side_is_told_first(tmp_path: pathlib.Path):
    between = relate(tmp_path)

    between.integrate(theirs_first=True)

    assert shown(between).keys() == {"Flask Operator", "Posts"}


def test_nothing_is_shown_before_our_leader_has_written(tmp_path: pathlib.Path):
    between = relate(tmp_path)
    between.ours.elect(-1)
    between.integrate()
    assert shown(between) == {}

    between.ours.elect(1)
    between.happen(between.ours.unit(1), "leader_elected")

    assert shown(between).keys() == {"Flask Operator", "Posts"}


def test_another_leader_changes_nothing_that_is_shown(related: relay.Relay):
    before = shown(related)

    related.ours.elect(1)
    related.happen(related.ours.unit(1), "leader_elected")

    assert shown(related) == before


def test_a_broken_relation_takes_the_dashboards_away(related: relay.Relay):
    related.remove()

    assert shown(related) == {}
    assert {unit.status for unit in related.ours.units} == {"active: "}


def test_a_relation_that_is_made_again_shows_them_again(related: relay.Relay):
    related.remove()

    related.integrate()

    assert shown(related).keys() == {"Flask Operator", "Posts"}


def test_an_event_without_news_writes_nothing(related: relay.Relay):
    before = related.picture()

    related.happen_everywhere()

    assert related.picture() == before
