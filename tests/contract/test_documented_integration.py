"""docs/integrations.md: its example is a project whose own tests pass, and says what it gives."""

from __future__ import annotations

import importlib.util
import os
import pathlib
import re
import subprocess
import sys
from typing import Any

import pytest

from paas_app_charmer import charm_libs, documents, env, errors, facts, integration
from paas_app_charmer import project as projects
from paas_app_charmer.suites import charm as suite

from ..unit import builders

ROOT = pathlib.Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "integrations.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r"^```\w+ (\S+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))
"""The blocks that name a file, by its path."""
TABLE = dict(re.findall(r"^\| `(OPENSEARCH_\w+)` \| (.+) \|$", PAGE, re.MULTILINE))


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """The files of the page in a folder of their own."""
    folder = tmp_path_factory.mktemp("guest-book")
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def opensearch(project: pathlib.Path) -> integration.Integration[Any]:
    """The integration of the page."""
    path = project / "src" / "opensearch.py"
    spec = importlib.util.spec_from_file_location("documented_opensearch", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module.INTEGRATION


def given(one: integration.Integration[Any]) -> facts.Endpoint:
    return facts.Endpoint(
        name=one.endpoint, integration=one, required=True, related=True, data=one.example
    )


def test_the_tests_on_the_page_pass(project: pathlib.Path):
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/unit"],
        cwd=project,
        env={**os.environ, "PYTHONPATH": "src"},
        capture_output=True,
        check=False,
        text=True,
    )

    assert done.returncode == 0, done.stdout
    assert "7 passed" in done.stdout


def test_the_project_on_the_page_is_one_of_ours():
    folder = projects.Project(paths=frozenset(), texts={})
    expanded = suite.expand(folder, documents.parse(FILES["charmcraft.yaml"])).content

    assert expanded["requires"]["opensearch"] == {
        "interface": "opensearch_client",
        "optional": False,
        "limit": 1,
    }


def test_the_example_is_of_an_interface_that_the_library_does_not_know(
    opensearch: integration.Integration[Any],
):
    assert integration.find(opensearch.interface) is None


def test_the_table_on_the_page_has_every_variable(opensearch: integration.Integration[Any]):
    variables = builders.values(builders.seen(endpoints=(given(opensearch),)))
    others = builders.values(builders.seen())

    assert sorted(TABLE) == sorted(variables.keys() - others.keys())
    for name, told in TABLE.items():
        assert not told.startswith("`") or told == f"`{variables[name]}`"


def test_the_password_on_the_page_does_not_show(opensearch: integration.Integration[Any]):
    password = opensearch.example.password
    endpoint = given(opensearch)
    seen = builders.seen(endpoints=(endpoint,))

    shown = [repr(opensearch.example), repr(endpoint), repr(builders.released(seen))]
    assert not any(env.conceals(text, [password]) for text in shown)


ROWS = [
    (interface, group, library, f"{listed} {version}")
    for interfaces, group, library, listed, version in re.findall(
        r"^\| (`.+`) \| `(\w+)` \| `(charms\..+?)` \| `(.+?)`, version `\"(\d)\"` \|$",
        PAGE,
        re.MULTILINE,
    )
    for interface in re.findall(r"`(\w+)`", interfaces)
]


def test_every_interface_that_a_library_may_speak_stands_in_the_table():
    assert sorted(row[0] for row in ROWS) == sorted(one.interface for one in charm_libs.ALL)


@pytest.mark.parametrize(("interface", "group", "library", "entry"), ROWS)
def test_a_row_of_the_table_names_the_library_that_is_imported(
    interface: str, group: str, library: str, entry: str, monkeypatch: pytest.MonkeyPatch
):
    (one,) = (one for one in getattr(charm_libs, group) if one.interface == interface)
    monkeypatch.setitem(sys.modules, library, None)
    assert one.connect is not None

    with pytest.raises(errors.NeedError, match=re.escape(f"needs {library}: add it")):
        one.connect(object(), "any")
    _, package, version, file = library.split(".")
    assert entry == f"{package.replace('_', '-')}.{file} {version.removeprefix('v')}"
