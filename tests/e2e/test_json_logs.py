"""The log of the real gunicorn as JSON, as its readers find it."""

from __future__ import annotations

import json
import os
import re
import socket

import pytest
from benchmarks import deployment, served

from paas_app_charmer import release

until = deployment.until

APPLICATION = """
import logging

def app(environ, start_response):
    path = environ["PATH_INFO"]
    if path == "/boom":
        raise ValueError('it says "no"\\nand more')
    if path == "/warn":
        logging.getLogger("gunicorn.http.wsgi").warning("as newer ones do")
    headers = [("Content-Type", "text/plain"), ("Content-Length", "6")]
    start_response("404 Not Found" if path == "/nothing" else "200 OK", headers)
    return halves() if path == "/half" else [b"hello\\n"]

def halves():
    yield b"hel"
    raise RuntimeError("in the middle")
"""
WORKERS = ("-k [ sync ]", "-k [ gthread ] --threads 3", "-k [ gevent ]")


@pytest.fixture(scope="module")
def python(tmp_path_factory):
    return served.environment(tmp_path_factory.mktemp("logs") / "venv", ["gevent"])


@pytest.fixture(scope="module", params=WORKERS)
def server(request, python, tmp_path_factory):
    folder = tmp_path_factory.mktemp("server") / "flask"
    running = served.Server(folder, python, APPLICATION, arguments=request.param)
    try:
        running.apply(running.write(log="json"))
        yield running
    finally:
        running.close()


@pytest.fixture
def asked(server):
    """Ask something of the server and return what it answers, and what is new in its log."""

    def ask(*requests, lines=None, errors=0):
        before = {stream: len(server.lines(stream)) for stream in ("out", "err")}
        answers = exchange(server, *requests)
        wanted = len(requests) if lines is None else lines
        until(lambda: len(server.lines("out")) >= before["out"] + wanted)
        until(lambda: len(server.lines("err")) >= before["err"] + errors)
        new = {stream: server.records(stream)[before[stream] :] for stream in before}
        assert len(new["out"]) == wanted
        return answers[-1], new["out"], new["err"]

    return ask


def exchange(server, *requests):
    """Send requests on one connection, each after the answer to the one before."""
    answers = []
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        for request in requests[:-1]:
            connection.sendall(request)
            answers.append(connection.recv(65536))
        connection.sendall(requests[-1])
        answers.append(b"".join(iter(lambda: connection.recv(65536), b"")))
    return answers


def get(path="/", *headers, method="GET", last=True):
    ending = ["Connection: close"] if last else []
    lines = [f"{method} {path} HTTP/1.1", "Host: here", *headers, *ending, "", ""]
    return "\r\n".join(lines).encode("latin-1")


def test_a_request_has_every_field(asked):
    answer, (line,), _ = asked(get("/a?b=c", "X-Request-Id: 0815", "User-Agent: test"))
    assert answer.endswith(b"hello\n")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line.pop("timestamp"))
    duration = line["attributes"].pop("duration_ms")
    assert 0 < duration < 5000
    body = line.pop("body")
    assert body.startswith("127.0.0.1 - - [")
    assert body.endswith('] "GET /a?b=c HTTP/1.1" 200 6 "-" "test"')
    assert line == {
        "severityText": "INFO",
        "attributes": {
            "logger.name": "gunicorn.access",
            "http.request.method": "GET",
            "url.path": "/a",
            "url.query": "b=c",
            "http.response.status_code": 200,
            "client.address": "127.0.0.1",
            "http.request.header.x-request-id": "0815",
        },
    }


def test_head_and_errors_of_the_application_are_requests_like_others(asked):
    _, (line,), _ = asked(get("/nothing", method="HEAD"))
    assert line["attributes"]["http.request.method"] == "HEAD"
    assert line["attributes"]["http.response.status_code"] == 404


def test_requests_of_one_connection_have_nothing_of_each_other(asked, server):
    requests = [get("/one?a", "X-Request-Id: 1", last=False), get("/two")]
    if "sync" in server.arguments:
        requests[0] = get("/one?a", "X-Request-Id: 1")  # it closes after each answer in any case
        lines = [line for request in requests for line in asked(request)[1]]
    else:
        lines = asked(*requests)[1]
    one, two = (line["attributes"] for line in lines)
    assert one["http.request.header.x-request-id"] == "1"
    assert two["url.path"] == "/two"
    assert not {"url.query", "http.request.header.x-request-id"} & two.keys()


def test_an_exception_is_one_line_with_its_traceback(asked):
    _, (line,), (error,) = asked(get("/boom", "X-Request-Id: 4711"), errors=1)
    assert line["attributes"]["http.response.status_code"] == 500
    assert line["attributes"]["http.request.header.x-request-id"] == "4711"
    assert error["severityText"] == "ERROR"
    assert error["body"].startswith("Error handling request ")
    told = error["attributes"]
    assert told["logger.name"] == "gunicorn.error"
    assert told["exception.type"] == "ValueError"
    assert told["exception.message"] == 'it says "no"\nand more'
    assert told["exception.stacktrace"].startswith("Traceback (most recent call last):\n")


def test_an_exception_in_the_middle_of_an_answer_is_told_too(asked):
    _, (line,), (error,) = asked(get("/half"), errors=1)
    assert line["attributes"]["http.response.status_code"] == 200
    assert error["attributes"]["exception.message"] == "in the middle"


def test_what_other_loggers_of_gunicorn_say_is_told_too(asked):
    _, _, (warning,) = asked(get("/warn"), errors=1)
    assert (warning["severityText"], warning["body"]) == ("WARN", "as newer ones do")
    assert warning["attributes"] == {"logger.name": "gunicorn.http.wsgi"}


@pytest.mark.parametrize(
    ("path", "logged"),
    [
        ("*", "*"),
        ("http://there/a?b", "/a"),
        ("//there/a", "//there/a"),
        ("/\xff%ff", "/\xff%ff"),
        ("/\xc3\xa9", "/é"),
        ('/","severityText":"FATAL', '/","severityText":"FATAL'),
        ("/%0a{}%00\\n", "/%0a{}%00\\n"),
        ("/%s%(h)s{0}", "/%s%(h)s{0}"),
    ],
)
def test_odd_paths_are_logged_as_they_were_sent(asked, path, logged):
    _, (line,), _ = asked(get(path))
    assert line["attributes"]["url.path"] == logged
    assert line["severityText"] == "INFO"


@pytest.mark.parametrize(
    ("sent", "logged"),
    [
        ('"}\\n{"body":"forged', '"}\\n{"body":"forged'),
        ("caf\xc3\xa9", "café"),
        ("\xff", "\xff"),
        ("%(h)s %s {}", "%(h)s %s {}"),
    ],
)
def test_a_header_cannot_forge_a_line(asked, sent, logged):
    _, (line,), errors = asked(get("/", f"X-Request-Id: {sent}", f"Referer: {sent}"))
    assert line["attributes"]["http.request.header.x-request-id"] == logged
    assert (line["severityText"], errors) == ("INFO", [])


@pytest.mark.parametrize(
    "request_line",
    [
        b"GET\r\n\r\n",
        b"GET  HTTP/1.1\r\n\r\n",
        b"\x16\x03\x01\x02\r\n\r\n",
        b"GET / HTTP/9\r\n\r\n",
    ],
)
def test_what_is_no_request_is_told_by_a_warning(asked, request_line):
    answer, _, (warning,) = asked(request_line, lines=0, errors=1)
    assert answer.startswith(b"HTTP/1.1 4")
    assert warning["severityText"] == "WARN"
    assert warning["body"].startswith("Invalid request from ip=127.0.0.1: ")


def test_every_line_since_the_start_is_json(server):
    first = next(iter(server.records("err")))
    assert first["body"].startswith("Starting gunicorn")
    assert {line["attributes"]["logger.name"] for line in server.records("out")} == {
        "gunicorn.access"
    }


def test_requests_are_counted_as_without_json(asked, server):
    server.statistics.settimeout(5)
    asked(get("/nothing"))
    seen = b""
    while b"gunicorn.request.status.404:1|c" not in seen:
        seen = server.statistics.recv(1000)


@pytest.mark.parametrize("worker", WORKERS)
def test_the_format_changes_by_reloads_and_back(python, tmp_path, worker):
    server = served.Server(tmp_path / "flask", python, APPLICATION, arguments=worker)
    try:
        server.apply(server.write())
        master = server.master
        for log in ("json", "none", "json"):
            wanted = server.write(log=log)
            assert server.check(wanted) == ""
            assert server.apply(wanted) is release.Action.RELOAD
            until(lambda log=log: is_logged_as(server, log))
            until(lambda: len(server.workers()) == 1)
            assert server.apply(server.write(log=log)) is release.Action.NOTHING
        assert server.master == master
        os.kill(master, 0)
        before = len(server.lines("err"))
        server.stop()
        assert all(line.startswith("{") for line in server.lines("err")[before:])
    finally:
        server.close()


def is_logged_as(server, log):
    """Ask, and tell how it was logged; a worker that is being replaced may not answer at all."""
    before = len(server.lines("out"))
    if exchange(server, get("/")) == [b""]:
        return False
    until(lambda: len(server.lines("out")) > before)
    return server.lines("out")[-1].startswith("{") == (log == "json")


def test_a_charm_has_its_application_log_json(copy_of):
    flask = copy_of("flask")
    flask.write("charm/paas-config.yaml", "framework_logging_format: json\n")
    flask.run("--config=greeting-from=me")
    flask.settle()
    flask.get("/env?marked", unit=0)
    lines = until(lambda: re.findall(r"\{.*/env\?marked.*\}", flask("logs", "--service", "flask")))
    assert json.loads(lines[-1])["attributes"]["url.query"] == "marked"
    before = flask.processes()
    flask("fire", "update-status")
    assert flask.processes() == before
