"""What is generated is what lies in the tree, for every framework and integration there is."""

from __future__ import annotations

import json
import pathlib
import re

import pytest
from generate import committed, found, properties, reference

from paas_app_charmer import documents
from paas_app_charmer.suites import catalogue

MODULES = sorted(found.specs())
SUITES = sorted(suite.module for suite in catalogue.SUITES.values())
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
    assert SUITES == MODULES, (
        f"a suite is a folder of `suites/` with an `__init__.py`, and its data: {TOLD}"
    )


def test_an_endpoint_gives_the_variables_that_the_contract_names():
    table = documents.read(found.ROOT / "tests" / "contract" / "environment.yaml")["frameworks"]
    data = json.loads((found.SUITES / "interfaces.json").read_text(encoding="utf-8"))
    for module, spec in found.specs().items():
        for interface, row in data.items():
            rows = table[spec.name]["interfaces"][interface][row["endpoint"]]
            assert set(row["variables"][module]) <= rows.keys()


@pytest.mark.parametrize("interface", INTERFACES)
def test_an_interface_stands_on_its_own_side(interface):
    provided = {"prometheus_scrape", "grafana_dashboard"}
    assert found.role(interface) == ("provides" if interface in provided else "requires")


@pytest.mark.parametrize("page", sorted(reference.present()), ids=lambda path: path.name)
def test_a_link_of_the_reference_leads_somewhere(page):
    links = re.findall(r"\]\(([^)]+)\)", page.read_text(encoding="utf-8"))
    places = [link.partition("#") for link in links]
    lost = [(name, part) for name, _, part in places if not leads(page, name, part)]
    assert not lost


def leads(page: pathlib.Path, name: str, part: str) -> bool:
    """Return whether there is such a file, and such a heading in it if one is named."""
    file = page.parent / name if name else page
    if not part or not file.exists():
        return file.exists()
    headings = re.findall(r"^#+ `?(.+?)`?$", file.read_text(encoding="utf-8"), re.MULTILINE)
    return part in {heading.lower().replace(" ", "-") for heading in headings}


def test_a_link_to_a_heading_that_is_not_there_is_found(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("# One `s3`\n\n### `s3`\n")
    assert leads(page, "", "s3")
    assert leads(page, "page.md", "")
    assert not leads(page, "", "s4")
    assert not leads(page, "other.md", "")


@pytest.mark.parametrize("interface", INTERFACES)
def test_every_integration_is_told_with_its_variables_and_where_they_come_from(interface):
    text = (reference.FOLDER / "integrations.md").read_text(encoding="utf-8")
    section = text.partition(f"### `{interface}`\n")[2].partition("\n### ")[0]
    one = found.integrations()[interface]
    assert f"`{one.endpoint}`, under `{found.role(interface)}`" in section
    for option in one.options:
        assert f"`<endpoint>-{option}`" in section
    for name in one.properties(one.example):
        assert f"| `{name}` |" in section
    for name in one.secrets:
        assert re.search(rf"\| `{name}` \|.*\| yes \|", section)


@pytest.mark.parametrize(
    ("interface", "told"),
    [
        ("s3", "The leader publishes `version=1`, `bucket=my-app`"),
        ("s3", "by `object_storage` from `object-storage-charmlib`"),
        ("oauth", "`<PREFIX>MY-OIDC_<PROPERTY>`, as older charms spell it"),
        ("oauth", "`Ingress relation is required for OIDC to work correctly!`"),
        ("redis", "New projects take `valkey_client`"),
        ("valkey_client", "one; a second is refused"),
        ("ingress", "Holds the application back: never"),
        ("smtp", "Whom the relay lets through"),
    ],
)
def test_what_is_told_of_an_integration_is_what_its_code_does(interface, told):
    text = (reference.FOLDER / "integrations.md").read_text(encoding="utf-8")
    assert told in text.partition(f"### `{interface}`\n")[2].partition("\n### ")[0]


def test_a_property_without_a_meaning_is_refused():
    one = found.integrations()["s3"]
    with pytest.raises(LookupError, match=r"s3: .*\['shape'\]"):
        properties.meanings(one, frozenset({*properties.MEANINGS["s3"], "shape"}))


def test_a_meaning_without_a_property_is_refused():
    one = found.integrations()["s3"]
    with pytest.raises(LookupError, match=r"take \['bucket'\] out"):
        properties.meanings(one, frozenset(properties.MEANINGS["s3"].keys() - {"bucket"}))


def test_the_index_names_every_page():
    index = (reference.FOLDER / "README.md").read_text(encoding="utf-8")
    pages = {path.name for path in reference.present()} - {"README.md"}
    assert {name for name in pages if f"({name})" in index} == pages
