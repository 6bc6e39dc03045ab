"""Metrics, logs and dashboards, seen from Juju: published by the leader, when they change."""

from __future__ import annotations

import json
import pathlib
import subprocess
import sys

import calls
import conftest
import cosl
import ops
import ops.testing
import pytest

UUID = "4fe1b8a5-62f4-4f39-9d6e-6d5a0f2f5f11"
MODEL = ops.testing.Model("test-model", type="kubernetes", uuid=UUID)
PEERS = ops.testing.PeerRelation("secret-storage")
PUSH = "http://loki-0:3100/loki/api/v1/push"
TOPOLOGY = {
    "model": "test-model",
    "model_uuid": UUID,
    "application": "flask-k8s",
    "unit": "flask-k8s/0",
    "charm_name": "flask-k8s",
}
RULE = "alert: Slow\nexpr: flask_request_duration > 1\n"
FOLDER = pathlib.Path(__file__).parent


def _deploy(tmp_path: pathlib.Path, **state: object) -> conftest.Deployment:
    endpoint = {"endpoint": json.dumps({"url": PUSH})}
    loki = ops.testing.Relation("logging", remote_app_name="loki", remote_units_data={0: endpoint})
    relations = [
        PEERS,
        loki,
        ops.testing.Relation("metrics-endpoint"),
        ops.testing.Relation("grafana-dashboard"),
    ]
    return conftest.deploy(tmp_path, **{"relations": relations, "model": MODEL, **state})


def _app(deployment: conftest.Deployment, endpoint: str) -> dict[str, object]:
    (relation,) = deployment.state.get_relations(endpoint)
    return {key: json.loads(value) for key, value in relation.local_app_data.items()}


def _published(deployment: conftest.Deployment) -> dict[str, object]:
    deployment.run()
    return {e: _app(deployment, e) for e in ("metrics-endpoint", "grafana-dashboard", "logging")}


def _alerts(deployment: conftest.Deployment, endpoint: str = "metrics-endpoint") -> list[str]:
    rules = _app(deployment, endpoint)["alert_rules"]
    return [rule["alert"] for group in rules.get("groups", []) for rule in group["rules"]]


def _dashboards(deployment: conftest.Deployment) -> dict[str, dict[str, object]]:
    templates = _app(deployment, "grafana-dashboard")["dashboards"]["templates"]
    return {
        key: json.loads(cosl.LZMABase64.decompress(template["content"]))
        for key, template in templates.items()
    }


def _custom(tmp_path: pathlib.Path, path: str, content: str | bytes) -> pathlib.Path:
    file = tmp_path / "charm/cos_custom" / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return file


def test_prometheus_learns_the_jobs_the_topology_and_the_rules(tmp_path):
    flask = _deploy(tmp_path)
    flask.run()
    app = _app(flask, "metrics-endpoint")
    assert app["scrape_metadata"] == TOPOLOGY
    assert app["scrape_jobs"] == [
        {"metrics_path": "/metrics", "static_configs": [{"targets": ["*:9102"]}]}
    ]
    assert _alerts(flask) == ["FlaskTargetMissing", "HostDown", "HostMetricsMissing"]


def test_rules_carry_the_topology_and_no_unit(tmp_path):
    flask = _deploy(tmp_path)
    flask.run()
    group, *_ = _app(flask, "metrics-endpoint")["alert_rules"]["groups"]
    assert group["name"] == "test_model_4fe1b8a5_flask_k8s_flask_rules"
    assert group["rules"][0]["labels"] == {
        "severity": "critical",
        "juju_model": "test-model",
        "juju_model_uuid": UUID,
        "juju_application": "flask-k8s",
        "juju_charm": "flask-k8s",
    }


def test_metrics_of_paas_config_are_published(tmp_path):
    config = "metrics-port: 9300\nmetrics-path: /stats\n"
    flask = _deploy(tmp_path, paas_config=config)
    flask.run()
    job, *_ = _app(flask, "metrics-endpoint")["scrape_jobs"]
    assert job == {"metrics_path": "/stats", "static_configs": [{"targets": ["*:9300"]}]}


def test_loki_learns_the_topology_and_gets_the_logs(tmp_path):
    flask = _deploy(tmp_path)
    state = flask.run()
    assert _app(flask, "logging") == {"metadata": TOPOLOGY, "alert_rules": {}}
    (target,) = state.get_container("flask-app").layers["charm"].log_targets.values()
    assert target.name == "loki/0"
    assert (target.type, target.location, target.services) == ("loki", PUSH, ["all"])


def test_grafana_gets_the_frameworks_dashboard(tmp_path):
    flask = _deploy(tmp_path)
    flask.run()
    ((key, dashboard),) = _dashboards(flask).items()
    assert key == "file:flask"
    assert dashboard["title"] == "Flask Operator"
    assert dashboard["tags"] == ["flask", "charm: flask-k8s"]
    assert cosl.DashboardPath40UID.is_valid(dashboard["uid"])


def test_django_has_a_dashboard_and_an_alert_of_its_own(tmp_path):
    django = _deploy(tmp_path, framework="django", requires={})
    django.run()
    assert _dashboards(django)["file:django"]["title"] == "Django Operator"
    assert _alerts(django)[0] == "DjangoTargetMissing"


def test_an_unchanged_event_writes_nothing(tmp_path, monkeypatch):
    flask = _deploy(tmp_path)
    flask.run()
    seen = calls.record(monkeypatch)
    flask.run(flask.context.on.update_status())
    assert seen.writes() == []


def test_what_is_published_does_not_depend_on_what_is_kept(tmp_path):
    flask = _deploy(tmp_path)
    before = flask.run().get_relations("grafana-dashboard")
    (tmp_path / "charm/cos_merged/encoded.json").unlink()
    assert flask.run().get_relations("grafana-dashboard") == before


@pytest.mark.parametrize("broken", ["", "{", "[]", '{"fingerprint": 1}'])
def test_a_broken_result_is_made_again(tmp_path, broken):
    flask = _deploy(tmp_path)
    before = _published(flask)
    kept = tmp_path / "charm/cos_merged/encoded.json"
    kept.write_text(broken, encoding="utf-8")
    assert _published(flask) == before
    assert json.loads(kept.read_bytes())["fingerprint"]


def test_another_version_of_what_encodes_makes_it_again(tmp_path, monkeypatch):
    flask = _deploy(tmp_path)
    flask.run()
    kept = tmp_path / "charm/cos_merged/encoded.json"
    before = json.loads(kept.read_bytes())["fingerprint"]
    installed = tmp_path / "site/cosl-99.0.0.dist-info"
    installed.mkdir(parents=True)
    (installed / "METADATA").write_text("Metadata-Version: 2.4\nName: cosl\nVersion: 99.0.0\n")
    monkeypatch.syspath_prepend(tmp_path / "site")
    flask.run()
    assert json.loads(kept.read_bytes())["fingerprint"] != before


def test_followers_do_no_work(tmp_path):
    flask = _deploy(tmp_path, leader=False)
    state = flask.run()
    assert not (tmp_path / "charm/cos_merged").exists()
    for endpoint in ("metrics-endpoint", "grafana-dashboard", "logging"):
        assert state.get_relations(endpoint)[0].local_app_data == {}


def test_followers_tell_prometheus_where_they_are(tmp_path):
    flask = _deploy(tmp_path, leader=False)
    unit = flask.run().get_relations("metrics-endpoint")[0].local_unit_data
    assert unit["prometheus_scrape_unit_name"] == "flask-k8s/0"
    assert unit["prometheus_scrape_unit_address"]


def test_nothing_is_made_while_nobody_is_related(tmp_path):
    flask = _deploy(tmp_path, relations=[PEERS])
    flask.run()
    assert not (tmp_path / "charm/cos_merged").exists()


def test_b27_custom_files_are_merged_and_their_changes_picked_up(tmp_path):
    flask = _deploy(tmp_path)
    flask.run()
    file = _custom(tmp_path, "prometheus_alert_rules/slow.rule", RULE)
    flask.run()
    assert "Slow" in _alerts(flask)
    file.write_text(RULE.replace("Slow", "Slower"), encoding="utf-8")
    flask.run()
    assert "Slower" in _alerts(flask)
    file.unlink()
    flask.run()
    assert _alerts(flask) == ["FlaskTargetMissing", "HostDown", "HostMetricsMissing"]


def test_b27_nested_custom_files_are_merged(tmp_path):
    flask = _deploy(tmp_path)
    _custom(tmp_path, "prometheus_alert_rules/team/slow.yaml", RULE)
    _custom(tmp_path, "grafana_dashboards/team/own.json", '{"title": "Own"}')
    _custom(tmp_path, "grafana_dashboards/own.json", '{"title": "Other"}')
    flask.run()
    assert "Slow" in _alerts(flask)
    titles = {key: dashboard["title"] for key, dashboard in _dashboards(flask).items()}
    assert titles == {
        "file:flask": "Flask Operator",
        "file:custom_own": "Other",
        "file:team:custom_own": "Own",
    }


def test_custom_loki_rules_are_labelled(tmp_path):
    flask = _deploy(tmp_path)
    expression = 'count_over_time({%%juju_topology%%} |= "error" [5m]) > 10'
    _custom(
        tmp_path, "loki_alert_rules/e.rule", json.dumps({"alert": "Errors", "expr": expression})
    )
    flask.run()
    assert _alerts(flask, "logging") == ["Errors"]
    ((rule,),) = (g["rules"] for g in _app(flask, "logging")["alert_rules"]["groups"])
    assert "%%juju_topology%%" not in rule["expr"]
    assert rule["labels"]["juju_application"] == "flask-k8s"


@pytest.mark.parametrize("entry", ["notes.txt", "dashboards/a.json"])
def test_an_invalid_custom_folder_is_named_and_the_defaults_are_used(tmp_path, caplog, entry):
    flask = _deploy(tmp_path)
    _custom(tmp_path, "prometheus_alert_rules/slow.rule", RULE)
    _custom(tmp_path, entry, "")
    assert flask.run().unit_status == ops.ActiveStatus()
    assert f"and not {entry.split('/')[0]};" in caplog.text
    assert _alerts(flask) == ["FlaskTargetMissing", "HostDown", "HostMetricsMissing"]


def test_an_invalid_custom_folder_is_told_once(tmp_path, caplog):
    flask = _deploy(tmp_path)
    _custom(tmp_path, "notes.txt", "")
    flask.run()
    caplog.clear()
    flask.run()
    assert "cos_custom" not in caplog.text


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("prometheus_alert_rules/bad.rule", "{"),
        ("prometheus_alert_rules/bad.rule", ""),
        ("prometheus_alert_rules/bad.rule", "a: b"),
        ("prometheus_alert_rules/bad.rule", "groups: 7"),
        ("prometheus_alert_rules/bad.rule", "[1, 2]"),
        ("prometheus_alert_rules/bad.rule", "{alert: A, expr: 7}"),
        ("prometheus_alert_rules/bad.rule", b"\xff\xfe"),
        ("prometheus_alert_rules/bad.rule", "2024-01-01: {expr: up, alert: A}"),
        ("prometheus_alert_rules/bad.txt", RULE),
        ("grafana_dashboards/bad.json", "{"),
        ("grafana_dashboards/bad.json", "[]"),
        ("grafana_dashboards/bad.json", b"\xff\xfe\xfa"),
        ("grafana_dashboards/bad.json", '{"tags": 7}'),
    ],
)
def test_a_custom_file_that_cannot_be_used_is_named_and_left_out(tmp_path, caplog, path, content):
    flask = _deploy(tmp_path)
    _custom(tmp_path, path, content)
    _custom(tmp_path, "prometheus_alert_rules/slow.rule", RULE)
    assert flask.run().unit_status == ops.ActiveStatus()
    assert f"cos_custom/{path} is left out: " in caplog.text
    assert "Slow" in _alerts(flask)
    assert list(_dashboards(flask)) == ["file:flask"]


def test_dates_in_custom_rules_become_text(tmp_path):
    flask = _deploy(tmp_path)
    _custom(tmp_path, "prometheus_alert_rules/a.rule", RULE + "annotations: {since: 2024-01-01}\n")
    flask.run()
    groups = _app(flask, "metrics-endpoint")["alert_rules"]["groups"]
    (since,) = [
        r["annotations"]["since"] for g in groups for r in g["rules"] if r["alert"] == "Slow"
    ]
    assert since == "2024-01-01"


def test_a_charm_folder_that_cannot_be_written_to_costs_time_only(tmp_path):
    flask = _deploy(tmp_path)
    # A file stands in the way of the folder, which stops root as well.
    (tmp_path / "charm/cos_merged").write_text("")
    flask.run()
    assert _alerts(flask)[0] == "FlaskTargetMissing"


_PROGRAM = """
import pathlib, sys
sys.path.insert(0, sys.argv[1])
import conftest
import ops.testing
relations = [ops.testing.PeerRelation("secret-storage"), ops.testing.Relation("grafana-dashboard")]
model = ops.testing.Model("test-model", type="kubernetes", uuid=sys.argv[3])
flask = conftest.deploy(pathlib.Path(sys.argv[2]), relations=relations, model=model)
flask.run()
print("cosl" in sys.modules, flask.state.get_relations("grafana-dashboard")[0].local_app_data)
"""


def test_an_unchanged_charm_does_not_import_what_encodes(tmp_path):
    def run() -> tuple[str, str]:
        command = [sys.executable, "-c", _PROGRAM, str(FOLDER), str(tmp_path), UUID]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
        imported, _, published = done.stdout.strip().rpartition("\n")[2].partition(" ")
        return imported, published

    first, second = run(), run()
    assert (first[0], second[0]) == ("True", "False")
    assert first[1] == second[1] != "{}"
