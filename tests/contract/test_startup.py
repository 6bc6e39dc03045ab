"""What a charm's start costs: nothing that only some charms, some events or only tools need."""

from __future__ import annotations

import json
import pathlib
import subprocess
import sys
from collections.abc import Collection

import pytest
from generate import found

import paas_app_charmer
from paas_app_charmer import integration

TOOLS = ("click", "cosl", "jsonschema", "pkgutil", "rich", "yaml")
TOOL_CLIENT = pathlib.Path(paas_app_charmer.__file__).parent / "local"

INTEGRATIONS = "paas_app_charmer.integrations."
FRAMEWORKS = sorted(found.specs())
EVERY = sorted(one.interface for one in integration.every())
"""Interfaces, each of which is the name of its integration's module."""

EVENT = """
import ops.testing
import paas_app_charmer.flask
meta = {{
    "name": "probe",
    "containers": {{"flask-app": {{}}}},
    "requires": {{name: {{"interface": name, "optional": True}} for name in {optional!r}}}
    | {{name: {{"interface": name}} for name in {required!r}}},
}}
context = ops.testing.Context(paas_app_charmer.flask.Charm, meta=meta)
related = [ops.testing.Relation(name) for name in {related!r}]
container = ops.testing.Container("flask-app")
state = ops.testing.State(containers=[container], relations=related)
context.run(context.on.config_changed(), state)
"""


def loaded(code: str, *flags: str) -> set[str]:
    """Return what a new interpreter has loaded after running the code."""
    program = f"import json, sys\n{code}\nprint(json.dumps(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, *flags, "-c", program], capture_output=True, check=True, text=True
    )
    return set(json.loads(done.stdout))


def integrations_of(
    *,
    optional: Collection[str] = (),
    required: Collection[str] = (),
    related: Collection[str] = (),
) -> set[str]:
    """Return the integrations that an event of a charm with such endpoints imports."""
    code = EVENT.format(optional=list(optional), required=list(required), related=list(related))
    names = {name.removeprefix(INTEGRATIONS) for name in loaded(code) if INTEGRATIONS in name}
    return {name for name in names if not name.startswith("_")}


OPS = loaded("import ops")


@pytest.fixture(params=FRAMEWORKS, scope="module")
def modules(request) -> set[str]:
    return loaded(f"import paas_app_charmer.{request.param}") - OPS


@pytest.mark.parametrize("package", ["charms", *TOOLS])
def test_a_framework_imports_no_library_that_ops_does_not_have(modules, package):
    assert not {name for name in modules if name.partition(".")[0] == package}


@pytest.mark.parametrize(
    "package", ["cli", "local", "suites", "cos_encoding", "project", "requirements", "metadata"]
)
def test_a_framework_imports_no_tools(modules, package):
    assert not {name for name in modules if name.startswith(f"paas_app_charmer.{package}")}


def test_a_framework_imports_no_integration(modules):
    assert not {name for name in modules if name.startswith("paas_app_charmer.integrations")}


def test_a_framework_imports_no_other_framework(modules):
    assert len({f"paas_app_charmer.{name}" for name in FRAMEWORKS} & modules) == 1


def test_what_a_framework_imported_is_not_looked_through_for_garbage():
    code = "import gc, paas_app_charmer.flask\nassert gc.get_freeze_count() > 10_000"
    assert "paas_app_charmer.flask" in loaded(code)


def test_finding_an_integration_imports_that_one_alone():
    found = loaded("from paas_app_charmer import integration; integration.find('redis')")
    assert {name for name in found if name.startswith("paas_app_charmer.integrations.")} == {
        "paas_app_charmer.integrations.redis"
    }


def test_an_event_imports_no_integration_of_an_endpoint_that_nothing_is_related_to():
    assert integrations_of(optional=EVERY) == set()


def test_an_event_imports_the_integrations_of_endpoints_that_have_a_relation():
    assert integrations_of(optional=EVERY, related=["redis", "smtp"]) == {"redis", "smtp"}


def test_an_event_imports_the_integration_of_an_endpoint_that_has_to_be_related():
    assert integrations_of(optional=EVERY[:3], required=["smtp"]) == {"smtp"}


def test_no_model_of_the_authors_file_is_built_where_there_is_no_such_file():
    code = EVENT.format(optional=[], required=[], related=[])
    check = """
from paas_app_charmer import paas_config
assert not paas_config.PaasConfig.__pydantic_complete__
paas_config.PaasConfig()
assert paas_config.PaasConfig.__pydantic_complete__
"""
    assert "paas_app_charmer.paas_config" in loaded(code + check)


def test_a_hook_tool_imports_next_to_nothing():
    code = f"sys.path.insert(0, {str(TOOL_CLIENT)!r})\nimport toolclient"
    assert loaded(code, "-IS") - loaded("", "-IS") <= {"__future__", "_socket", "toolclient"}
