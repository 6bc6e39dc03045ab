"""What a new interface costs: one file, and its rows in the table of variables.

Both are written into a copy of the repository, where everything else has to follow.
"""

from __future__ import annotations

import json
import pathlib
import re

import pytest
from generate import found

from paas_app_charmer import documents

from . import copied

FILE = "src/paas_app_charmer/integrations/weather_client.py"

MODULE = '''\
"""Weather: asked for a place, a station says where forecasts are and by which token."""

from __future__ import annotations

import pydantic

from .. import integration


class Weather(integration.Data):
    """Where forecasts are."""

    url: str = pydantic.Field(pattern=r"^https?://[!-~]+$")
    """Where to ask."""
    token: str = pydantic.Field(repr=False, pattern=r"^[!-~]+$")
    """By which the station knows who asks."""


def _request(site: integration.Site) -> integration.Databag:
    return integration.Databag(app={"station": site.app, "unit": site.options.get("unit", "")})


def _read(remote: integration.RemoteData) -> Weather | None:
    secret_id = remote.app.get("token-id")
    if not secret_id:
        return None
    token = remote.secret(secret_id).get("token", "")
    return Weather(url=remote.app.get("url", ""), token=token)


INTEGRATION = integration.Integration(
    interface="weather_client",
    category="storage",
    endpoint="weather",
    data=Weather,
    request=_request,
    read=_read,
    options={"unit": integration.Option(default="celsius", description="Of temperatures.")},
    secrets=("token",),
    example=Weather(url="https://weather.example", token="sun-and-rain"),
)
'''
ROWS = {
    "WEATHER_URL": {"value": "https://weather.example", "rule": "as given"},
    "WEATHER_TOKEN": {"value": "sun-and-rain", "rule": "of the secret", "secret": True},
}
CHARM = """\
import json, pathlib, sys
sys.path.insert(0, sys.argv[1])
import conftest, ops.testing
secret = ops.testing.Secret({"token": "sun-and-rain"})
told = {"url": "https://weather.example", "token-id": secret.id}
weather = ops.testing.Relation("weather", remote_app_data=told)
unit = conftest.deploy(
    pathlib.Path(sys.argv[2]),
    requires={"weather": {"interface": "weather_client", "optional": False}},
    relations=[ops.testing.PeerRelation("secret-storage"), weather],
    secrets=[secret],
)
unit.run()
asked = unit.state.get_relation(weather.id).local_app_data
print(json.dumps([asked, unit.state.unit_status.name, unit.environment]))
"""


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """A copy of the repository that knows one interface more."""
    copy = tmp_path_factory.mktemp("repository")
    copied.copy(copy, tests=("charm", "contract", "examples", "unit"), without=("test_new_*",))
    (copy / FILE).write_text(MODULE, encoding="utf-8")
    table = documents.read(copy / copied.TABLE)
    for framework in table["frameworks"].values():
        framework["interfaces"]["weather_client"] = {"weather": ROWS}
    (copy / copied.TABLE).write_text(json.dumps(table), encoding="utf-8")
    copied.python(copy, "-m", "generate")
    return copy


def test_two_files_are_written_and_the_rest_is_generated(tree: pathlib.Path):
    assert copied.differing(tree) - copied.GENERATED == {FILE, copied.TABLE}


def test_it_stands_in_the_reference_with_its_variables_and_its_option(tree: pathlib.Path):
    pages = [page.read_text(encoding="utf-8") for page in (tree / "docs/reference").glob("*.md")]
    rows = "\n".join(line for page in pages for line in page.splitlines() if line[:1] == "|")
    assert re.search(r"weather_client", rows)
    assert all(name in rows for name in ROWS)
    assert "weather-unit" in rows or "<endpoint>-unit" in rows


def test_the_suites_know_it(tree: pathlib.Path):
    suites = tree / found.SUITES.relative_to(copied.ROOT)
    row = json.loads((suites / "interfaces.json").read_text(encoding="utf-8"))["weather_client"]
    assert row["endpoint"] == "weather"
    assert row["role"] == "requires"
    assert {tuple(sorted(names)) for names in row["variables"].values()} == {tuple(sorted(ROWS))}
    for charm in suites.glob("*/charm.json"):
        dynamic = json.loads(charm.read_text(encoding="utf-8"))["dynamic"]
        assert dynamic["weather_client"]["{endpoint}-unit"]["default"] == "celsius"


@pytest.mark.timeout(300)
def test_the_tests_of_the_contract_find_it_and_pass(tree: pathlib.Path):
    """Every interface has a case in each of them, this one too."""
    copied.pytest(tree, "tests/contract/test_environment.py")
    copied.pytest(tree, "tests/contract/test_generated.py")
    told = copied.pytest(tree, "-vv", "-k", "weather", "tests/contract")
    every = (copied.ROOT / "tests/contract/test_integrations.py").read_text(encoding="utf-8")
    for test in re.findall(r"^@(?:every|spoken)\n(?:@.*\n)*def (\w+)", every, re.MULTILINE):
        assert re.search(rf"::{test}\[.*weather_client.*PASSED", told), test


def test_init_offers_it_and_the_examples_are_still_what_init_writes(tree: pathlib.Path):
    copied.pytest(tree, "tests/examples/test_init.py")
    for patch in tree.glob("examples/*.patch"):
        assert "-#     interface: weather_client\n" in patch.read_text(encoding="utf-8")


def test_a_charm_that_declares_it_asks_for_it_and_has_its_variables(
    tree: pathlib.Path, tmp_path: pathlib.Path
):
    told = copied.python(tree, "-c", CHARM, "tests/charm", str(tmp_path))
    asked, status, environment = json.loads(told.splitlines()[-1])
    assert asked == {"station": "flask-k8s", "unit": "celsius"}
    assert status == "active"
    assert {name: environment.get(name) for name in ROWS} == {
        name: row["value"] for name, row in ROWS.items()
    }
