"""What holds for every example: its life under a charm, from the first start to a new revision.

An example is a folder with a rockcraft.yaml; what differs between them stands in `examples.yaml`.
"""

from __future__ import annotations

import dataclasses
import json
import pathlib
from collections.abc import Mapping
from typing import Any

import pytest
from benchmarks import deployment
from generate import found

from paas_app_charmer import documents, env
from paas_app_charmer.local import dashboard_queries
from paas_app_charmer.local import dashboards as checked

until = deployment.until

INTEGRATIONS = "postgresql,ingress,metrics-endpoint,grafana-dashboard"
EXAMPLES = sorted(path.parent.name for path in deployment.EXAMPLES.glob("*/rockcraft.yaml"))
TABLE = documents.read(pathlib.Path(__file__).with_name("examples.yaml"))
NOWHERE = "no_such_table"
BUILD = 180.0
"""Seconds for a new revision, which may have to be compiled."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Example:
    """A copy of an example, and what differs between them."""

    app: deployment.Deployment
    prefix: str
    about: Mapping[str, Any]

    @property
    def option(self) -> tuple[str, str]:
        ((name, value),) = self.about["option"].items()
        return name, str(value)

    def variable(self, name: str) -> str | None:
        """Return what the application shows of a variable that begins with the prefix."""
        return self.app.page(f"/env/{self.prefix}{name}")["value"]

    def migrate(self, table: str) -> None:
        """Add a second migration to the application, for the table."""
        ((file, text),) = self.about["migration"].items()
        self.app.write(file, text.replace("<table>", table))


@pytest.fixture(scope="module", params=EXAMPLES)
def example(request, tmp_path_factory):
    name = request.param
    app = deployment.Deployment.copy(name, tmp_path_factory.mktemp("e2e") / name)
    config = [f"--config={key}={value}" for key, value in TABLE[name].get("config", {}).items()]
    try:
        app.run("--with", INTEGRATIONS, *config)
        app.settle()
        yield Example(app=app, prefix=found.specs()[name].prefix, about=TABLE[name])
    finally:
        app.down()


@pytest.fixture
def app(example):
    return example.app


def test_every_example_stands_in_the_table():
    assert sorted(TABLE) == EXAMPLES == sorted(found.specs())


def test_it_answers_behind_its_ingress_with_its_database(app, example):
    assert app.page("/health")["database"] == "ok"
    assert example.variable("BASE_URL") == app.status()["url"].rstrip("/")
    assert app.unit() == ("active", "")


def test_an_event_that_changes_nothing_leaves_the_processes_alone(app):
    before = app.processes()
    app("fire", "update-status")
    assert app.processes() == before


def test_an_option_reaches_the_application(example):
    name, value = example.option
    assert example.variable(env.upper_snake(name)) != value
    example.app("config", f"{name}={value}")
    until(lambda: example.variable(env.upper_snake(name)) == value)
    example.app.settle()


def test_the_key_is_rotated(example):
    before = example.variable("SECRET_KEY")
    example.app("run-action", "rotate-secret-key")
    until(lambda: example.variable("SECRET_KEY") not in {None, before})
    example.app.settle()


def test_every_query_of_its_dashboard_to_prometheus_finds_its_metrics(app):
    def found_all():
        app.get()
        try:
            queries = json.loads(app("dashboards", "--json"))
        except deployment.RefusedError:
            return False
        panels = [one for one in queries if not is_list(one["query"]["panel"])]
        return [one for one in panels if one["state"] == checked.DATA]

    until(found_all)


def is_list(panel):
    return panel.startswith(dashboard_queries.LIST)


def test_a_migration_that_fails_blocks_and_the_repaired_one_runs(app, example):
    example.migrate(NOWHERE)
    until(lambda: says(app, "blocked", "database migration"), seconds=BUILD)
    assert NOWHERE in app("logs", "--service", "charm")
    example.migrate(example.about["table"])
    until(app.is_active, seconds=BUILD)
    assert app.page("/health")["database"] == "ok"


def says(app, expected, words):
    level, message = app.unit()
    return level == expected and words in message
