"""What stands in a line of the server's log, and which span it is told to belong to."""

from __future__ import annotations

import json
import logging
import re
import sys
import types
from typing import Any

import hypothesis
import hypothesis.strategies as st
import pytest

from paas_app_charmer.servers import gunicorn_json

TRACE, SPAN = 0x5B8AA5A2D2C872E8321CF37308D69DF2, 0x051581BF3CB55C13


class Spans:
    """As much of opentelemetry.trace as there is to see of it: the span that goes on."""

    def __init__(self) -> None:
        self.now: tuple[int, int] | None = None

    def get_current_span(self) -> Any:
        trace, span = self.now or (0, 0)
        context = types.SimpleNamespace(
            is_valid=self.now is not None, trace_id=trace, span_id=span
        )
        return types.SimpleNamespace(get_span_context=lambda: context)


@pytest.fixture
def spans(monkeypatch):
    stand_in = Spans()
    monkeypatch.setitem(sys.modules, "opentelemetry.trace", stand_in)
    yield stand_in
    gunicorn_json._last.set(None)


def record(message: Any = "hello", *args: Any, level: int = logging.INFO, **more: Any):
    made = logging.LogRecord("gunicorn.error", level, "here", 1, message, args, None)
    made.created, made.msecs = 1700000000.25, 250.0
    for name, value in more.items():
        setattr(made, name, value)
    return made


def logged(made: logging.LogRecord) -> dict[str, Any]:
    line = gunicorn_json.Formatter().format(made)
    assert "\n" not in line
    assert line.isascii()
    return json.loads(line)


ATOMS = {
    "h": "10.1.2.3",
    "m": "GET",
    "U": "/caf\xc3\xa9",
    "q": "",
    "H": "HTTP/1.1",
    "s": "200",
    "r": "GET /caf%C3%A9 HTTP/1.1",
}


def access(line: str = '%(h)s "%(r)s" %(s)s', path: str | None = "/caf%C3%A9", **changes: Any):
    """Return what is logged of a request, of which gunicorn knows these parts."""
    environ = {"PATH_INFO": "/", **changes.pop("environ", {})}
    headers = changes.pop("headers", [])
    atoms = {**ATOMS, **changes}
    req = types.SimpleNamespace(path=path, headers=headers)
    told = gunicorn_json.request(atoms, req, environ, 0.0123456)
    parts = {**atoms, gunicorn_json._REQUEST: (told,)}
    return logged(record(line, parts, name="gunicorn.access"))


def test_a_line_says_when_how_bad_what_and_by_whom():
    assert logged(record("Listening at: %s", "http://0.0.0.0:8000")) == {
        "timestamp": "2023-11-14T22:13:20.250Z",
        "severityText": "INFO",
        "body": "Listening at: http://0.0.0.0:8000",
        "attributes": {"logger.name": "gunicorn.error"},
    }


@pytest.mark.parametrize(
    ("level", "text"),
    [
        (logging.DEBUG, "DEBUG"),
        (logging.INFO, "INFO"),
        (logging.WARNING, "WARN"),
        (logging.ERROR, "ERROR"),
        (logging.CRITICAL, "FATAL"),
    ],
)
def test_severities_have_their_open_telemetry_names(level, text):
    assert logged(record(level=level))["severityText"] == text


def test_each_second_has_its_own_time():
    formatter = gunicorn_json.Formatter()
    seen = [
        json.loads(formatter.format(record(created=created, msecs=5.0)))["timestamp"]
        for created in (1700000000.005, 1700000001.005, 1700000000.005)
    ]
    assert [one[-7:] for one in seen] == ["20.005Z", "21.005Z", "20.005Z"]


class OfTheAuthorError(Exception):
    def __str__(self) -> str:
        raise RuntimeError

    def __bool__(self) -> bool:
        return False


def raised(error: Exception) -> tuple[Any, ...]:
    try:
        raise error
    except type(error):
        return sys.exc_info()


def test_an_exception_is_told_in_attributes():
    attributes = logged(record("Error", exc_info=raised(ValueError("no\nway"))))["attributes"]
    assert attributes["exception.type"] == "ValueError"
    assert attributes["exception.message"] == "no\nway"
    assert attributes["exception.stacktrace"].startswith("Traceback (most recent call last):\n")
    assert attributes["exception.stacktrace"].endswith("ValueError: no\nway\n")


def test_an_exception_that_cannot_be_printed_is_told_by_its_type():
    attributes = logged(record(exc_info=raised(OfTheAuthorError())))["attributes"]
    assert attributes["exception.type"].endswith(".OfTheAuthorError")
    assert attributes["exception.message"] == ""


def test_a_record_of_an_exception_that_is_over_has_none():
    assert "exception.type" not in logged(record(exc_info=(None, None, None)))["attributes"]


def test_a_request_is_told_in_attributes_and_as_gunicorn_renders_it():
    seen = access()
    assert seen["severityText"] == "INFO"
    assert seen["body"] == '10.1.2.3 "GET /caf%C3%A9 HTTP/1.1" 200'
    assert seen["attributes"] == {
        "logger.name": "gunicorn.access",
        "http.request.method": "GET",
        "url.path": "/caf%C3%A9",
        "http.response.status_code": 200,
        "client.address": "10.1.2.3",
        "duration_ms": 12.346,
    }


def test_a_query_is_told_if_there_is_one():
    assert access(q="a=b&c")["attributes"]["url.query"] == "a=b&c"


def test_the_id_of_a_request_is_told_if_it_has_one():
    name = "http.request.header.x-request-id"
    assert access(environ={"HTTP_X_REQUEST_ID": "a-1"})["attributes"][name] == "a-1"
    assert access(environ={"HTTP_X_REQUEST_ID": ""})["attributes"][name] == ""


def test_the_id_of_a_request_is_known_after_the_application_failed():
    atoms = {**ATOMS, "s": "500"}
    req = types.SimpleNamespace(path="/", headers=[("HOST", "a"), ("X-REQUEST-ID", "a-1")])
    told = gunicorn_json.request(atoms, req, {"RAW_URI": "/"}, 0)
    assert '"http.request.header.x-request-id":"a-1"' in told


def test_bytes_that_are_utf_8_are_read_as_that_and_others_kept():
    assert access(q="\xc3\xa9")["attributes"]["url.query"] == "é"
    assert access(q="\xe9")["attributes"]["url.query"] == "\xe9"


@pytest.mark.parametrize("status", [None, "", "fine"])
def test_a_status_that_is_no_number_is_left_out(status):
    assert "http.response.status_code" not in access(s=status)["attributes"]


def test_a_request_without_a_path_or_an_address_is_logged_too():
    attributes = access(path=None, U=None, h="")["attributes"]
    assert (attributes["url.path"], attributes["client.address"]) == ("", "-")


def test_an_empty_format_gives_an_empty_body():
    assert access("")["body"] == ""


@pytest.mark.parametrize("unusable", ["%(h)d", "%(h)", "%(nobody)s"])
def test_a_format_that_cannot_be_rendered_gives_the_essence(unusable):
    assert access(unusable)["body"] == '10.1.2.3 - "GET /caf\xc3\xa9 HTTP/1.1" 200'


def test_a_message_that_does_not_fit_its_arguments_is_logged_as_it_is():
    assert logged(record("%s and %s", 1))["body"] == "%s and %s"


@hypothesis.given(st.text(), st.text(st.characters(max_codepoint=255)), st.text())
def test_whatever_comes_is_one_line_of_json(message, header, error):
    seen = logged(record("%s", message, exc_info=raised(ValueError(error))))
    assert seen["body"] == message.encode(errors="replace").decode()
    seen = access(header.replace("%", ""), path=header, q=header, h=header)
    assert re.search("[\ud800-\udfff]", json.dumps(seen, ensure_ascii=False)) is None


def answered(application: Any) -> Any:
    """Return the ids of the line that is written when the request is over."""
    told: list[Any] = []
    gunicorn_json.remembering(application)({}, lambda *given: told.append(given))
    seen = access()
    return seen.get("traceId"), seen.get("spanId")


def test_without_open_telemetry_there_are_no_ids():
    assert answered(lambda _, start: [start("200 OK", [])]) == (None, None)


def test_a_line_inside_a_span_has_its_ids(spans):
    spans.now = (TRACE, SPAN)
    seen = logged(record())
    assert (seen["traceId"], seen["spanId"]) == (
        "5b8aa5a2d2c872e8321cf37308d69df2",
        "051581bf3cb55c13",
    )


def test_a_line_after_the_span_has_the_ids_of_the_answer(spans):
    def application(_environ, start):
        spans.now = (TRACE, SPAN)
        start("200 OK", [])
        spans.now = None
        return []

    assert answered(application) == ("5b8aa5a2d2c872e8321cf37308d69df2", "051581bf3cb55c13")


def test_a_request_that_never_was_answered_has_the_ids_of_its_beginning(spans):
    def application(_environ, _start):
        spans.now = None
        return []

    spans.now = (1, 2)
    assert answered(application) == (f"{1:032x}", f"{2:016x}")


def test_a_request_does_not_inherit_the_ids_of_the_one_before(spans):
    spans.now = (TRACE, SPAN)
    answered(lambda _, start: [start("200 OK", [])])
    spans.now = None
    assert answered(lambda _, start: [start("200 OK", [])]) == (None, None)


@pytest.mark.usefixtures("spans")
def test_the_server_gets_what_the_application_says():
    told = []
    start = gunicorn_json.remembering(lambda _, start: [start("200 OK", [("A", "b")], None)])
    assert start({}, lambda *given: told.append(given) or b"body") == [b"body"]
    assert told == [("200 OK", [("A", "b")], None)]


def test_an_api_that_is_being_imported_is_no_reason_to_fail(monkeypatch):
    monkeypatch.setitem(sys.modules, "opentelemetry.trace", types.ModuleType("half"))
    assert answered(lambda _, start: [start("200 OK", [])]) == (None, None)


class Master:
    """A master that was started with one kind of logger and is now configured for another."""

    def __init__(self, first: type, now: type) -> None:
        self.log = first(None)
        self.cfg = types.SimpleNamespace(logger_class=now)


class Plain:
    def __init__(self, _cfg: Any) -> None:
        self.server: Any = None


class Other(Plain):
    pass


@pytest.mark.parametrize("now", [Plain, Other])
def test_the_master_logs_as_it_is_configured_after_a_reload(now):
    master = Master(Plain, now)
    before = master.log
    gunicorn_json.follow(master)
    assert type(master.log) is now
    assert (master.log is before) == (now is Plain)
    assert master.log.server is master
