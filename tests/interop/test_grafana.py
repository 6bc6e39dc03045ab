"""Dashboards, with ``charms.grafana_k8s`` as their other end."""

from __future__ import annotations

import json
import pathlib
from typing import Any

import pytest
from counterparts import observability, relay, rows, sides

pytestmark = pytest.mark.usefixtures("client")


@pytest.fixture
def related(tmp_path: pathlib.Path) -> relay.Relay:
    """Two units of ours and one of the other side, related and at rest."""
    return sides.together(rows.find("grafana_dashboard"), tmp_path, there=1)


def shown(between: relay.Relay) -> dict[str, dict[str, Any]]:
    """Return the dashboards that Grafana shows, by title."""
    return between.ask(between.theirs.leader, observability.Grafana.contents)


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


def test_another_leader_changes_nothing_that_is_shown(related: relay.Relay):
    before = shown(related)

    related.ours.elect(1)
    related.happen(related.ours.unit(1), "leader_elected")

    assert shown(related) == before
