"""`charmcraft expand-extensions` and `list-extensions` with our suites."""

from __future__ import annotations

import jsonschema
import pytest
import yaml

from paas_app_charmer import project
from paas_app_charmer.suites import catalogue, charm

pytestmark = pytest.mark.timeout(400)

SHORT = """\
name: my-app
type: charm
base: {base}
platforms:
  amd64:
summary: A summary.
description: A description.
extensions:
- {suite}
"""
LONG = """\
name: my-app
type: charm
platforms:
  {base}:amd64:
  jammy-like:
    build-on: [{base}:amd64]
    build-for: [{base}:arm64]
title: My app
summary: A summary.
description: A description.
links:
  source: https://example.com/my-app
charm-libs: []
requires:
  postgresql:
    interface: postgresql_client
    optional: false
    limit: 1
  sso:
    interface: oauth
config:
  options:
    token: {{type: string, required: true, description: ""}}
    count: {{type: int, default: 0}}
    shown: {{type: boolean, default: false}}
actions:
  tidy-up: {{description: "", params: {{}}}}
parts:
  notes: {{plugin: dump, source: ., stage: [notes.txt], build-packages: []}}
extensions: [{suite}]
"""
CASES = [
    (suite.name, base) for suite in catalogue.SUITES.values() for base in suite.bases("charm")
]


@pytest.fixture(params=CASES, ids="-".join)
def case(request):
    return request.param


@pytest.fixture
def suite(case):
    return case[0]


@pytest.fixture
def base(case):
    return case[1]


@pytest.fixture
def folder(tmp_path, suite, base):
    """The folder of a charm that says something of most things."""
    (tmp_path / "paas-config.yaml").write_text("port: 9000\n")
    (tmp_path / "cos_custom/loki_alert_rules").mkdir(parents=True)
    (tmp_path / "charmcraft.yaml").write_text(LONG.format(suite=suite, base=base))
    return tmp_path


def test_the_result_is_our_expansion_in_the_words_of_the_real_model(
    tool, charmcraft, stock_charmcraft, folder, published_schema
):
    written = (folder / "charmcraft.yaml").read_text()
    content = charm.expand(project.read(folder), yaml.safe_load(written)).content
    inside = tool(charmcraft, "expand-extensions", folder=folder, experimental=True)
    jsonschema.validate(inside.content, published_schema)

    # It is portable: a Charmcraft that knows nothing of us reads the same from it.
    (folder / "charmcraft.yaml").write_text(yaml.safe_dump(dict(content), sort_keys=False))
    outside = tool(stock_charmcraft, "expand-extensions", folder=folder, experimental=True)
    assert inside.out == outside.out

    # And it is a project file like any other: expanded again it stays the same.
    (folder / "charmcraft.yaml").write_text(inside.out)
    again = tool(charmcraft, "expand-extensions", folder=folder, experimental=True)
    assert again.out == inside.out


def test_a_warning_is_told_once_and_is_no_error(tool, charmcraft, tmp_path):
    text = LONG.format(suite="flask-framework", base="ubuntu@24.04")
    (tmp_path / "charmcraft.yaml").write_text(text.replace("oauth", "telepathy"))
    done = tool(charmcraft, "expand-extensions", folder=tmp_path)
    assert done.code == 0
    (line,) = done.err.splitlines()
    assert line.startswith("Warning: charmcraft.yaml: requires.sso: ")
    assert "`telepathy`" in line


def test_an_experimental_base_is_said_to_be_one(tool, charmcraft, tmp_path):
    text = SHORT.format(suite="flask-framework", base="ubuntu@26.04")
    (tmp_path / "charmcraft.yaml").write_text(text)
    done = tool(charmcraft, "expand-extensions", folder=tmp_path, experimental=True)
    (line,) = done.err.splitlines()
    assert "experimental on `ubuntu@26.04`" in line


def test_a_project_without_an_extension_is_left_to_the_tool(
    tool, charmcraft, stock_charmcraft, tmp_path
):
    text = SHORT.format(suite="flask-framework", base="ubuntu@24.04").partition("extensions")[0]
    (tmp_path / "charmcraft.yaml").write_text(f"{text}parts: {{p: {{plugin: nil}}}}\n")
    ours = tool(charmcraft, "expand-extensions", folder=tmp_path)
    assert ours.code == 0
    assert ours == tool(stock_charmcraft, "expand-extensions", folder=tmp_path)


@pytest.mark.parametrize("name", catalogue.SUITES)
def test_the_stock_extensions_stay_available(tool, charmcraft, stock_charmcraft, tmp_path, name):
    outputs = []
    for program, extension in ((charmcraft, f"stock-{name}"), (stock_charmcraft, name)):
        text = SHORT.format(suite=extension, base="ubuntu@24.04")
        (tmp_path / "charmcraft.yaml").write_text(text)
        outputs.append(tool(program, "expand-extensions", folder=tmp_path, experimental=True))
    assert outputs[0].content == outputs[1].content


def test_all_suites_are_listed_and_the_stock_ones_beside_those_of_ours(
    tool, charmcraft, stock_charmcraft, tmp_path
):
    stock = tool(stock_charmcraft, "list-extensions", "--format=json", folder=tmp_path)
    ours = tool(charmcraft, "list-extensions", "--format=json", folder=tmp_path)
    listed = {one.pop("name"): one for one in ours.content}
    expected = {one.pop("name"): one for one in stock.content}
    assert listed == expected | {f"stock-{name}": expected[name] for name, _ in CASES}
