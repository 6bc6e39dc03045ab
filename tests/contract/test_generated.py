"""What is generated is what lies in the tree, for every framework and integration there is."""

from __future__ import annotations

import json
import re

import pytest
from generate import committed, found, reference

from paas_app_charmer import documents
from paas_app_charmer.suites import catalogue

MODULES = sorted(found.specs())
SHIPPED = sorted(suite.module for suite in catalogue.shipped())
INTERFACES = sorted(found.integrations())
STALE = {
    path.relative_to(found.ROOT).as_posix(): text
    for files, present in committed.STEPS
    for path, text in committed.stale(files(), present()).items()
}
WANTED = sorted(
    path.relative_to(found.ROOT).as_posix() for files, _ in committed.STEPS for path in files()
)
TOLD = f"run `{committed.COMMAND}`"


@pytest.mark.parametrize("name", WANTED)
def test_a_generated_file_is_as_it_would_be_generated_now(name):
    assert name not in STALE, f"{name} is not up to date: {TOLD}"


def test_nothing_lies_around_that_is_not_generated_any_more():
    gone = [path for path, text in STALE.items() if text is None]
    assert not gone, f"{gone} should go: {TOLD}"


def test_every_framework_has_a_suite_and_every_suite_a_framework():
    assert SHIPPED == MODULES, (
        f"a suite is a folder of `suites/` with an `__init__.py`, and its data: {TOLD}"
    )


def test_an_endpoint_gives_the_variables_that_the_contract_names():
    table = documents.read(found.ROOT / "tests" / "contract" / "environment.yaml")["frameworks"]
    data = json.loads((found.SUITES / "interfaces.json").read_text(encoding="utf-8"))
    for module in MODULES:
        for interface, row in data.items():
            rows = table[module]["interfaces"][interface][row["endpoint"]]
            assert set(row["variables"][module]) <= rows.keys()


@pytest.mark.parametrize("interface", INTERFACES)
def test_an_interface_stands_on_its_own_side(interface):
    provided = {"prometheus_scrape", "grafana_dashboard"}
    assert found.role(interface) == ("provides" if interface in provided else "requires")


@pytest.mark.parametrize("page", sorted(reference.present()), ids=lambda path: path.name)
def test_a_link_of_the_reference_leads_somewhere(page):
    links = re.findall(r"\]\(([^)]+)\)", page.read_text(encoding="utf-8"))
    lost = [link for link in links if not (page.parent / link).exists()]
    assert not lost


def test_the_index_names_every_page():
    index = (reference.FOLDER / "README.md").read_text(encoding="utf-8")
    pages = {path.name for path in reference.present()} - {"README.md"}
    assert {name for name in pages if f"({name})" in index} == pages
