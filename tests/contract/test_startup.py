"""What importing a framework costs: nothing that only some charms or only tools need."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

TOOLS = ("click", "cosl", "jsonschema", "rich", "yaml")


def loaded(code: str) -> set[str]:
    """Return what a new interpreter has loaded after running the code."""
    program = f"import json, sys\n{code}\nprint(json.dumps(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, text=True
    )
    return set(json.loads(done.stdout))


OPS = loaded("import ops")


@pytest.fixture(params=["flask", "django"], scope="module")
def modules(request) -> set[str]:
    return loaded(f"import paas_app_charmer.{request.param}") - OPS


@pytest.mark.parametrize("package", ["charms", *TOOLS])
def test_a_framework_imports_no_library_that_ops_does_not_have(modules, package):
    assert not {name for name in modules if name.partition(".")[0] == package}


@pytest.mark.parametrize("package", ["cli", "local", "suites", "cos_encoding", "project"])
def test_a_framework_imports_no_tools(modules, package):
    assert not {name for name in modules if name.startswith(f"paas_app_charmer.{package}")}


def test_a_framework_imports_no_integration(modules):
    assert not {name for name in modules if name.startswith("paas_app_charmer.integrations")}


def test_a_framework_imports_no_other_framework(modules):
    assert len({"paas_app_charmer.flask", "paas_app_charmer.django"} & modules) == 1


def test_finding_an_integration_imports_that_one_alone():
    found = loaded("from paas_app_charmer import integration; integration.find('redis')")
    assert {name for name in found if name.startswith("paas_app_charmer.integrations.")} == {
        "paas_app_charmer.integrations.redis"
    }
