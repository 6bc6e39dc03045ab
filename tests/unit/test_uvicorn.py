"""How uvicorn is run: what it is told by variables, and what it logs as JSON."""

from __future__ import annotations

import json
import logging
import pathlib
import subprocess
import sys
from typing import Any

import pytest
from opentelemetry import trace

from paas_app_charmer import facts, framework, paas_config, place, release
from paas_app_charmer.servers import uvicorn, uvicorn_json

from . import builders

SPEC: framework.FrameworkSpec[uvicorn.UvicornOptions] = framework.FrameworkSpec(
    name="demo",
    options=uvicorn.UvicornOptions,
    server=uvicorn.Uvicorn(),
    base_dir="/app",
    app_dir="/app",
    prefix="APP_",
    settings_prefix="",
    port=8000,
    metrics=framework.Metrics(port=8000),
    tells=place.Variables(port="UVICORN_PORT"),
)
WEB: dict[str, Any] = {
    **builders.service("/bin/python3 -m uvicorn app:app"),
    "environment": {"UVICORN_HOST": "0.0.0.0"},
}
FOLDER = "/tmp/demo/log_config"
JSON = paas_config.PaasConfig(framework_logging_format="json")
IDS = (0x0123456789ABCDEF0123456789ABCDEF, 0x0123456789ABCDEF)


def seen(web: dict[str, Any] | None = None, **changes: Any) -> facts.Facts[Any]:
    services = {"demo": {**WEB, **(web or {})}}
    workload = facts.Workload(services=services)
    return builders.seen(**{"options": SPEC.options(), "workload": workload, **changes})


def web_of(observed: facts.Facts[Any]) -> release.Service:
    return builders.service_of(builders.released(observed, SPEC), "demo")


def environment(observed: facts.Facts[Any]) -> dict[str, str]:
    return dict(web_of(observed).definition["environment"])


def test_the_rocks_command_stays_as_it_is():
    assert web_of(seen()).definition["command"] == WEB["command"]


def test_the_server_lets_go_of_endless_requests_before_pebble_kills_it():
    change = paas_config.PaasConfig.model_validate({"change": {"graceful-timeout": "1500ms"}})
    observed = seen(config=change)
    assert environment(observed)["UVICORN_TIMEOUT_GRACEFUL_SHUTDOWN"] == "2"
    assert web_of(observed).definition["kill-delay"] == "6.5s"


def test_a_time_that_the_rock_gives_requests_is_kept():
    own = {"environment": {"UVICORN_TIMEOUT_GRACEFUL_SHUTDOWN": "7"}}
    assert environment(seen(own))["UVICORN_TIMEOUT_GRACEFUL_SHUTDOWN"] == "7"


def test_what_is_for_the_server_does_not_reach_workers():
    services = {"demo": WEB, "mail-worker": builders.service()}
    wanted = builders.released(seen(workload=facts.Workload(services=services)), SPEC)
    worker = builders.service_of(wanted, "mail-worker").definition["environment"]
    assert "UVICORN_TIMEOUT_GRACEFUL_SHUTDOWN" not in worker
    assert worker["UVICORN_PORT"] == "8000"


def test_variables_of_the_server_are_told_as_the_frameworks():
    given = builders.released(seen(), SPEC).environment
    assert given["UVICORN_TIMEOUT_GRACEFUL_SHUTDOWN"].source == "demo"


def test_another_environment_is_a_restart_for_nothing_else_reaches_the_process():
    before = builders.released(seen(), SPEC)
    workload = builders.applied(facts.Workload(services={"demo": WEB}), before)
    same = web_of(seen(workload=workload))
    other = web_of(seen(workload=workload, generated_key="another"))
    assert same.action is release.Action.NOTHING
    assert other.action is release.Action.RESTART


def test_nothing_is_written_for_an_ordinary_log():
    wanted = builders.released(seen(), SPEC)
    assert (wanted.files, wanted.directories) == ((), ())
    assert not {"PYTHONPATH", "UVICORN_LOG_CONFIG"} & wanted.environment.keys()


def test_a_json_log_is_configured_where_uvicorn_looks_for_it():
    wanted = builders.released(seen(config=JSON), SPEC)
    assert wanted.directories == (FOLDER,)
    assert [file.path for file in wanted.files] == [
        f"{FOLDER}/uvicorn_log_handler.py",
        f"{FOLDER}/uvicorn-log-config.json",
    ]
    given = environment(seen(config=JSON))
    assert given["UVICORN_LOG_CONFIG"] == f"{FOLDER}/uvicorn-log-config.json"
    assert given["PYTHONPATH"] == FOLDER


def test_a_python_path_of_the_rock_comes_behind_that_of_the_log():
    own = {"environment": {"PYTHONPATH": "/app/lib"}}
    assert environment(seen(own, config=JSON))["PYTHONPATH"] == f"{FOLDER}:/app/lib"


PROGRAM = """
import json, logging, logging.config, sys
logging.config.dictConfig(json.load(open(sys.argv[1])))
logging.getLogger("uvicorn.error").info("Started")
logging.getLogger("uvicorn.error").debug("not told")
logging.getLogger("uvicorn.access").info(
    '%s - "%s %s HTTP/%s" %d', "10.1.2.3:4711", "GET", "/a?b=c", "1.1", 200
)
"""


def test_the_configuration_writes_each_log_where_uvicorn_does_one_object_a_line(
    tmp_path: pathlib.Path,
):
    for file in builders.released(seen(config=JSON), SPEC).files:
        (tmp_path / pathlib.Path(file.path).name).write_text(file.content, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path / "uvicorn-log-config.json")],
        env={"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        check=True,
        text=True,
    )
    (error,) = map(json.loads, done.stderr.splitlines())
    (access,) = map(json.loads, done.stdout.splitlines())
    assert (error["body"], error["severityText"]) == ("Started", "INFO")
    assert access["body"] == '10.1.2.3:4711 - "GET /a?b=c HTTP/1.1" 200'


def record(name: str, message: str, *arguments: object, **more: Any) -> logging.LogRecord:
    level = more.pop("level", logging.INFO)
    return logging.LogRecord(name, level, __file__, 1, message, arguments, more.get("exc_info"))


def access(target: str = "/a", client: str = "10.1.2.3:4711", status: object = 200) -> Any:
    shape = '%s - "%s %s HTTP/%s" %d'
    return record("uvicorn.access", shape, client, "GET", target, "1.1", status)


def line(one: logging.LogRecord) -> dict[str, Any]:
    assert uvicorn_json.Span().filter(one)
    text = uvicorn_json.Formatter().format(one)
    assert "\n" not in text
    return json.loads(text)


def test_a_line_has_the_names_of_open_telemetry():
    one = record("uvicorn.error", "Started on %s", "port 8000")
    one.created, one.msecs = 1700000000.0425, 42.5
    assert line(one) == {
        "timestamp": "2023-11-14T22:13:20.042Z",
        "severityText": "INFO",
        "body": "Started on port 8000",
        "attributes": {"logger.name": "uvicorn.error"},
    }


@pytest.mark.parametrize(
    ("level", "name"),
    [(logging.WARNING, "WARN"), (logging.CRITICAL, "FATAL"), (logging.ERROR, "ERROR")],
)
def test_severities_are_spelled_as_open_telemetry_does(level, name):
    assert line(record("uvicorn.error", "x", level=level))["severityText"] == name


def test_an_access_line_tells_of_the_request():
    assert line(access("/a?b=c"))["attributes"] == {
        "logger.name": "uvicorn.access",
        "http.request.method": "GET",
        "url.path": "/a",
        "url.query": "b=c",
        "http.response.status_code": 200,
        "client.address": "10.1.2.3",
    }


def test_a_request_without_query_has_none():
    assert "url.query" not in line(access())["attributes"]


@pytest.mark.parametrize(
    ("client", "address"), [("::1:4711", "::1"), ("", "-"), ("10.1.2.3:1", "10.1.2.3")]
)
def test_the_client_is_told_without_its_port(client, address):
    assert line(access(client=client))["attributes"]["client.address"] == address


def test_a_line_of_somebody_else_in_that_log_is_told_as_it_is():
    found = line(record("uvicorn.access", "hello"))
    assert (found["body"], found["attributes"]) == ("hello", {"logger.name": "uvicorn.access"})


def test_a_line_whose_text_cannot_be_made_is_told_without_its_values():
    assert line(record("uvicorn.error", "%d apples", "no"))["body"] == "%d apples"


class BrokenError(Exception):
    def __str__(self) -> str:
        raise ValueError


@pytest.mark.parametrize(
    ("error", "kind", "message"),
    [
        (KeyError("\ud800"), "KeyError", "'\\ud800'"),
        (ValueError("\ud800"), "ValueError", "?"),
        (BrokenError(), f"{__name__}.BrokenError", ""),
    ],
)
def test_a_failure_is_told_with_its_stack(error, kind, message):
    one = record("uvicorn.error", "Failed", exc_info=(type(error), error, None))
    found = line(one)["attributes"]
    assert (found["exception.type"], found["exception.message"]) == (kind, message)
    assert kind.rpartition(".")[2] in found["exception.stacktrace"]


def span() -> Any:
    context = trace.SpanContext(*IDS, is_remote=False, trace_flags=trace.TraceFlags(1))
    return trace.use_span(trace.NonRecordingSpan(context))


@pytest.fixture(autouse=True)
def no_request_before() -> None:
    line(access())


def test_what_is_logged_in_a_span_has_its_ids():
    with span():
        found = line(access())
    assert (found["traceId"], found["spanId"]) == (f"{IDS[0]:032x}", f"{IDS[1]:016x}")


def test_a_failure_that_is_logged_behind_its_span_still_has_its_ids():
    with span():
        line(access(status=500))
    assert line(record("uvicorn.error", "Exception in ASGI application"))["traceId"]


def test_the_next_request_without_a_span_has_no_ids_of_the_one_before():
    with span():
        line(access())
    assert "traceId" not in line(access())
    assert "traceId" not in line(record("uvicorn.error", "Exception in ASGI application"))
