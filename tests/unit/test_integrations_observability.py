"""What the observability integrations publish and read, and the data files that they carry."""

from __future__ import annotations

import json
import logging
import pathlib
import re

import pytest

import paas_app_charmer
from paas_app_charmer import (
    cos_files,
    documents,
    errors,
    frameworks,
    integration,
    paas_config,
)
from paas_app_charmer.integrations import grafana_dashboard, loki_push_api, prometheus_scrape

PACKAGE = pathlib.Path(paas_app_charmer.__file__).parent
MODULES = sorted(
    path.stem for path in PACKAGE.glob("*.py") if "\nSPEC" in path.read_text(encoding="utf-8")
)
FRAMEWORKS = [spec.name for spec in map(frameworks.find, MODULES) if spec is not None]
TOPOLOGY_VARIABLES = ("juju_model", "juju_model_uuid", "juju_application", "juju_unit")
PUSH = "http://loki-0.loki-endpoints:3100/loki/api/v1/push"


def _site(
    *, unit: int = 2, address: str = "10.1.2.3", jobs: tuple[paas_config.ScrapeConfig, ...] = ()
) -> integration.Site:
    return integration.Site(
        app="blog",
        model="prod",
        unit=unit,
        charm="flask-k8s",
        port=8000,
        metrics_port=9102,
        metrics_path="/stats",
        jobs=jobs,
        address=address,
        observability=integration.Observability(
            topology=lambda: '{"model": "prod"}',
            prometheus_rules=lambda: '{"groups": ["prometheus"]}',
            loki_rules=lambda: '{"groups": ["loki"]}',
            dashboards=lambda: '{"templates": {}}',
        ),
    )


def _made(bag: integration.Databag) -> dict[str, str]:
    return {k: v if isinstance(v, str) else v() for k, v in bag.app.items()}


def _jobs(*targets: str, **more: object) -> tuple[paas_config.ScrapeConfig, ...]:
    raw = {"job_name": "extra", "static_configs": [{"targets": list(targets), **more}]}
    return (paas_config.ScrapeConfig.model_validate(raw),)


def _published(site: integration.Site) -> list[dict[str, object]]:
    return json.loads(_made(prometheus_scrape.INTEGRATION.request(site))["scrape_jobs"])


def _read(*endpoints: str | None) -> loki_push_api.Loki | None:
    units = {
        f"loki/{number}": {} if endpoint is None else {"endpoint": endpoint}
        for number, endpoint in enumerate(endpoints)
    }
    return loki_push_api.INTEGRATION.read(integration.RemoteData(units=units))


def _module(framework: str) -> str:
    return framework.replace("-", "")


def _text(framework: str, kind: str, name: str) -> str:
    folder = PACKAGE / "suites" / _module(framework) / "cos"
    return (folder / kind / name).read_text(encoding="utf-8")


def _dashboard(framework: str) -> dict[str, object]:
    return json.loads(_text(framework, "grafana_dashboards", f"{_module(framework)}.json"))


def _rule(framework: str) -> dict[str, object]:
    text = _text(framework, "prometheus_alert_rules", f"{_module(framework)}.rule")
    return documents.parse(text)


@pytest.mark.parametrize("module", [grafana_dashboard, loki_push_api, prometheus_scrape])
def test_telemetry_holds_nothing_back_and_gives_no_variables(module):
    one = module.INTEGRATION
    assert (one.category, one.essential) == ("telemetry", False)
    assert not one.properties(one.example)


def test_the_first_job_is_the_applications_own_on_every_unit():
    own = {"metrics_path": "/stats", "static_configs": [{"targets": ["*:9102"]}]}
    assert _published(_site()) == [own]


def test_the_authors_jobs_follow_with_what_was_given():
    _, job = _published(_site(jobs=_jobs("*:9000", "db.example:1", labels={"a": "b"})))
    assert job == {
        "job_name": "extra",
        "metrics_path": "/metrics",
        "static_configs": [{"targets": ["*:9000", "db.example:1"], "labels": {"a": "b"}}],
    }


def test_labels_that_were_not_given_are_left_out():
    _, job = _published(_site(jobs=_jobs("*:9000")))
    assert job["static_configs"] == [{"targets": ["*:9000"]}]


def test_scheduler_targets_lead_to_unit_0():
    _, job = _published(_site(unit=5, jobs=_jobs("@scheduler:9001")))
    targets = ["blog-0.blog-endpoints.prod.svc.cluster.local:9001"]
    assert job["static_configs"] == [{"targets": targets}]


def test_every_unit_tells_where_it_is():
    assert prometheus_scrape.INTEGRATION.request(_site()).unit == {
        "prometheus_scrape_unit_address": "10.1.2.3",
        "prometheus_scrape_unit_path": "",
        "prometheus_scrape_unit_name": "blog/2",
        "prometheus_scrape_unit_fqdn": "blog-2.blog-endpoints.prod.svc.cluster.local",
    }


def test_a_unit_without_an_address_gives_its_name_instead():
    unit = prometheus_scrape.INTEGRATION.request(_site(address="")).unit
    assert unit["prometheus_scrape_unit_address"] == unit["prometheus_scrape_unit_fqdn"]


def test_the_application_part_has_the_keys_of_the_protocol():
    site = _site()
    assert _made(prometheus_scrape.INTEGRATION.request(site)).keys() == {
        "scrape_metadata",
        "scrape_jobs",
        "alert_rules",
    }
    assert _made(loki_push_api.INTEGRATION.request(site)) == {
        "metadata": '{"model": "prod"}',
        "alert_rules": '{"groups": ["loki"]}',
    }
    assert _made(grafana_dashboard.INTEGRATION.request(site)) == {
        "dashboards": '{"templates": {}}'
    }


def test_each_loki_unit_is_a_log_target_of_its_name():
    found = _read(json.dumps({"url": PUSH}), json.dumps({"url": PUSH.replace("-0", "-1")}))
    give = loki_push_api.INTEGRATION.log_targets
    assert found is not None
    assert give is not None
    assert give(found) == {"loki/0": PUSH, "loki/1": PUSH.replace("-0", "-1")}


def test_one_url_of_many_units_is_one_log_target():
    found = _read(None, json.dumps({"url": PUSH}), json.dumps({"url": PUSH}))
    assert found == loki_push_api.Loki(targets={"loki/1": PUSH})


@pytest.mark.parametrize("endpoints", [(), (None,), (None, "")])
def test_loki_is_waited_for_while_no_unit_gave_an_endpoint(endpoints):
    assert _read(*endpoints) is None


@pytest.mark.parametrize(
    "endpoint",
    [
        "{",
        "[" * 100_000,
        "[]",
        "null",
        "{}",
        '{"url": null}',
        '{"url": 7}',
        '{"url": ""}',
        '{"url": "file:///etc/passwd"}',
        '{"url": "ftp://loki/push"}',
        '{"url": "//loki/push"}',
        '{"url": "http://"}',
        '{"url": "http:///push"}',
        '{"url": "http://None:3100/push"}',
        '{"url": "http://loki:99999/push"}',
        '{"url": "http://loki:3100/push\\nservices: [all]"}',
        '{"url": "http://loki:3100/pu sh"}',
        '{"url": "http://loki:3100/\\u0000"}',
        '{"url": "http://a:1/push,http://b:2/push"}',
    ],
)
def test_an_endpoint_that_is_no_web_address_is_refused(endpoint):
    with pytest.raises(errors.RelationDataError, match=r"^loki/0: "):
        _read(endpoint)


def test_one_bad_loki_unit_does_not_cost_the_logs_of_the_others(caplog):
    found = _read("{", json.dumps({"url": PUSH}))
    assert found == loki_push_api.Loki(targets={"loki/1": PUSH})
    assert "no logs are sent to loki/0: endpoint is not JSON" in caplog.text


def test_credentials_in_a_push_url_are_in_no_message(caplog):
    caplog.set_level(logging.DEBUG)
    url = "http://user:hidden@loki:3100/push"
    found = _read(json.dumps({"url": url}), json.dumps({"url": url + " "}))
    assert "hidden" not in repr(found)
    assert "hidden" not in caplog.text


def test_the_dashboards_of_flask_and_django_differ_in_names_only():
    flask = _text("flask", "grafana_dashboards", "flask.json")
    django = _text("django", "grafana_dashboards", "django.json")
    assert flask.replace("flask", "django").replace("Flask", "Django") == django


@pytest.mark.parametrize(
    ("framework", "title"),
    [
        ("flask", "Flask Operator"),
        ("fastapi", "FastAPI Operator"),
        ("expressjs", "ExpressJS Operator"),
    ],
)
def test_a_dashboard_has_the_panels_that_are_promised(framework, title):
    dashboard = _dashboard(framework)
    assert dashboard["title"] == title
    assert [panel["title"] for panel in dashboard["panels"]] == [
        "Request Count 24h",
        "Status Code Count 24h",
        "Request Per Sec 3m",
        "2XX Rate",
        "3XX Rate",
        "4XX Rate",
        "5XX Rate",
        "Request Average Duration",
        "Request Duration Percentile 50",
        "Request Duration Percentile 90",
        "Request Duration Percentile 99",
        "Application Logs",
    ]


def test_fastapis_panels_ask_for_what_its_library_of_metrics_offers():
    asked = "".join(
        target["expr"] for panel in _dashboard("fastapi")["panels"] for target in panel["targets"]
    )
    assert set(re.findall(r"http_\w+", asked)) == {
        "http_requests_total",
        "http_request_duration_seconds_bucket",
        "http_request_duration_seconds_count",
        "http_request_duration_seconds_sum",
    }


def test_the_panels_of_express_ask_for_one_histogram_by_its_status_code():
    asked = "".join(
        target["expr"]
        for panel in _dashboard("expressjs")["panels"]
        for target in panel["targets"]
    )
    assert set(re.findall(r"http_\w+", asked)) == {
        "http_request_duration_seconds_bucket",
        "http_request_duration_seconds_count",
        "http_request_duration_seconds_sum",
    }
    assert set(re.findall(r"by \((\w*status\w*)\)", asked)) == {"status_code"}


def test_the_dashboard_of_go_shows_what_every_go_program_has():
    panels = _dashboard("go")["panels"]
    assert [panel["title"] for panel in panels] == [
        "Go Version",
        "Memory From The System",
        "Goroutines",
        "Garbage Collection Time",
        "Longest Garbage Collection",
        "Garbage Collection Rate",
        "Application Logs",
    ]
    asked = "".join(target["expr"] for panel in panels for target in panel["targets"])
    assert set(re.findall(r"go_\w+", asked)) == {
        "go_info",
        "go_memstats_sys_bytes",
        "go_goroutines",
        "go_gc_duration_seconds",
        "go_gc_duration_seconds_sum",
        "go_gc_duration_seconds_count",
    }


def test_a_go_program_that_never_had_metrics_raises_no_alert():
    assert _rule("go")["expr"] == "up == 0 and max_over_time(up[1d]) == 1"


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_a_dashboard_has_the_variables_that_are_promised(framework):
    variables = _dashboard(framework)["templating"]["list"]
    assert [one["name"] for one in variables] == ["prometheusds", "lokids", *TOPOLOGY_VARIABLES]
    assert [one["query"] for one in variables[:2]] == ["prometheus", "loki"]


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_panels_overlap_nowhere(framework):
    seen: set[tuple[int, int]] = set()
    for panel in _dashboard(framework)["panels"]:
        at = panel["gridPos"]
        cells = {
            (at["x"] + column, at["y"] + row)
            for column in range(at["w"])
            for row in range(at["h"])
        }
        assert not cells & seen
        assert at["x"] + at["w"] <= 24
        seen |= cells


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_every_metrics_panel_is_narrowed_to_the_chosen_units(framework):
    for panel in _dashboard(framework)["panels"][:-1]:
        assert panel["datasource"]["uid"] == "${prometheusds}"
        for target in panel["targets"]:
            for label in TOPOLOGY_VARIABLES:
                assert f'{label}=~"${label}"' in target["expr"]


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_log_panels_match_by_pattern_and_exclude_empty_values(framework):
    panel = _dashboard(framework)["panels"][-1]
    (target,) = panel["targets"]
    assert (panel["type"], panel["datasource"]["uid"]) == ("logs", "${lokids}")
    for label in TOPOLOGY_VARIABLES:
        assert f'{label}=~"${label}", {label}!=""' in target["expr"]


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_an_alert_is_raised_when_a_target_is_missing(framework):
    rule = _rule(framework)
    title = _dashboard(framework)["title"].removesuffix(" Operator")
    assert rule["alert"] == f"{title.replace(' ', '')}TargetMissing"
    assert (rule["expr"].partition(" and ")[0], rule["for"]) == ("up == 0", "2m")
    assert rule["labels"] == {"severity": "critical"}
    assert "{{ $labels.instance }}" in rule["annotations"]["summary"]
    assert rule["annotations"]["description"]


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_every_file_of_a_framework_counts(framework, tmp_path):
    files, problem = cos_files.find(tmp_path, framework)
    assert {(file.kind, str(file.name)) for file in files} == {
        ("grafana_dashboards", f"{_module(framework)}.json"),
        ("prometheus_alert_rules", f"{_module(framework)}.rule"),
    }
    assert all(file.counts for file in files)
    assert not problem


def test_the_authors_files_lie_beside_the_frameworks_under_names_of_their_own(tmp_path):
    folder = tmp_path / "cos_custom/prometheus_alert_rules/deep"
    folder.mkdir(parents=True)
    (folder / "flask.rule").write_text("alert: A\nexpr: up")
    files, _ = cos_files.find(tmp_path, "flask")
    names = [str(file.name) for file in files if file.kind == "prometheus_alert_rules"]
    assert names == ["flask.rule", "deep/custom_flask.rule"]


def test_a_custom_folder_that_is_a_file_is_refused(tmp_path):
    (tmp_path / "cos_custom").write_text("")
    files, problem = cos_files.find(tmp_path, "flask")
    assert len(files) == 2
    assert problem == "cos_custom is not a folder"


def test_a_hidden_file_in_the_authors_folder_harms_nothing(tmp_path):
    folder = tmp_path / "cos_custom"
    folder.mkdir()
    (folder / ".gitkeep").write_text("")
    _, problem = cos_files.find(tmp_path, "flask")
    assert problem == ""
