"""Databases, a broker, a cache, permissions and metrics, used for real by an application.

Its servers come from Debian's packages mariadb-server, rabbitmq-server and prometheus; OpenFGA
and FerretDB are built if they are not in the cache.
"""

from __future__ import annotations

import contextlib
import json
import pathlib
import shutil
import subprocess
import time
import urllib.error
import urllib.parse

import pytest
from benchmarks import deployment

from paas_app_charmer import cos_encoding, cos_files

until = deployment.until
DEPOT = pathlib.Path(__file__).parent / "depot"
SERVICES = "mysql,mongodb,rabbitmq,valkey,openfga"
OBSERVED = "metrics-endpoint,grafana-dashboard"
BUILD = 900.0
"""Seconds that may pass until both programs are built."""
with_time_to_build = pytest.mark.timeout(BUILD + deployment.START)


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    folder = tmp_path_factory.mktemp("e2e") / "depot"
    shutil.copytree(DEPOT, folder, ignore=shutil.ignore_patterns(".paas", "__pycache__"))
    depot = deployment.Deployment(folder)
    try:
        depot("run", "--detach", timeout=deployment.START)
        for endpoint in f"{SERVICES},{OBSERVED}".split(","):
            depot("integrate", endpoint, timeout=BUILD)
        until(depot.is_active)
        yield depot
    finally:
        depot.down()


def post(app, path, name):
    form = urllib.parse.urlencode({"name": name}).encode()
    return deployment.fetch(app.status()["url"] + path, form)


def service(app, endpoint):
    return app.status()["services"][endpoint]


@with_time_to_build
def test_a_row_is_written_to_mysql(app):
    assert json.loads(post(app, "/shelves", "Äpfel")) == ["Äpfel"]
    assert app.page("/shelves") == ["Äpfel"]
    assert service(app, "mysql").startswith("MariaDB ")


@with_time_to_build
def test_a_document_is_written_to_mongodb(app):
    assert json.loads(post(app, "/papers", "deed")) == ["deed"]
    assert app.page("/papers") == ["deed"]
    assert service(app, "mongodb").startswith("FerretDB ")


@with_time_to_build
def test_a_message_is_consumed_from_rabbitmq_and_noted_in_valkey(app):
    post(app, "/parcels", "a lamp")
    until(lambda: app.page("/parcels") == ["a lamp"])
    assert service(app, "rabbitmq").startswith("RabbitMQ on 127.0.0.")


@with_time_to_build
def test_a_permission_is_granted_in_openfga_and_asked_for(app):
    assert post(app, "/readers", "ada") == "granted"
    assert app.page("/readers/ada") == {"allowed": True}
    assert app.page("/readers/bob") == {"allowed": False}


def prometheus(app, path, **query):
    address = service(app, "metrics-endpoint").split()[-1]
    found = deployment.fetch(f"{address}/api/v1/{path}?{urllib.parse.urlencode(query)}")
    return json.loads(found)["data"]


def samples(app, expression):
    found = prometheus(app, "query", query=expression)["result"]
    return {sample["metric"]["juju_unit"]: float(sample["value"][1]) for sample in found}


@with_time_to_build
def test_every_unit_is_scraped_under_its_name(app):
    app("scale", "2")
    until(app.is_active)
    until(lambda: samples(app, "up") == {"depot/0": 1, "depot/1": 1})
    for unit in (0, 1):
        app.get(unit=unit)
    until(lambda: samples(app, "flask_requests >= 1").keys() == {"depot/0", "depot/1"})
    app("scale", "1")
    until(lambda: samples(app, "up") == {"depot/0": 1})
    until(app.is_active)


def visit_all_kinds(app):
    """Answer once in each class of status codes that the dashboard shows."""
    for path in ("/", "/moved", "/nowhere", "/broken"):
        with contextlib.suppress(urllib.error.HTTPError):
            app.get(path)


@with_time_to_build
def test_every_query_of_the_dashboard_gives_data(app):
    def without_data():
        visit_all_kinds(app)
        with contextlib.suppress(deployment.RefusedError):
            return json.loads(app("dashboards", "--problems", "--json"))

    def only_the_logs():
        found = without_data()
        return found and {(one["query"]["panel"], one["state"]) for one in found} == {
            ("Application Logs", "not checked")
        }

    until(only_the_logs)
    assert "`paas-app-charmer dashboards`" in service(app, "grafana-dashboard")


@with_time_to_build
def test_a_dashboard_that_asks_for_what_nobody_exposes_is_found(app):
    folder = app.folder / "charm" / "cos_custom" / "grafana_dashboards"
    folder.mkdir(parents=True)
    panel = {"title": "Parcels", "targets": [{"expr": "rate(depot_parcels[1m])"}]}
    (folder / "mine.json").write_text(json.dumps({"title": "Mine", "panels": [panel]}))

    until(lambda: "Mine" in shown(app))
    line = next(line for line in shown(app).splitlines() if line.startswith("Mine"))
    assert "nothing exposes depot_parcels" in line


def shown(app):
    """Return what the command prints, though it fails for that dashboard."""
    done = subprocess.run(
        [*deployment.COMMAND, "dashboards"],
        cwd=app.folder,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout


def promtool(*words):
    return subprocess.run(
        ["promtool", *words], capture_output=True, text=True, check=False, timeout=60
    )


@with_time_to_build
def test_the_rules_that_the_charm_publishes_are_those_that_prometheus_evaluates(app):
    (path,) = (app.folder / ".paas/services/metrics-endpoint").glob("rules-*.yml")
    done = promtool("check", "rules", str(path))
    assert done.returncode == 0, done.stdout + done.stderr
    groups = prometheus(app, "rules")["groups"]
    names = {rule["name"] for group in groups for rule in group["rules"]}
    assert "FlaskTargetMissing" in names
    assert [rule for group in groups for rule in group["rules"] if rule.get("lastError")] == []


TOPOLOGY = {
    "model": "localhost",
    "model_uuid": "12345678-1234-4234-8234-123456789012",
    "application": "depot",
    "unit": "depot/0",
    "charm_name": "depot-k8s",
}


@pytest.mark.parametrize(
    ("framework", "alert"), [("flask", "FlaskTargetMissing"), ("django", "DjangoTargetMissing")]
)
def test_the_default_alert_is_raised_two_minutes_after_a_unit_is_gone(tmp_path, framework, alert):
    files, _ = cos_files.find(pathlib.Path("nowhere"), framework)
    (tmp_path / "rules.yml").write_text(cos_encoding.prometheus_rules(files, TOPOLOGY))
    done = promtool("check", "rules", str(tmp_path / "rules.yml"))
    assert done.returncode == 0, done.stdout + done.stderr
    labels = {"juju_application": "depot", "juju_model": "localhost", "juju_charm": "depot-k8s"}
    labels["juju_model_uuid"] = TOPOLOGY["model_uuid"]
    selector = ",".join(f'{name}="{value}"' for name, value in labels.items())
    fired = {
        "exp_labels": {**labels, "severity": "critical", "instance": "a"},
        "exp_annotations": annotations(tmp_path / "rules.yml", alert, labels),
    }
    checks = {
        "rule_files": ["rules.yml"],
        "evaluation_interval": "30s",
        "tests": [
            {
                "interval": "30s",
                "input_series": [
                    {"series": f'up{{instance="a",{selector}}}', "values": "1 1 0x10"},
                    {"series": f'up{{instance="b",{selector}}}', "values": "1x12"},
                ],
                "alert_rule_test": [
                    {"eval_time": "2m30s", "alertname": alert, "exp_alerts": []},
                    {"eval_time": "3m30s", "alertname": alert, "exp_alerts": [fired]},
                ],
            }
        ],
    }
    (tmp_path / "test.yml").write_text(json.dumps(checks))
    done = promtool("test", "rules", str(tmp_path / "test.yml"))
    assert done.returncode == 0, done.stdout + done.stderr


def annotations(path, alert, labels):
    """Return the texts of an alert as they are when it is raised for the instance `a`."""
    groups = json.loads(path.read_text())["groups"]
    rules = [rule for group in groups for rule in group["rules"]]
    (rule,) = [rule for rule in rules if rule.get("alert") == alert]
    named = {"__name__": "up", "instance": "a", **labels}
    shown = " ".join(f"{name}:{named[name]}" for name in sorted(named))
    values = {"$labels.instance": "a", "$value": "0", "$labels": f"map[{shown}]"}
    texts = dict(rule["annotations"])
    for name, text in texts.items():
        for variable, value in values.items():
            text = text.replace(f"{{{{ {variable} }}}}", value)  # noqa: PLW2901
        texts[name] = text
    return texts


def processes_of(namespace):
    found = []
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if (process / "ns/pid").stat().st_ino == namespace:
                found.append(name_of(process))
    return found


def name_of(process):
    return (process / "comm").read_text().strip().partition("-")[0]  # what is built has a version


def namespace_of(app):
    """Return the pid namespace that all of a run is in."""
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            inside = (process / "cwd").readlink().is_relative_to(app.folder / ".paas")
            if inside and name_of(process) == "ferretdb":
                return (process / "ns/pid").stat().st_ino
    raise AssertionError("nothing of it runs")


@with_time_to_build
def test_everything_ends_with_the_run_and_what_was_written_is_there_in_the_next(app):
    namespace = namespace_of(app)
    names = {"mariadbd", "beam.smp", "epmd", "openfga", "ferretdb", "prometheus"}
    assert names <= set(processes_of(namespace))
    before = time.monotonic()
    app.down(clean=False)
    assert time.monotonic() - before < 5
    until(lambda: not processes_of(namespace))
    app("run", "--detach", timeout=deployment.START)
    until(app.is_active)
    assert app.page("/shelves") == ["Äpfel"]
    assert app.page("/papers") == ["deed"]
    assert app.page("/parcels") == ["a lamp"]
    assert app.page("/readers/ada") == {"allowed": True}
    post(app, "/parcels", "a chair")
    until(lambda: app.page("/parcels") == ["a lamp", "a chair"])
