"""OpenFGA: the name of the store, and what the application is told about it."""

from __future__ import annotations

import pydantic
import pytest

from paas_app_charmer import environment
from paas_app_charmer.integrations import openfga

from . import builders

GIVEN = {
    "grpc_api_url": "http://10.1.0.5:8081",
    "http_api_url": "http://10.1.0.5:8080",
    "store_id": "01GP1254CHWJC1MNGVB0WDG1T0",
    "token": "hunter2",
}


@pytest.mark.parametrize(("first", "name"), [(True, "app-store"), (False, "shop")])
def test_each_generation_asks_for_the_store_by_its_name(first, name):
    assert openfga.store_name(builders.site(first_generation=first)) == name


@pytest.mark.parametrize("absent", [(), ("store_id",), ("token",), ("store_id", "token")])
def test_what_is_there_becomes_a_variable(absent):
    given = {key: value for key, value in GIVEN.items() if key not in absent}
    data = openfga.OpenFga.model_validate(given)
    endpoint = builders.endpoint("openfga", data=data)
    found = environment.build(builders.SPEC, builders.seen(endpoints=(endpoint,)))
    told = {key: one.value for key, one in found.items() if key.startswith("FGA_")}
    assert told == {f"FGA_{key.upper()}": value for key, value in given.items()}


def test_the_token_is_hidden():
    data = openfga.OpenFga.model_validate(GIVEN)
    endpoint = builders.endpoint("openfga", data=data)
    found = environment.build(builders.SPEC, builders.seen(endpoints=(endpoint,)))
    assert found["FGA_TOKEN"].secret
    assert "hunter2" not in repr(data)


@pytest.mark.parametrize("key", GIVEN)
@pytest.mark.parametrize("value", ["", "a b", "\0", "a\nb"])
def test_what_cannot_stand_in_a_variable_is_refused(key, value):
    with pytest.raises(pydantic.ValidationError) as raised:
        openfga.OpenFga.model_validate({**GIVEN, key: value})
    assert "hunter2" not in str(raised.value)
