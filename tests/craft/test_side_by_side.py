"""Stock expansions and ours differ in what docs/suites.md says, and in nothing else."""

from __future__ import annotations

import fnmatch
import pathlib
import re

import pytest
import yaml

from paas_app_charmer.suites import catalogue

from . import projects

PAGE = pathlib.Path(__file__).parents[2] / "docs/suites.md"
SECTION = "## Side by side: charms"
MISSING = object()
pytestmark = pytest.mark.timeout(400)
CASES = [
    (suite.name, base) for suite in catalogue.SUITES.values() for base in suite.bases("charm")
]
PROJECT = """\
name: my-app
type: charm
base: {base}
platforms: {{amd64: }}
title: My app
summary: A summary.
description: A description.
links: {{source: https://example.com/my-app}}
requires:
  postgresql: {{interface: postgresql_client, optional: false, limit: 1}}
  sso: {{interface: oauth}}
provides:
  web: {{interface: http}}
config:
  options:
    token: {{type: string, required: true}}
    count: {{type: int, default: 0, description: ""}}
    shown: {{type: boolean, default: false, optional: true}}
actions:
  tidy-up: {{description: "Mine.", params: {{}}}}
parts:
  notes: {{plugin: dump, source: ., stage: [notes.txt], build-packages: []}}
extensions: [{suite}]
"""


def rows():
    """Return the table: what each row says of a key, and of both values."""
    section = PAGE.read_text(encoding="utf-8").partition(SECTION)[2].partition("\n#")[0]
    table = [line for line in section.splitlines() if line.startswith("|")][2:]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:4]] for line in table]


def says(cell, value):
    """Tell whether a cell is right about a value: exactly, or in words about any."""
    if cell == "-":
        return value is MISSING
    if cell.startswith("`"):
        return value == yaml.safe_load(cell.strip("`"))
    return value is not MISSING


def differences(stock, ours, path=""):
    for key in [*stock, *(key for key in ours if key not in stock)]:
        one, other = stock.get(key, MISSING), ours.get(key, MISSING)
        where = f"{path}.{key}".lstrip(".")
        if isinstance(one, dict) and isinstance(other, dict):
            yield from differences(one, other, where)
        elif one != other or type(one) is not type(other):
            yield where, one, other


@pytest.fixture
def expanded(tool, charmcraft, stock_charmcraft, tmp_path):
    def expand(suite, base):
        (tmp_path / "paas-config.yaml").write_text("port: 9000\n")
        (tmp_path / "cos_custom/loki_alert_rules").mkdir(parents=True, exist_ok=True)
        (tmp_path / "charmcraft.yaml").write_text(PROJECT.format(suite=suite, base=base))
        return [
            tool(one, "expand-extensions", folder=tmp_path, experimental=True).content
            for one in (stock_charmcraft, charmcraft)
        ]

    return expand


def test_every_difference_has_its_row_and_every_row_its_difference(expanded):
    table = rows()
    used: set[int] = set()
    unexplained = []
    for suite, base in CASES:
        for key, stock, ours in differences(*expanded(suite, base)):
            matching = {
                number
                for number, (pattern, left, right) in enumerate(table)
                if fnmatch.fnmatchcase(key, pattern.strip("`"))
                and says(left, stock)
                and says(right, ours)
            }
            used |= matching
            if not matching:
                unexplained.append((suite, base, key, stock, ours))
    assert unexplained == []
    assert [row for number, row in enumerate(table) if number not in used] == []


@pytest.mark.parametrize(
    ("more", "files", "stock", "ours"),
    [
        ("requires:", {}, 70, 0),
        ('config: {options: {a: {type: string, optional: "false"}}}', {}, 0, 1),
        (
            "requires: {sso: {interface: oauth}}\nconfig: {options: {sso-scopes: {type: string}}}",
            {},
            0,
            1,
        ),
        ("", {"paas-config.yaml": "port: http"}, 0, 1),
        ("", {"metadata.yaml": "maintainers: []"}, 0, 1),
        ("requires: {a: {interface: telepathy}}", {}, 0, 0),
        ("config: {options: {a: {type: string, required: true}}}", {}, 0, 0),
    ],
)
def test_what_is_refused_and_what_is_not(
    tool, charmcraft, stock_charmcraft, tmp_path, more, files, stock, ours
):
    (tmp_path / "charmcraft.yaml").write_text(f"{projects.SHORT}{more}\n")
    for path, text in files.items():
        (tmp_path / path).write_text(text)
    codes = [
        tool(program, "expand-extensions", folder=tmp_path).code
        for program in (stock_charmcraft, charmcraft)
    ]
    assert codes == [stock, ours]
