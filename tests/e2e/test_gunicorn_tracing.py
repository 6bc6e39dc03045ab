"""Traces of what the real gunicorn serves, and that they never cost the site."""

from __future__ import annotations

import contextlib
import http.server
import json
import threading
import urllib.error

import pytest
from benchmarks import deployment, served

from paas_app_charmer import release

until = deployment.until

APPLICATION = """
def app(environ, start_response):
    if environ["PATH_INFO"] == "/boom":
        raise ValueError("no")
    start_response("200 OK", [("Content-Length", "5"), ("X-Request-Id", "of the application")])
    return [b"hello"]
"""
BY_ITSELF = (
    APPLICATION
    + """
import opentelemetry.instrumentation.wsgi

app = opentelemetry.instrumentation.wsgi.OpenTelemetryMiddleware(app)
"""
)
WORKERS = ("-k [ sync ]", "-k [ gthread ] --threads 3", "-k [ gevent ]", "--preload")
ADVICE = "add opentelemetry-sdk, opentelemetry-exporter-otlp-proto-http and"


class Receiver(http.server.ThreadingHTTPServer):
    """Takes what is sent by OTLP and keeps it as it is: ids and names can be seen in it."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Export)
        self.bodies = []
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def count(self, trace):
        return b"".join(self.bodies).count(bytes.fromhex(trace))


class Export(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        assert self.path == "/v1/traces"
        self.server.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def receiver():
    with Receiver() as serving:
        yield serving
        serving.shutdown()


@pytest.fixture(scope="module")
def python(tmp_path_factory):
    folder = tmp_path_factory.mktemp("traced") / "venv"
    return served.environment(folder, ["gevent", *served.TRACING])


@pytest.fixture(scope="module")
def without(tmp_path_factory):
    return served.environment(tmp_path_factory.mktemp("untraced") / "venv", [])


@pytest.fixture
def serve(tmp_path):
    """Start gunicorn; the last one is stopped when the test is over."""
    started = []

    def start(python, *, application=APPLICATION, arguments="", **wanted):
        server = served.Server(tmp_path / "flask", python, application, arguments=arguments)
        started.append(server)
        server.apply(server.write(**wanted))
        return server

    yield start
    for server in started:
        server.close()


def ask(server, path="/"):
    """Fetch a page, and return what is logged of it. While workers are replaced it may fail."""
    before = len(server.lines("out"))
    with contextlib.suppress(urllib.error.HTTPError):
        deployment.fetch(f"http://{server.address}{path}")
    until(lambda: len(server.lines("out")) > before)
    return server.lines("out")[-1]


@pytest.mark.parametrize("worker", WORKERS)
def test_each_request_has_a_trace_that_its_log_names(serve, python, receiver, worker):
    server = serve(python, arguments=worker, log="json", traces=receiver.url)
    lines = [json.loads(ask(server, path)) for path in ("/", "/", "/boom")]
    server.stop()  # what has not been sent by then is sent at the last moment
    traces = [line["traceId"] for line in lines]
    assert len(set(traces)) == 3
    assert [receiver.count(trace) for trace in traces] == [1, 1, 1]
    assert all(bytes.fromhex(line["spanId"]) in b"".join(receiver.bodies) for line in lines)
    assert b"shop" in receiver.bodies[0]
    assert lines[0]["body"].endswith(" of the application")
    (error,) = (line for line in server.records("err") if line["severityText"] == "ERROR")
    assert error["traceId"] == traces[2]


@pytest.mark.parametrize("worker", WORKERS[:-1])
def test_traces_come_and_go_by_reloads(serve, python, receiver, worker):
    server = serve(python, arguments=worker)
    master = server.master
    for traces in (receiver.url, "", receiver.url):
        wanted = server.write(traces=traces)
        assert server.check(wanted) == ""
        assert server.apply(wanted) is release.Action.RELOAD
        until(lambda traces=traces: ask(server).endswith("of the application") == bool(traces))
        until(lambda: len(server.workers()) == 1)
    seen = len(receiver.bodies)
    ask(server)
    assert server.stop() < 5
    assert len(receiver.bodies) > seen
    assert server.lines("err")[-1].endswith("Shutting down: Master")
    assert f"[{master}]" in server.lines("err")[-1]


def test_an_application_that_makes_its_own_spans_has_them_sent_and_no_others(
    serve, python, receiver
):
    server = serve(python, application=BY_ITSELF, log="json", traces=receiver.url)
    line = json.loads(ask(server))
    server.stop()
    assert receiver.count(line["traceId"]) == 1


@pytest.mark.parametrize("worker", ["-k [ sync ]", "-k [ gevent ]"])
def test_a_receiver_that_is_away_holds_up_neither_requests_nor_a_stop(serve, python, worker):
    server = serve(python, arguments=worker, traces="http://127.0.0.1:9")
    assert "hello" not in ask(server)
    assert server.stop() < 4, "Pebble kills after five seconds"


def test_b39_without_open_telemetry_in_the_rock_the_site_is_up_and_the_logs_say_what_to_add(
    serve, without, receiver
):
    server = serve(without)
    wanted = server.write(log="json", traces=receiver.url)
    assert ADVICE in server.check(wanted)
    assert server.apply(wanted) is release.Action.RELOAD
    until(lambda: ask(server).startswith("{"))
    assert "traceId" not in json.loads(ask(server))
    warnings = [line for line in server.lines("err") if '"WARN"' in line]
    assert len(warnings) == 1
    assert ADVICE in warnings[0]
