"""What dashboards ask, and whether a real Prometheus has data for it."""

from __future__ import annotations

import base64
import collections
import http.server
import json
import lzma
import pathlib
import threading
import time

import pytest
from click.testing import CliRunner

from paas_app_charmer import cos_encoding, cos_files
from paas_app_charmer.cli import commands
from paas_app_charmer.local import dashboard_queries, dashboards, errors, services

TOPOLOGY = {
    "model": "localhost",
    "model_uuid": "12345678-1234-4234-8234-123456789012",
    "application": "shop",
    "unit": "shop/0",
    "charm_name": "shop-k8s",
}
FRAMEWORKS = ("flask", "django")


def encoded(dashboard):
    content = base64.b64encode(lzma.compress(json.dumps(dashboard).encode())).decode()
    return {"dashboards": json.dumps({"templates": {"file:one": {"content": content}}})}


def only(**dashboard):
    return [query.text for query in dashboard_queries.queries(encoded(dashboard))]


def default_dashboards(framework):
    files, _ = cos_files.find(pathlib.Path("nowhere"), framework)
    return {"dashboards": cos_encoding.dashboards(files, TOPOLOGY)}


def panel(expression, **more):
    return {"title": "P", "targets": [{"expr": expression}], **more}


def choice(name, **more):
    return {"name": name, "type": "query", "query": "label_values(up, x)", **more}


def test_every_list_is_at_all_and_every_built_in_variable_has_a_value():
    expression = 'rate(a{x=~"$x", y="${y:regex}", z=~"[[z]]"}[$__rate_interval]) + $unknown'
    listed = [
        choice("x", includeAll=True, current={"value": "$__all"}),
        choice("y", current={"value": "chosen"}),
        choice("z", multi=True, allValue=".+"),
    ]
    asked = only(panels=[panel(expression)], templating={"list": listed})
    assert asked == [
        *["label_values(up, x)"] * 3,
        'rate(a{x=~".*", y="chosen", z=~".+"}[1m]) + $unknown',
    ]


def test_panels_in_rows_are_panels():
    inner = {"title": "row", "type": "row", "panels": [panel("b")]}
    assert only(panels=[panel("a"), inner], rows=[{"panels": [panel("c")]}]) == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ({"type": "loki", "uid": "${lokids}"}, "loki"),
        ({"uid": "${lokids}"}, "loki"),
        ("$lokids", "loki"),
        ({"uid": "${prometheusds}"}, "prometheus"),
        (None, "prometheus"),
    ],
)
def test_the_kind_of_a_data_source_is_found_by_its_variable(source, kind):
    listed = [
        {"name": f"{name}ds", "type": "datasource", "query": name}
        for name in ("prometheus", "loki")
    ]
    dashboard = {"panels": [panel("a", datasource=source)], "templating": {"list": listed}}
    (query,) = dashboard_queries.queries(encoded(dashboard))
    assert query.source == kind


@pytest.mark.parametrize(
    "dashboards", ["{", "[]", '{"templates": {"x": {}}}', '{"templates": {"x": {"content": "!"}}}']
)
def test_what_is_no_dashboard_is_refused(dashboards):
    with pytest.raises(errors.LocalError, match="cannot be read"):
        list(dashboard_queries.queries({"dashboards": dashboards}))


@pytest.mark.parametrize(
    ("expression", "names"),
    [
        ('sum by (status) (rate(flask_requests{a="b{c}"}[3m]))', ["flask_requests"]),
        ("a:b / on (x) group_left (y) c offset 5m", ["a:b", "c"]),
        ("max_over_time(x[5m:1m]) and y unless bool_y > 3e7", ["x", "y", "bool_y"]),
        ('{__name__=~"a.*"}', []),
        ('label_replace(up, "to", "$1", "from", "(.*)")', ["up"]),
        ("histogram_quantile(0.9, sum(rate(h_bucket[1m])) by (le))", ["h_bucket"]),
    ],
)
def test_the_metrics_of_an_expression_are_found(expression, names):
    assert dashboards.metrics(expression) == names


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_the_default_dashboards_ask_for_the_frameworks_own_metrics(framework):
    asked = list(dashboard_queries.queries(default_dashboards(framework)))
    names = {
        name
        for query in asked
        if query.source == "prometheus" and not query.panel.startswith(dashboard_queries.LIST)
        for name in dashboards.metrics(query.text)
    }
    assert names == {
        f"{framework}_{metric}"
        for metric in (
            *("requests", "response_code", "request_duration"),
            *("request_duration_sum", "request_duration_count"),
        )
    }


def published(folder, app):
    """Let the charm of a run with this state publish its dashboards."""
    context = services.Context(
        folder=folder / "services" / "grafana-dashboard", model="localhost", application="shop"
    )
    running = services.find("grafana_dashboard").start(context)
    asked = services.Request(relation_id=2, endpoint="grafana-dashboard", app=app, units={})
    assert running.offer(asked) == services.Offer()
    return running


def test_how_to_look_at_it_is_said_in_the_status(tmp_path):
    assert "`paas-app-charmer dashboards`" in published(tmp_path, {}).description


def test_without_dashboards_or_prometheus_it_says_what_to_integrate(tmp_path):
    with pytest.raises(errors.LocalError, match="integrate grafana-dashboard"):
        dashboards.check(tmp_path)
    published(tmp_path, default_dashboards("flask"))
    with pytest.raises(errors.LocalError, match="integrate metrics-endpoint"):
        dashboards.check(tmp_path)


class Exposed:
    """What the application exposes; a counter grows at each look."""

    def __init__(self):
        self.framework = "flask"
        self.classes = ("2", "3", "4", "5")
        self.looks = 0

    def text(self):
        self.looks += 1
        name = f"{self.framework}_"
        codes = [f'{name}response_code{{status="{c}00"}} {self.looks}' for c in self.classes]
        quantiles = [f'{name}request_duration{{quantile="{q}"}} 1' for q in (0.5, 0.9, 0.99)]
        counts = [f"{name}{of} {self.looks}" for of in ("requests", "request_duration_count")]
        total = f"{name}request_duration_sum {self.looks * 3}"
        return "\n".join([*codes, *quantiles, *counts, total, ""])


@pytest.fixture
def exposed():
    return Exposed()


@pytest.fixture
def run(tmp_path, exposed):
    """The state of a run whose one unit is scraped."""

    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(exposed.text().encode())

        def log_message(self, *_):
            pass

    page = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=page.serve_forever, args=(0.05,), daemon=True).start()
    port = page.server_address[1]
    state = tmp_path / ".paas"
    folder = state / "services" / "metrics-endpoint"
    context = services.Context(folder=folder, model="localhost", application="shop")
    prometheus = services.find("prometheus_scrape").start(context)
    job = {"metrics_path": "/metrics", "static_configs": [{"targets": [f"*:{port}"]}]}
    prometheus.offer(
        services.Request(
            relation_id=1,
            endpoint="metrics-endpoint",
            app={"scrape_jobs": json.dumps([job]), "scrape_metadata": json.dumps(TOPOLOGY)},
            units={"shop/0": {}},
            ports={"shop/0": {"metrics-port": port}},
        )
    )
    yield state
    prometheus.stop()
    page.shutdown()
    page.server_close()


def soon(look, wanted):
    deadline = time.monotonic() + 30
    while (found := look()) != wanted and time.monotonic() < deadline:
        time.sleep(0.2)
    assert found == wanted


def states(folder):
    return collections.Counter(found.state for found in dashboards.check(folder))


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_every_query_of_the_default_dashboards_gives_data(run, exposed, framework):
    exposed.framework = framework
    published(run, default_dashboards(framework))
    # The last one asks Loki, which is not there.
    soon(lambda: states(run), {"data": 15, "not checked": 1})


def test_a_query_without_data_is_told_apart_from_one_for_what_nothing_exposes(run, exposed):
    exposed.classes = ("2",)
    queries = {
        "good": "rate(flask_requests[1m])",
        "nothing of it yet": 'flask_response_code{status="500"}',
        "misspelt": "flask_request + flask_requests",
        "no query": "rate(flask_requests)",
        "a number": "1",
    }
    panels = [panel(expression, title=title) for title, expression in queries.items()]
    listed = [
        choice("unit", query="label_values(up, juju_unit)"),
        choice("all", query={"query": "label_values(juju_unit)"}),
        choice("none", query="label_values(up, pod)"),
        choice("other", query="query_result(up)"),
    ]
    published(run, encoded({"title": "Mine", "panels": panels, "templating": {"list": listed}}))
    wanted = {
        "list unit": ("data", ""),
        "list all": ("data", ""),
        "list none": ("no match", "the metric is there, but not for this"),
        "list other": ("not checked", "it is not made by label_values"),
        "good": ("data", ""),
        "nothing of it yet": ("no match", "the metric is there, but not for this"),
        "misspelt": ("no metric", "nothing exposes flask_request"),
        "no query": ("refused", 'invalid parameter "query"'),
        "a number": ("data", ""),
    }

    def found():
        return {
            one.query.panel: (one.state, one.reason.partition(":")[0])
            for one in dashboards.check(run)
        }

    soon(found, wanted)


def test_the_command_shows_it_and_fails_for_what_is_wrong_in_a_dashboard(run):
    for name in ("rockcraft.yaml", "charmcraft.yaml"):
        (run.parent / name).write_text("name: shop\n")
    published(run, encoded({"title": "Mine", "panels": [panel("up"), panel("up_")]}))

    def shown(*words):
        place = ["--project", str(run.parent)]
        return CliRunner().invoke(commands.group, ["dashboards", *place, *words])

    soon(lambda: json.loads(shown("--json").stdout)[0]["state"], "data")
    done = shown()
    assert done.exit_code == 1
    assert "nothing exposes up_" in done.output
    assert [one["query"]["text"] for one in json.loads(shown("--problems", "--json").stdout)] == [
        "up_"
    ]
