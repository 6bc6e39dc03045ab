"""The plug-in inside of an application like Rockcraft. The real one cannot be had from PyPI."""

from __future__ import annotations

import json
import os
import pathlib

import pytest
import yaml

from paas_app_charmer import project
from paas_app_charmer.suites import catalogue, profile, rock

pytestmark = pytest.mark.timeout(400)

STAND_IN = pathlib.Path(__file__).parent / "stand_in"
FLASK = catalogue.SUITES["flask-framework"]


@pytest.fixture
def rockcraft(tool, charmcraft, tmp_path):
    """Runs the stand-in in the folder of a Flask application."""
    (tmp_path / "requirements.txt").write_text("flask\n")
    (tmp_path / "app.py").write_text("app = 1\n")

    def run(*arguments, **environment):
        return tool(
            charmcraft.parent / "python",
            *("-m", "rockcraft", *arguments),
            folder=tmp_path,
            environment={"PYTHONPATH": str(STAND_IN), **environment},
        )

    return run


def test_our_suites_are_registered_and_the_stock_ones_stay(rockcraft):
    listed = json.loads(rockcraft("list-extensions").out)
    ours = {suite.name: list(suite.bases("rock")) for suite in catalogue.SUITES.values()}
    stock = ("other-framework", "stock-flask-framework", "stock-django-framework")
    assert listed == {**ours, **{name: ["bare"] for name in stock}}


def test_a_suite_that_the_tool_is_too_old_for_is_there_without_a_stock_one(rockcraft):
    listed = json.loads(rockcraft("list-extensions").out)
    assert "go-framework" in listed
    assert "stock-go-framework" not in listed


def test_the_profile_of_such_a_suite_is_written_too(rockcraft, tmp_path):
    done = rockcraft("init", "--profile", "go-framework", "--name", "my-app")
    assert done.code == 0, done.err
    files = profile.files(catalogue.SUITES["go-framework"], "rock", name="my-app", base="bare")
    assert (tmp_path / "rockcraft.yaml").read_text() == files["rockcraft.yaml"].text


@pytest.mark.parametrize("options", [(), ("--base", "ubuntu@26.04")])
def test_init_writes_our_profile(rockcraft, tmp_path, options):
    done = rockcraft("init", "--profile", "flask-framework", "--name", "my-app", *options)
    assert done.code == 0, done.err
    base = options[-1] if options else "bare"
    files = profile.files(FLASK, "rock", name="my-app", base=base)
    assert (tmp_path / "rockcraft.yaml").read_text() == files["rockcraft.yaml"].text


def test_init_writes_the_stock_profile(rockcraft, tmp_path):
    done = rockcraft("init", "--profile", "stock-flask-framework", "--name", "my-app")
    assert done.code == 0, done.err
    assert "the stand-in's flask-framework" in (tmp_path / "rockcraft.yaml").read_text()


def test_init_does_not_overwrite(rockcraft, tmp_path):
    (tmp_path / "rockcraft.yaml").write_text("mine")
    done = rockcraft("init", "--profile", "flask-framework", "--name", "my-app")
    assert done.code == os.EX_CANTCREAT
    assert (tmp_path / "rockcraft.yaml").read_text() == "mine"


def test_the_result_is_our_expansion(rockcraft, tmp_path):
    text = profile.files(FLASK, "rock", name="my-app", base="bare")["rockcraft.yaml"].text
    text += "\nparts:\n  flask-framework/dependencies: {stage-packages: [libpq5_libs]}\n"
    (tmp_path / "rockcraft.yaml").write_text(text)
    content = rock.expand(project.read(tmp_path), yaml.safe_load(text)).content
    assert json.loads(rockcraft("expand-extensions").out) == content


def test_all_problems_are_told_and_the_way_to_an_experimental_base(rockcraft, tmp_path):
    text = profile.files(FLASK, "rock", name="my-app", base="ubuntu@26.04")["rockcraft.yaml"].text
    (tmp_path / "rockcraft.yaml").write_text(text)
    (tmp_path / "requirements.txt").write_text("\n")
    done = rockcraft("expand-extensions")
    assert done.code == 1
    head, *told = done.err.splitlines()
    assert head == "The extension 'flask-framework' does not fit this project:"
    assert [line.partition(":")[0] for line in told] == ["- rockcraft.yaml", "- requirements.txt"]
    assert "set ROCKCRAFT_ENABLE_EXPERIMENTAL_EXTENSIONS=1" in told[0]
    (tmp_path / "requirements.txt").write_text("flask\n")
    done = rockcraft("expand-extensions", ROCKCRAFT_ENABLE_EXPERIMENTAL_EXTENSIONS="1")
    assert done.code == 0
    assert done.err.startswith("Warning: rockcraft.yaml: base: ")
