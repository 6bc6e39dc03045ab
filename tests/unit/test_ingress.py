"""Ingress: all values are JSON, in both directions."""

from __future__ import annotations

import json

import pydantic
import pytest

from paas_app_charmer import errors, integration
from paas_app_charmer.integrations import ingress

from . import builders


def read(**app: str) -> ingress.Ingress | None:
    return ingress.INTEGRATION.read(integration.RemoteData(app=app))


def test_the_leader_tells_where_the_application_is():
    bag = ingress.INTEGRATION.request(builders.site(port=8888))
    assert {key: json.loads(value) for key, value in bag.app.items()} == {
        "model": "test-model",
        "name": "shop",
        "port": 8888,
        "strip-prefix": True,
    }


def test_each_unit_tells_where_it_is():
    bag = ingress.INTEGRATION.request(builders.site(unit=2))
    assert {key: json.loads(value) for key, value in bag.unit.items()} == {
        "host": "shop-2.shop-endpoints.test-model.svc.cluster.local",
        "ip": "10.1.2.3",
    }


def test_a_unit_without_an_address_tells_its_name_only():
    assert ingress.INTEGRATION.request(builders.site(address="")).unit.keys() == {"host"}


@pytest.mark.parametrize(
    "url", ["http://10.0.0.1/model-shop/", "https://shop.example", "http://[fd00::1]:8080/"]
)
def test_the_url_is_taken_as_it_stands(url):
    data = read(ingress=json.dumps({"url": url, "more": 1}))
    assert data is not None
    assert data.url == url


@pytest.mark.parametrize(
    "app", [{}, {"ingress": ""}, {"ingress": "{}"}, {"ingress": '{"url": null}'}]
)
def test_no_url_yet_is_none(app):
    assert read(**app) is None


@pytest.mark.parametrize(
    "text", ["url", "[]", "null", '"text"', "[" * 100_000, '{"url": 1e999999999999}']
)
def test_b20_what_is_no_mapping_is_told(text):
    with pytest.raises((errors.RelationDataError, pydantic.ValidationError)):
        read(ingress=text)


@pytest.mark.parametrize(
    "url",
    [
        5,
        [],
        "",
        "shop.example",
        "ftp://shop.example",
        "http://",
        "http:///path",
        "http://a b/",
        "http://host:port/",
        "http://[fd00::1/",
        "http://[host]/",
        "http://a\u2100b/",
        "http://host/\n",
    ],
)
def test_b20_what_is_no_web_address_is_told(url):
    with pytest.raises((errors.RelationDataError, pydantic.ValidationError)):
        read(ingress=json.dumps({"url": url}))


def test_an_ingress_is_never_waited_for():
    assert not ingress.INTEGRATION.essential
