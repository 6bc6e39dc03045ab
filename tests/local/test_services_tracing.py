"""The receiver of traces, and the command that lists them."""

from __future__ import annotations

import base64
import contextlib
import gzip
import http.client
import json
import time
import urllib.error
import urllib.parse
import urllib.request

import hypothesis
import pytest
from click import testing
from hypothesis import strategies

from paas_app_charmer.cli import commands
from paas_app_charmer.local import services, traces
from paas_app_charmer.local.services import _otlp

# Written by OpenTelemetry's own Protobuf classes, with every kind of value that an attribute has.
EXPORT = base64.b64decode(
    "CvoCChgKFgoMc2VydmljZS5uYW1lEgYKBHNob3AS3QIKBwoFZmxhc2sS8wEKEEv5LzV3s02mo86SnQ4ORzYSCADwZ6oL"
    "qQK3KgtHRVQgL2NhZsOpczACOQAAKjb+nJcXQQAOUT3+nJcXShcKCmh0dHAucm91dGUSCQoHL2NhZsOpc0oICgJvaxIC"
    "EAFKFwoQaHR0cC5zdGF0dXNfY29kZRIDGPQDShcKCG5lZ2F0aXZlEgsY+f//////////AUoSCgVyYXRpbxIJIQAAAAAA"
    "AOA/SgsKA3JhdxIEOgIA/0oTCgRsaXN0EgsqCQoDCgFhCgIYAkoSCgNtYXASCzIJCgcKAWsSAhAASgcKBWVtcHR5egwS"
    "CGl0IGJyb2tlGAISXAoQS/kvNXezTaajzpKdDg5HNhIIEREREREREREiCADwZ6oLqQK3KgZTRUxFQ1QwAzmAlsI2/pyX"
    "F0GAw/M3/pyXF1ABWhAJAQAAAAAAAAASBWV2ZW50hQEBAAAA"
)
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
ROOT = traces.Span(
    trace=TRACE,
    id="00f067aa0ba902b7",
    parent="",
    name="GET /cafés",
    kind=2,
    start=1_700_000_000_000_000_000,
    end=1_700_000_000_120_000_000,
    service="shop",
    attributes={
        "http.route": "/cafés",
        "ok": True,
        "http.status_code": 500,
        "negative": -7,
        "ratio": 0.5,
        "raw": "AP8=",
        "list": ["a", 2],
        "map": {"k": False},
        "empty": None,
    },
    status=2,
    message="it broke",
)
CHILD = traces.Span(
    trace=TRACE,
    id="1111111111111111",
    parent=ROOT.id,
    name="SELECT",
    kind=3,
    start=1_700_000_000_010_000_000,
    end=1_700_000_000_030_000_000,
    service="shop",
    attributes={},
    status=0,
    message="",
)
# The same in the other form, by the rules of OTLP: ids in hexadecimal, 64 bits as text.
JSON_EXPORT = {
    "resourceSpans": [
        {
            "resource": {
                "attributes": [{"key": "service.name", "value": {"stringValue": "shop"}}]
            },
            "scopeSpans": [
                {
                    "spans": [
                        {
                            "traceId": TRACE.upper(),
                            "spanId": ROOT.id,
                            "name": "GET /cafés",
                            "kind": 2,
                            "startTimeUnixNano": "1700000000000000000",
                            "endTimeUnixNano": "1700000000120000000",
                            "attributes": [
                                {"key": "http.route", "value": {"stringValue": "/cafés"}},
                                {"key": "ok", "value": {"boolValue": True}},
                                {"key": "http.status_code", "value": {"intValue": "500"}},
                                {"key": "negative", "value": {"intValue": -7}},
                                {"key": "ratio", "value": {"doubleValue": 0.5}},
                                {"key": "raw", "value": {"bytesValue": "AP8="}},
                                {
                                    "key": "list",
                                    "value": {
                                        "arrayValue": {
                                            "values": [{"stringValue": "a"}, {"intValue": "2"}]
                                        }
                                    },
                                },
                                {
                                    "key": "map",
                                    "value": {
                                        "kvlistValue": {
                                            "values": [{"key": "k", "value": {"boolValue": False}}]
                                        }
                                    },
                                },
                                {"key": "empty"},
                            ],
                            "status": {"code": 2, "message": "it broke"},
                        },
                        {
                            "traceId": TRACE,
                            "spanId": CHILD.id,
                            "parentSpanId": ROOT.id,
                            "name": "SELECT",
                            "kind": 3,
                            "startTimeUnixNano": "1700000000010000000",
                            "endTimeUnixNano": "1700000000030000000",
                        },
                    ]
                }
            ],
        }
    ]
}


@pytest.fixture
def project(tmp_path):
    (tmp_path / "charmcraft.yaml").touch()
    (tmp_path / "rockcraft.yaml").touch()
    return tmp_path


@pytest.fixture
def start(project):
    started: list[services.Running] = []

    def start() -> services.Running:
        folder = project / ".paas" / "services" / "tracing"
        context = services.Context(folder=folder, model="local", application="my-web")
        started.append(services.find("tracing").start(context))
        return started[-1]

    yield start
    for running in started:
        running.stop()


@pytest.fixture
def receiver(start):
    return start()


@pytest.fixture
def invoke(project):
    def run(*words):
        words = ["traces", *words, "--project", str(project)]
        return testing.CliRunner().invoke(commands.group, words)

    return run


def request(receivers='["otlp_http"]') -> services.Request:
    app = {"receivers": receivers} if receivers else {}
    return services.Request(relation_id=1, endpoint="tracing", app=app, units={})


def url(receiver) -> str:
    (one,) = json.loads(receiver.offer(request()).app["receivers"])
    return one["url"]


def post(receiver, body, path="/v1/traces", **headers) -> tuple[int, bytes]:
    headers = {"Content-Type": "application/x-protobuf", **headers}
    sent = urllib.request.Request(url(receiver) + path, data=body, headers=headers)
    try:
        with urllib.request.urlopen(sent, timeout=10) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def kept(project) -> list[traces.Trace]:
    return traces.recorded(project / ".paas")


def test_it_publishes_the_protocol_that_is_asked_for(receiver):
    published = json.loads(receiver.offer(request()).app["receivers"])
    assert published == [{"protocol": {"name": "otlp_http", "type": "http"}, "url": url(receiver)}]


@pytest.mark.parametrize("asked", ["", "[]", '["otlp_grpc"]'])
def test_who_asks_for_another_protocol_gets_nothing(receiver, asked):
    assert receiver.offer(request(asked)) == services.Offer()


def test_protobuf_is_read():
    assert _otlp.spans(EXPORT, "application/x-protobuf") == [ROOT, CHILD]


def test_json_is_read_to_the_same():
    body = json.dumps(JSON_EXPORT).encode()
    assert _otlp.spans(body, "application/json; charset=utf-8") == [ROOT, CHILD]


@hypothesis.given(
    body=strategies.binary()
    | strategies.integers(0, len(EXPORT)).flatmap(
        lambda cut: strategies.binary().map(lambda more: EXPORT[:cut] + more)
    ),
    kind=strategies.sampled_from(["application/x-protobuf", "application/json", "text/plain"]),
)
def test_whatever_arrives_is_read_or_refused(body, kind):
    with contextlib.suppress(_otlp.MalformedError):
        assert all(isinstance(traces.record(span), str) for span in _otlp.spans(body, kind))


@pytest.mark.parametrize("body", ["[" * 100_000, '{"resourceSpans": {"a": 1}}', "7"])
def test_json_of_another_form_is_refused(body):
    with pytest.raises(_otlp.MalformedError):
        _otlp.spans(body.encode(), "application/json")


def test_an_export_is_kept(receiver, project):
    assert post(receiver, EXPORT) == (200, b"")
    assert kept(project) == [traces.Trace(id=TRACE, spans=(ROOT, CHILD))]


def test_an_export_in_json_is_answered_in_json(receiver, project):
    body = json.dumps(JSON_EXPORT).encode()
    assert post(receiver, body, **{"Content-Type": "application/json"}) == (200, b"{}")
    assert kept(project)[0].root == ROOT


def test_a_packed_export_is_unpacked(receiver, project):
    assert post(receiver, gzip.compress(EXPORT), **{"Content-Encoding": "gzip"})[0] == 200
    assert kept(project)[0].root == ROOT


def test_an_export_in_chunks_is_put_together(receiver, project):
    address = urllib.parse.urlsplit(url(receiver)).netloc
    client = http.client.HTTPConnection(address, timeout=10)
    pieces = iter([EXPORT[:100], EXPORT[100:]])
    client.request("POST", "/v1/traces", pieces, {"Content-Type": "application/x-protobuf"})
    answer = client.getresponse()
    assert (answer.status, answer.read()) == (200, b"")
    assert kept(project)[0].root == ROOT
    client.close()


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"\xff\xff\xff", {}),
        (b"{", {"Content-Type": "application/json"}),
        (EXPORT, {"Content-Encoding": "gzip"}),
        (EXPORT, {"Content-Encoding": "br"}),
        (gzip.compress(bytes(17_000_000)), {"Content-Encoding": "gzip"}),
    ],
)
def test_what_is_no_export_is_refused_and_the_receiver_goes_on(receiver, project, body, headers):
    assert post(receiver, body, **headers)[0] == 400
    assert post(receiver, EXPORT)[0] == 200
    assert len(kept(project)) == 1


@pytest.mark.parametrize("path", ["/v1/metrics", "/v1/logs", "/"])
def test_only_traces_are_taken(receiver, path):
    assert post(receiver, EXPORT, path)[0] == 404


def test_traces_and_address_outlive_a_run(start, project):
    first = start()
    post(first, EXPORT)
    address = url(first)
    first.stop()
    second = start()
    assert url(second) == address
    post(second, EXPORT.replace(bytes.fromhex(TRACE), bytes(16)))
    assert [trace.id for trace in kept(project)] == [TRACE, "0" * 32]


def test_it_stops_within_a_second(receiver):
    post(receiver, EXPORT)
    before = time.monotonic()
    receiver.stop()
    assert (time.monotonic() - before < 1, receiver.alive()) == (True, False)


def test_traces_are_listed(receiver, invoke):
    post(receiver, EXPORT)
    heading, row = invoke().stdout.strip().splitlines()
    assert heading.split() == ["Trace", "Began", "Service", "Name", "Steps", "Took", "Result"]
    assert row.startswith(TRACE)
    assert row.split()[2:] == ["shop", "GET", "/cafés", "2", "120.0", "ms", "error"]


def test_the_steps_of_one_trace_are_shown_below_each_other(receiver, invoke):
    post(receiver, EXPORT)
    assert invoke(TRACE[:6].upper()).stdout.strip().splitlines() == [
        "Step        Service  Kind    After    Took      Result",
        "GET /cafés  shop     server  0.0 ms   120.0 ms  error it broke",
        "  SELECT    shop     client  10.0 ms  20.0 ms   ok",
    ]


def test_traces_are_printed_as_json_with_all_that_is_known(receiver, invoke):
    post(receiver, EXPORT)
    (found,) = json.loads(invoke("--json").stdout)
    assert (found["trace"], found["duration"]) == (TRACE, 120_000_000)
    assert found["spans"][0]["attributes"]["map"] == {"k": False}


def test_before_the_first_trace_the_list_says_so(invoke):
    done = invoke()
    assert (done.exit_code, done.stdout, done.stderr) == (0, "", "No trace has arrived yet.\n")


def test_a_trace_that_is_not_there_is_refused(invoke):
    done = invoke("abc")
    assert (done.exit_code, done.stderr) == (1, "Error: there is no trace abc\n")


def test_spans_whose_parent_is_elsewhere_or_themselves_are_shown_too():
    lost = _span("2", parent="9")
    itself = _span("3", parent="3")
    child = _span("4", parent="2")
    trace = traces.Trace(id="t", spans=(lost, itself, child))
    assert [(depth, span.id) for depth, span in trace.tree()] == [(0, "2"), (1, "4"), (0, "3")]


def _span(identity: str, *, parent: str) -> traces.Span:
    return traces.Span(**{**CHILD.__dict__, "id": identity, "parent": parent})


def test_half_a_line_of_a_killed_run_is_left_out(receiver, project):
    post(receiver, EXPORT)
    file = project / ".paas" / "services" / "tracing" / traces.FILE
    file.write_text(file.read_text() + '{"trace": "ab')
    assert len(kept(project)) == 1


def test_a_receiver_elsewhere():
    address = "https://otlp.example:4318/tempo"
    context = services.Context(folder=None, model="local", application="a", url=address)
    offer = services.find("tracing", url=address).start(context).offer(request())
    assert json.loads(offer.app["receivers"])[0]["url"] == address
