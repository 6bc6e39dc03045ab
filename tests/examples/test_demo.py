"""What the demo says before it has measured anything."""

from __future__ import annotations

import importlib.util
import pathlib

import pytest

from paas_app_charmer import documents
from paas_app_charmer import project as projects
from paas_app_charmer.suites import charm as suite

EXAMPLES = pathlib.Path(__file__).parents[2] / "examples"


@pytest.fixture(scope="module")
def demo():
    spec = importlib.util.spec_from_file_location("examples_demo", EXAMPLES / "demo.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_it_integrates_five_endpoints_of_the_charm(demo):
    author = documents.read(EXAMPLES / "flask" / "charm" / "charmcraft.yaml")
    charm = suite.expand(projects.Project(paths=frozenset(), texts={}), author).content
    asked = set(demo.ENDPOINTS.split(","))
    assert len(asked) == 5
    assert asked <= charm["requires"].keys() | charm["provides"].keys()


@pytest.mark.parametrize(("spent", "verdict"), [(15.0, "met"), (15.1, "MISSED")])
def test_a_slow_machine_is_told_and_breaks_no_claim(demo, spent, verdict):
    assert demo.measured(spent).endswith(f"are 15 s: {verdict}")
