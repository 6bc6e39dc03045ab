"""What only holds, or only matters, when the fetched libraries speak for us.

What holds for both is in the tests of each interface, which run with either. The library of Redis
is in none of the wheels; `tests/charm/test_charm_libs.py` has a stand-in for it.
"""

from __future__ import annotations

import dataclasses
import json
import pathlib
from typing import Any

import ops
import ops.testing
import pytest
from counterparts import observability, ours, relay, rows, sides

SIDES = {side.integration.endpoint: side for side in rows.SIDES if side.client == ours.LIBRARIES}
"""By our endpoint."""
UNDERSTOOD = {
    "metrics-endpoint": ["alert_rules", "scrape_jobs", "scrape_metadata"],
    "logging": ["alert_rules", "metadata"],
    "ingress": ["model", "name", "port", "strip-prefix"],
    "postgresql": ["database"],
    "mysql": ["database"],
    "mongodb": ["database"],
}
"""What we write into the application's databag, in which both clients have to agree."""
JUNK = ["hush", "[" * 3000, "[]", "5", "null", '{"url": 5}', '{"url": "http://[hush"}', "é\n"]
KEYS = [
    *("ingress", "endpoint", "event", "dashboards", "data", "status", "endpoints", "uris"),
    *("username", "password", "secret-user", "requested-secrets", "subordinated", "tls"),
]
"""Of databags, in which the libraries look for something."""
BROKEN = {
    "prometheus_alert_rules/broken.rule": "expr: {",
    "prometheus_alert_rules/wrong.yaml": "groups: 5",
    "prometheus_alert_rules/dated.yaml": "groups: [{name: a, rules: [2026-01-01]}]",
    "loki_alert_rules/text.rule": "only text",
    "grafana_dashboards/broken.json": "{",
    "grafana_dashboards/list.json": "[]",
}
"""Files of an author, with everything wrong that there may be."""

libraries = pytest.mark.parametrize("client", [ours.LIBRARIES], indirect=True)


def relate(endpoint: str, folder: pathlib.Path) -> relay.Relay:
    """Return both sides of an endpoint, not yet related."""
    return sides.apart(SIDES[endpoint], folder, there=1)


def alerts(between: relay.Relay) -> set[str]:
    """Return the names of the alerts that Loki or Prometheus reads."""

    def read(charm: Any) -> Any:
        return (charm.loki if hasattr(charm, "loki") else charm.metrics).alerts

    found = between.ask(between.theirs.leader, read)
    groups = [group for one in found.values() for group in one["groups"]]
    return {rule["alert"] for group in groups for rule in group["rules"]}


def dashboards(between: relay.Relay) -> set[str]:
    """Return the titles of the dashboards that Grafana shows."""
    return set(between.ask(between.theirs.leader, observability.Grafana.contents))


READ = {"logging": alerts, "metrics-endpoint": alerts, "grafana-dashboard": dashboards}
KNOWN = {
    "logging": {"ManyErrors"},
    "metrics-endpoint": {"Slow", "FlaskTargetMissing", "HostDown"},
    "grafana-dashboard": {"Posts", "Flask Operator"},
}
"""What the other side reads of the framework's files and the author's."""


@pytest.mark.parametrize("endpoint", UNDERSTOOD)
def test_both_clients_write_the_same(
    endpoint: str, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
):
    said: list[dict[str, Any]] = []
    for client in ours.CHARMS:
        monkeypatch.setattr(ours, "speaking", client)
        between = relate(endpoint, tmp_path / client)
        between.integrate()
        said.append({key: decoded(between.ours.bag[key]) for key in UNDERSTOOD[endpoint]})

    assert said[0] == said[1]


@pytest.mark.parametrize("endpoint", SIDES)
def test_a_charm_may_go_over_to_the_libraries(
    endpoint: str, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
):
    between = relate(endpoint, tmp_path)
    between.integrate()
    before = [unit.environment for unit in between.ours.units]

    monkeypatch.setattr(ours, "speaking", ours.LIBRARIES)
    for unit in between.ours.units:
        unit.context = ours.context(unit.number, tmp_path)
        between.happen(unit, "upgrade_charm")
    between.happen_to(*between.units)

    assert [unit.environment for unit in between.ours.units] == before
    assert {unit.status for unit in between.ours.units} == {"active: "}


@libraries
@pytest.mark.usefixtures("client")
@pytest.mark.parametrize("junk", JUNK)
@pytest.mark.parametrize("endpoint", SIDES)
def test_whatever_a_neighbour_writes_ends_no_hook(
    endpoint: str, junk: str, tmp_path: pathlib.Path, caplog: pytest.LogCaptureFixture
):
    bag = dict.fromkeys(KEYS, junk)
    unit = ours.unit(0, tmp_path, units=1)
    relation = ops.testing.Relation(
        endpoint, id=100, remote_app_data=bag, remote_units_data={0: bag, 1: {}}
    )
    unit.state = dataclasses.replace(unit.state, relations=[*unit.state.relations, relation])
    on = unit.context.on
    events: list[Any] = [on.relation_created, on.relation_joined, on.relation_changed]
    for happen in [*events, on.relation_departed, on.relation_broken]:
        now = unit.state.get_relation(relation.id)
        known = {} if happen in {on.relation_created, on.relation_broken} else {"remote_unit": 0}
        unit.state = unit.context.run(happen(now, **known), unit.state)

        allowed = ("active: ", "waiting: ", f"blocked: Invalid {endpoint} relation data: ")
        assert unit.status.startswith(allowed)
        assert "hush" not in unit.status
    own = [one for one in caplog.records if one.name.startswith("paas_app_charmer")]
    assert not any("hush" in one.getMessage() for one in own)


@libraries
@pytest.mark.usefixtures("client")
@pytest.mark.parametrize("endpoint", KNOWN)
def test_an_authors_broken_files_keep_no_others_back(endpoint: str, tmp_path: pathlib.Path):
    ours.pack(tmp_path)
    for name, text in BROKEN.items():
        (tmp_path / "charm" / "cos_custom" / name).write_text(text, encoding="utf-8")
    between = relate(endpoint, tmp_path)

    between.integrate()

    assert READ[endpoint](between) >= KNOWN[endpoint]


@libraries
@pytest.mark.usefixtures("client")
def test_a_file_that_the_next_charm_lacks_is_no_longer_published(tmp_path: pathlib.Path):
    between = relate("grafana-dashboard", tmp_path)
    between.integrate()

    for unit in between.ours.units:
        folder = tmp_path / str(unit.number) / "charm" / "cos_custom" / "grafana_dashboards"
        (folder / "posts.json").unlink()
        between.happen(unit, "upgrade_charm")

    assert dashboards(between) == {"Flask Operator"}


@libraries
@pytest.mark.usefixtures("client")
def test_where_the_charms_folder_cannot_be_written_to_no_hook_ends(
    tmp_path: pathlib.Path, caplog: pytest.LogCaptureFixture
):
    between = relate("metrics-endpoint", tmp_path)
    for unit in between.ours.units:
        # Even root cannot make a folder where a file is.
        (tmp_path / str(unit.number) / "charm" / "cos_merged").write_text("", encoding="utf-8")

    between.integrate()

    assert {unit.status for unit in between.ours.units} == {"active: "}
    assert "is not up to date" in caplog.text
    assert "HostDown" in alerts(between)


def decoded(text: str) -> Any:
    """Return what a databag says, whether it is JSON or not, and in whatever order."""
    try:
        content = json.loads(text)
    except ValueError:
        return text
    if isinstance(content, dict) and "groups" in content:
        content["groups"].sort(key=lambda group: group["name"])
    return content
