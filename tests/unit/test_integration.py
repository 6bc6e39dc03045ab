"""Integrations are found by the name of their interface."""

from __future__ import annotations

import sys
import types

import pydantic
import pytest

from paas_app_charmer import integration, integrations
from paas_app_charmer.integrations import redis


class Numbers(pydantic.BaseModel):
    """Data with a field of each kind."""

    text: str = "a"
    number: int = 5
    flag: bool = True
    absent: str | None = None


def test_an_integration_is_found_by_its_interface():
    assert integration.find("redis") is redis.INTEGRATION


def test_an_interface_may_have_a_hyphen(monkeypatch):
    module = types.ModuleType("paas_app_charmer.integrations.one_more")
    module.INTEGRATION = redis.INTEGRATION
    monkeypatch.setitem(sys.modules, module.__name__, module)
    assert integration.find("one-more") is redis.INTEGRATION


@pytest.mark.parametrize("interface", ["unheard_of", "", "_database", "../errors", "a.b", "Redis"])
def test_an_interface_that_the_library_does_not_speak_is_not_found(interface):
    assert integration.find(interface) is None


def test_all_integrations_are_found_by_their_files():
    found = [one.interface for one in integration.every()]
    assert {"redis", "ingress", "oauth"} <= set(found)
    assert len(found) == len(set(found))


def test_an_integration_that_lacks_an_import_of_its_own_is_an_error(monkeypatch, tmp_path):
    (tmp_path / "broken.py").write_text("import not_there", encoding="utf-8")
    monkeypatch.setattr(integrations, "__path__", [str(tmp_path)])
    with pytest.raises(ModuleNotFoundError, match="not_there"):
        integration.find("broken")


def test_fields_with_a_value_are_properties_of_the_same_name():
    assert integration.fields_of(Numbers()) == {"text": "a", "number": "5", "flag": "true"}


def test_a_databag_and_what_the_other_side_said_do_not_show():
    bag = integration.Databag(app={"a": "hunter2"}, unit={"a": "hunter2"})
    remote = integration.RemoteData(app={"a": "hunter2"}, units={"u/0": {"a": "hunter2"}})
    assert "hunter2" not in repr(bag) + repr(remote)
