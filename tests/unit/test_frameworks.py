"""Frameworks are found by the name of their module."""

from __future__ import annotations

import sys
import types

import pytest

from paas_app_charmer import errors, frameworks

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


def test_the_extension_names_the_framework():
    assert frameworks.of_project({"extensions": ["other", "demo-framework"]}) is builders.SPEC


@pytest.mark.parametrize(
    ("project", "told"),
    [
        ({}, "(none)"),
        ({"extensions": []}, "(none)"),
        ({"extensions": "demo-framework"}, "(none)"),
        ({"extensions": ["rails-framework", "demo"]}, "(rails-framework, demo)"),
        ({"extensions": [None, 5]}, "(None, 5)"),
    ],
)
def test_a_project_without_one_of_ours_is_told_what_to_write(project, told):
    with pytest.raises(errors.OptionError) as raised:
        frameworks.of_project(project)
    assert told in str(raised.value)
    assert "extensions: [flask-framework]" in str(raised.value)


def test_a_project_is_expanded_by_its_framework():
    full = frameworks.expand({"extensions": ["demo-framework"]})
    assert full["containers"] == {"app": {"resource": "app-image"}}
