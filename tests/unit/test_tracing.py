"""Tracing: the URL of the first receiver that takes OTLP over HTTP."""

from __future__ import annotations

import json
from typing import Any

import hypothesis
import hypothesis.strategies as st
import pydantic
import pytest

from paas_app_charmer import errors, facts, integration
from paas_app_charmer.integrations import tracing

from . import builders


def receiver(name: str = "otlp_http", url: str = "http://tempo:4318") -> dict[str, Any]:
    kind = "grpc" if name.endswith("grpc") else "http"
    return {"protocol": {"name": name, "type": kind}, "url": url}


def read(receivers: Any) -> dict[str, str] | None:
    remote = integration.RemoteData(
        app={"receivers": json.dumps(receivers)}, site=builders.site(endpoint="tracing")
    )
    data = tracing.INTEGRATION.read(remote)
    return None if data is None else dict(tracing.INTEGRATION.properties(data))


def test_otlp_over_http_is_asked_for():
    bag = tracing.INTEGRATION.request(builders.site())
    assert (bag.app, bag.unit) == ({"receivers": '["otlp_http"]'}, {})


def test_the_variables_are_those_that_every_sdk_knows():
    given = builders.values(builders.seen(endpoints=(builders.endpoint("tracing"),)))
    found = {name: value for name, value in given.items() if name.startswith("OTEL_")}
    assert found == {
        "OTEL_EXPORTER_OTLP_ENDPOINT": "http://tempo-0.example:4318/",
        "OTEL_SERVICE_NAME": "app",
    }


def test_an_endpoint_of_another_name_is_its_own_prefix():
    given = builders.values(builders.seen(endpoints=(builders.endpoint("tracing", "audit"),)))
    assert given["AUDIT_EXPORTER_OTLP_ENDPOINT"] == "http://tempo-0.example:4318/"
    assert given["AUDIT_SERVICE_NAME"] == "app"


def test_the_service_is_the_application():
    assert (read([receiver()]) or {})["service_name"] == "shop"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("http://test-ip:4318", "http://test-ip:4318/"),
        ("http://test-ip:4318/", "http://test-ip:4318/"),
        ("https://gateway.example/tempo", "https://gateway.example/tempo"),
        ("http://[fd00::1]:4318", "http://[fd00::1]:4318/"),
    ],
)
def test_a_bare_authority_gains_a_slash(given: str, told: str):
    assert (read([receiver(url=given)]) or {})["exporter_otlp_endpoint"] == told


def test_the_first_receiver_of_the_kind_counts():
    found = read([receiver("otlp_grpc", "tempo:4317"), receiver(), receiver(url="http://late:1")])
    assert (found or {})["exporter_otlp_endpoint"] == "http://tempo:4318/"


@pytest.mark.parametrize("receivers", [[], [receiver("otlp_grpc", "tempo:4317")]])
def test_b20b_a_provider_without_such_a_receiver_is_waited_for(receivers: Any):
    assert read(receivers) is None


def test_b20b_a_provider_that_said_nothing_yet_is_waited_for():
    assert tracing.INTEGRATION.read(integration.RemoteData(app={"other": "x"})) is None


@pytest.mark.parametrize(
    "receivers",
    [
        None,
        {},
        5,
        "otlp_http",
        ["otlp_http"],
        [{}],
        [{"protocol": "otlp_http", "url": "http://tempo:4318"}],
        [{"protocol": {"name": "otlp_http"}}],
        [receiver(url="tempo:4318")],
        [receiver(url="ftp://tempo:4318")],
        [receiver(url="http://tempo:port")],
        [receiver(url="")],
    ],
)
def test_b20_receivers_that_are_none_are_refused(receivers: Any):
    with pytest.raises(pydantic.ValidationError):
        read(receivers)


@pytest.mark.parametrize("text", ["otlp_http", "[" * 2000, "{"])
def test_b20_what_is_not_json_is_refused(text: str):
    remote = integration.RemoteData(app={"receivers": text})
    with pytest.raises(errors.RelationDataError, match="receivers is not JSON"):
        tracing.INTEGRATION.read(remote)


URLS = st.text(max_size=15) | st.builds(
    "{}{}{}".format,
    st.sampled_from(["http://", "https://", "HTTP:", "//"]),
    st.text(":/?#[]@%ab1é \x00", max_size=10),
    st.sampled_from(["", ":1", ":x", "/v1/traces"]),
)
NAMES = st.sampled_from(["otlp_http", "otlp_grpc", "zipkin"]) | st.none() | st.integers()
PROTOCOLS = st.fixed_dictionaries({"name": NAMES}) | st.text(max_size=5) | st.none()
RECEIVERS = st.lists(
    st.fixed_dictionaries({}, optional={"protocol": PROTOCOLS, "url": URLS | st.integers()}),
    max_size=3,
)


@hypothesis.settings(max_examples=500, deadline=None)
@hypothesis.given(receivers=RECEIVERS)
def test_b20_hostile_receivers_are_understood_or_refused(receivers: Any):
    try:
        found = read(receivers)
    except pydantic.ValidationError:
        return
    if found is not None:
        assert found["exporter_otlp_endpoint"].startswith(("http://", "https://"))


def test_requests_are_traced_once_there_is_where_to():
    assert builders.seen(endpoints=(builders.endpoint("tracing"),)).traces
    pending: facts.Endpoint = builders.endpoint("tracing", data=None)
    assert not builders.seen(endpoints=(pending,)).traces
