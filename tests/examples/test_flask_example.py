"""What the Flask example promises beyond what both do."""

from __future__ import annotations

import os
import pathlib
import re

import pytest
import yaml
from benchmarks import served

EXAMPLE = pathlib.Path(__file__).parents[2] / "examples" / "flask"


def charmcraft():
    return yaml.safe_load((EXAMPLE / "charm" / "charmcraft.yaml").read_text())


def rockcraft():
    return yaml.safe_load((EXAMPLE / "rockcraft.yaml").read_text())


def test_one_option_is_required_and_has_no_default():
    options = charmcraft()["config"]["options"]
    required = {name: option for name, option in options.items() if option.get("required")}
    assert set(required) == {"greeting-from"}
    assert "default" not in required["greeting-from"]


def test_the_default_of_an_option_is_the_one_in_the_code():
    sources = "".join(file.read_text() for file in (EXAMPLE / "postcards").glob("*.py"))
    for name, option in charmcraft()["config"]["options"].items():
        variable = "FLASK_" + name.replace("-", "_").upper()
        default = re.search(rf'"{variable}", "([^"]*)"', sources)[1]
        assert option.get("default") is None or str(option["default"]) == default


@pytest.mark.parametrize("endpoint", ["redis", "tracing"])
def test_it_also_runs_without(endpoint):
    assert charmcraft()["requires"][endpoint]["optional"] is True


def test_the_requirements_name_what_traces_need():
    lines = (EXAMPLE / "requirements.txt").read_text().splitlines()
    assert {re.split(r"[\[<>=~]", line)[0] for line in lines} >= set(served.TRACING)


def test_there_is_a_worker_and_a_scheduler():
    kinds = {name.rpartition("-")[2] for name in rockcraft()["services"]}
    assert kinds == {"worker", "scheduler"}


def test_everything_the_application_consists_of_goes_into_the_rock():
    taken = {
        pathlib.PurePath(entry).name
        for entry in rockcraft()["parts"]["flask-framework/install-app"]["prime"]
    }
    not_the_application = {"charm", "rockcraft.yaml", "requirements.txt"}
    here = {
        path.name
        for path in EXAMPLE.iterdir()
        if not path.name.startswith((".", "__")) and path.name not in not_the_application
    }
    assert taken == here


def test_the_migration_script_is_executable():
    assert os.access(EXAMPLE / "migrate.sh", os.X_OK)


def test_migrations_are_numbered_in_the_order_in_which_they_are_applied():
    names = sorted(file.name for file in (EXAMPLE / "postcards" / "migrations").glob("*.sql"))
    assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1))
