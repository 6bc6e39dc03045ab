"""What Prometheus is told, and a real Prometheus that does it."""

from __future__ import annotations

import dataclasses
import http.server
import json
import shutil
import threading
import time
import urllib.parse
import urllib.request

import pytest

from paas_app_charmer.local import errors, services
from paas_app_charmer.local.services import _promtool, _scraping, prometheus_scrape

METADATA = {
    "model": "localhost",
    "model_uuid": "12345678-1234-4234-8234-123456789012",
    "application": "shop",
    "unit": "shop/0",
    "charm_name": "shop-k8s",
}
TOPOLOGY = {
    "juju_model": "localhost",
    "juju_model_uuid": METADATA["model_uuid"],
    "juju_application": "shop",
    "juju_charm": "shop-k8s",
}
PORTS = {
    "shop/0": {"port": 8000, "metrics-port": 9102},
    "shop/1": {"port": 8001, "metrics-port": 9103},
}


def fqdn(number):
    return f"shop-{number}.shop-endpoints.localhost.svc.cluster.local"


def request(*jobs, ports=PORTS, rules=None, **more) -> services.Request:
    app = {"scrape_jobs": json.dumps(jobs), "scrape_metadata": json.dumps(METADATA)}
    if rules is not None:
        app["alert_rules"] = json.dumps(rules)
    units = {
        unit: {
            "prometheus_scrape_unit_address": "127.0.0.1",
            "prometheus_scrape_unit_path": "",
            "prometheus_scrape_unit_name": unit,
            "prometheus_scrape_unit_fqdn": fqdn(unit[-1]),
        }
        for unit in ports
    }
    return services.Request(
        relation_id=1, endpoint="metrics-endpoint", app={**app, **more}, units=units, ports=ports
    )


def own(port=9102, path="/metrics"):
    return {"metrics_path": path, "static_configs": [{"targets": [f"*:{port}"]}]}


def targets(jobs):
    return [config["targets"] for job in jobs for config in job["static_configs"]]


def test_every_unit_is_scraped_at_its_own_port_with_its_topology():
    (job,) = _scraping.jobs(request(own(path="/m")))
    assert job["metrics_path"] == "/m"
    assert job["job_name"].startswith("juju_localhost_12345678_shop_prometheus_scrape")
    place = {**TOPOLOGY, "__metrics_path__": "/m"}
    assert job["static_configs"] == [
        {"targets": ["127.0.0.1:9102"], "labels": {**place, "juju_unit": "shop/0"}},
        {"targets": ["127.0.0.1:9103"], "labels": {**place, "juju_unit": "shop/1"}},
    ]


def test_a_port_that_only_one_unit_can_have_is_scraped_at_the_first():
    jobs = _scraping.jobs(request(own(port=9999)))
    assert targets(jobs) == [["127.0.0.1:9999"]]
    assert jobs[0]["static_configs"][0]["labels"]["juju_unit"] == "shop/0"


def test_the_web_servers_port_is_that_of_each_unit_too():
    assert targets(_scraping.jobs(request(own(port=8000)))) == [
        ["127.0.0.1:8000"],
        ["127.0.0.1:8001"],
    ]


def test_the_name_of_a_unit_leads_to_where_it_is():
    job = {
        "job_name": "scheduler",
        "metrics_path": "/",
        "static_configs": [
            {"targets": [f"{fqdn(0)}:8008", f"{fqdn(1)}:9102", "db.example:9187"]},
        ],
    }
    (found,) = _scraping.jobs(request(job))
    assert targets([found]) == [["127.0.0.1:8008", "127.0.0.1:9103", "db.example:9187"]]
    assert found["static_configs"][0]["labels"] == TOPOLOGY
    assert "scheduler" in found["job_name"]


def test_a_unit_that_is_about_to_go_and_has_no_ports_any_more_is_left_out():
    leaving = dataclasses.replace(request(own()), ports={"shop/0": PORTS["shop/0"]})
    assert targets(_scraping.jobs(leaving)) == [["127.0.0.1:9102"]]


def test_labels_and_settings_of_a_job_are_kept_and_unknown_keys_dropped():
    job = {
        **own(),
        "job_name": "more",
        "scrape_interval": "7s",
        "honor_timestamps": False,
        "relabel_configs": [{"regex": "x", "action": "labeldrop"}],
    }
    job["static_configs"][0]["labels"] = {"team": "cards"}
    found = _scraping.jobs(request(job))[0]
    assert found["scrape_interval"] == "7s"
    assert "honor_timestamps" not in found
    assert found["static_configs"][0]["labels"]["team"] == "cards"
    assert [relabel.get("target_label") for relabel in found["relabel_configs"]] == [
        None,
        "instance",
    ]


@pytest.mark.parametrize(
    "app",
    [
        {"scrape_jobs": "{"},
        {"scrape_jobs": "[1]"},
        {"scrape_jobs": '[{"static_configs": 7}]'},
        {"scrape_metadata": "{}"},
        {"scrape_metadata": "[]"},
    ],
)
def test_what_is_not_of_the_protocol_is_an_error(app):
    with pytest.raises(ValueError):  # noqa: PT011  of several kinds
        _scraping.jobs(request(own(), **app))


def test_a_charm_that_has_published_nothing_yet_has_no_jobs():
    empty = services.Request(relation_id=1, endpoint="metrics-endpoint", app={}, units={})
    assert _scraping.jobs(empty) == []


def test_what_is_made_is_a_configuration_that_prometheus_accepts():
    jobs = _scraping.jobs(request(own(), own(port=9999), own(port=8000)))
    text = json.dumps({"scrape_configs": jobs})
    assert _promtool.problem("config", text) == ""


def test_without_the_server_it_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setattr(shutil, "which", lambda *_args, **_options: None)
    context = services.Context(folder=tmp_path, model="local", application="shop")
    with pytest.raises(errors.LocalError, match="apt install prometheus"):
        prometheus_scrape.start(context)


class Prometheus:
    """A running one, and what it says."""

    def __init__(self, folder, log):
        self.context = services.Context(
            folder=folder, model="localhost", application="shop", log=log.append
        )
        self.running = services.find("prometheus_scrape").start(self.context)
        self.url = self.running.description.split()[-1]

    def ask(self, path, **query):
        address = f"{self.url}/api/v1/{path}?{urllib.parse.urlencode(query)}"
        with urllib.request.urlopen(address, timeout=5) as answer:
            return json.load(answer)["data"]

    def values(self, expression):
        found = self.ask("query", query=expression)["result"]
        return {sample["metric"].get("juju_unit"): sample["value"][1] for sample in found}

    def soon(self, look, wanted):
        deadline = time.monotonic() + 30
        while (found := look()) != wanted and time.monotonic() < deadline:
            time.sleep(0.1)
        assert found == wanted


@pytest.fixture
def log():
    return []


@pytest.fixture
def prometheus(tmp_path, log):
    started = Prometheus(tmp_path, log)
    yield started
    started.running.stop()


@pytest.fixture
def units():
    """Two units that expose a metric; their ports."""

    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            body = b"# TYPE visits counter\nvisits 7\n"
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    servers = [http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page) for _ in range(2)]
    for server in servers:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield {
        f"shop/{number}": {"port": 1, "metrics-port": server.server_address[1]}
        for number, server in enumerate(servers)
    }
    for server in servers:
        server.shutdown()
        server.server_close()


def leader_port(units):
    return units["shop/0"]["metrics-port"]


def test_a_metric_of_every_unit_is_there_under_its_topology(prometheus, units):
    offer = prometheus.running.offer(request(own(port=leader_port(units)), ports=units))
    assert offer.app == {"event": ""}
    prometheus.soon(lambda: prometheus.values("visits"), {"shop/0": "7", "shop/1": "7"})
    prometheus.soon(lambda: prometheus.values("up"), {"shop/0": "1", "shop/1": "1"})
    (sample, _) = prometheus.ask("query", query="visits")["result"]
    assert TOPOLOGY.items() <= sample["metric"].items()
    assert sample["metric"]["instance"] == f"localhost_{METADATA['model_uuid']}_shop_shop/0"


def test_a_unit_that_is_gone_is_scraped_no_more(prometheus, units):
    everything = request(own(port=leader_port(units)), ports=units)
    prometheus.running.offer(everything)
    prometheus.soon(lambda: prometheus.values("up"), {"shop/0": "1", "shop/1": "1"})
    one = {"shop/0": units["shop/0"]}
    prometheus.running.offer(request(own(port=leader_port(units)), ports=one))
    prometheus.soon(lambda: prometheus.values("up"), {"shop/0": "1"})
    prometheus.running.withdraw(1)
    prometheus.soon(lambda: prometheus.ask("targets", state="active")["activeTargets"], [])


RULES = {"groups": [{"name": "shop", "rules": [{"alert": "Gone", "expr": "up == 0"}]}]}
WRONG = {"groups": [{"name": "shop", "rules": [{"alert": "Gone", "expr": "up == == 0"}]}]}


def test_an_alert_of_the_charm_fires(prometheus):
    nobody = {"shop/0": {"port": 1, "metrics-port": 1}}
    prometheus.running.offer(request(own(port=1), ports=nobody, rules=RULES))

    def firing():
        return [alert["labels"]["alertname"] for alert in prometheus.ask("alerts")["alerts"]]

    prometheus.soon(firing, ["Gone"])


def test_rules_that_cannot_be_used_are_told_to_the_charm_and_the_metrics_are_scraped(
    prometheus, units, log
):
    wrong = request(own(port=leader_port(units)), ports=units, rules=WRONG)
    offer = prometheus.running.offer(wrong)
    assert "could not parse expression" in json.loads(offer.app["event"])["errors"]
    assert prometheus.running.offer(wrong) == offer
    assert len([line for line in log if "could not parse expression" in line]) == 1
    prometheus.soon(lambda: prometheus.values("visits"), {"shop/0": "7", "shop/1": "7"})
    mended = prometheus.running.offer(request(own(), ports=units, rules=RULES))
    assert mended.app == {"event": ""}


def test_jobs_that_cannot_be_used_are_told_to_the_charm(prometheus):
    job = {**own(), "scrape_interval": "often"}
    offer = prometheus.running.offer(request(job))
    assert "not a valid duration" in json.loads(offer.app["event"])["scrape_job_errors"]
    offer = prometheus.running.offer(request(own(), scrape_jobs="{"))
    assert "scrape_job_errors" in json.loads(offer.app["event"])


def test_samples_and_address_outlive_a_run(tmp_path, units, log):
    first = Prometheus(tmp_path, log)
    first.running.offer(request(own(port=leader_port(units)), ports=units))
    first.soon(lambda: first.values("visits"), {"shop/0": "7", "shop/1": "7"})
    before = time.monotonic()
    first.running.stop()
    assert time.monotonic() - before < 2
    second = Prometheus(tmp_path, log)
    try:
        assert second.url == first.url
        assert set(second.values("last_over_time(visits[5m])")) == {"shop/0", "shop/1"}
        assert second.ask("targets", state="active")["activeTargets"] == []
    finally:
        second.running.stop()
