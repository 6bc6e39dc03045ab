"""Frameworks are found by the name of their module."""

from __future__ import annotations

import sys
import types

import pytest

from paas_app_charmer import frameworks

from . import builders


@pytest.fixture(autouse=True)
def demo(monkeypatch):
    module = types.ModuleType("paas_app_charmer.demo")
    module.SPEC = builders.SPEC
    monkeypatch.setitem(sys.modules, "paas_app_charmer.demo", module)
    monkeypatch.setitem(sys.modules, "paas_app_charmer.demoboot", module)


def test_a_framework_is_found_by_its_name():
    assert frameworks.find("demo") is builders.SPEC


def test_a_name_may_have_a_hyphen():
    assert frameworks.find("demo-boot") is builders.SPEC


@pytest.mark.parametrize("name", ["rails", "errors", "servers", "", "a.b", "../a", "A"])
def test_what_is_no_framework_is_not_found(name):
    assert frameworks.find(name) is None
