"""What the demo is going to show, before it runs anything."""

from __future__ import annotations

import pathlib
import subprocess
import sys

import pytest
from examples.demo import __main__ as demo
from examples.demo import application, flask, general
from generate import found, patches

from paas_app_charmer import documents
from paas_app_charmer import project as projects
from paas_app_charmer.suites import charm as suite

ROOT = pathlib.Path(__file__).parents[2]
NAMES = sorted(patches.names())


def endpoints(project):
    """Return those that the charm of an example has, by the key that they stand under."""
    author = documents.read(project / "charm" / "charmcraft.yaml")
    charm = suite.expand(projects.Project(paths=frozenset(), texts={}), author).content
    return charm["requires"].keys() | charm["provides"].keys()


@pytest.mark.parametrize("framework", NAMES)
def test_it_integrates_endpoints_of_the_charm(framework):
    tour = demo.tour_of(framework)
    asked = tour.endpoints.split(",")
    assert {"postgresql", "ingress"} <= set(asked) <= endpoints(tour.project)
    assert len(asked) == len(set(asked))


def test_the_flask_example_has_a_tour_of_its_own_with_five():
    assert demo.tour_of(demo.DEFAULT) is flask.TOUR
    assert len(flask.TOUR.endpoints.split(",")) == 5


def test_another_example_has_the_tour_of_all():
    tour = demo.tour_of("go")
    assert tour.stops == general.of(tour.project).stops
    assert tour.last is general.a_migration_fails_and_is_repaired


@pytest.mark.parametrize("framework", NAMES)
def test_the_tour_of_all_finds_an_option_and_a_migration_in_every_example(framework):
    project = application.EXAMPLES / framework
    assert all(general._another(project))
    assert general._migration(application.Application(project)).is_file()


@pytest.mark.parametrize("framework", NAMES)
def test_an_example_may_be_named_as_its_framework_is(framework):
    named = found.suite(framework).framework
    assert demo.tour_of(named) == demo.tour_of(framework)


def test_an_example_that_there_is_not_is_told_in_a_line_with_those_that_there_are():
    command = [sys.executable, "-m", "examples.demo", "rails"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    told = f"there is no example of 'rails'; there are {', '.join(NAMES)}\n"
    assert (done.returncode, done.stdout, done.stderr) == (1, "", told)


@pytest.mark.parametrize(("spent", "verdict"), [(15.0, "met"), (15.1, "MISSED")])
def test_a_slow_machine_is_told_and_breaks_no_claim(spent, verdict):
    assert flask.TOUR.measured(spent).endswith(f"are 15 s: {verdict}")


def test_where_nothing_is_promised_the_time_is_told_alone():
    assert demo.tour_of("go").measured(3.21) == "3.2 s"
