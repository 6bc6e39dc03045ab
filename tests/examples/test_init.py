"""The examples are what `init` writes, with the documented edits."""

from __future__ import annotations

import os
import pathlib
import shutil
import subprocess

import pytest
from generate import found, patches

from paas_app_charmer.suites import scaffold

EXAMPLES = pathlib.Path(__file__).parents[2] / "examples"
NAMES = patches.names()
LEFT_BY_RUNNING = shutil.ignore_patterns(".paas", "__pycache__", ".ruff_cache", ".tox")


def written_by_init(folder, framework, **order):
    planned = scaffold.plan(
        scaffold.Order(folder=folder / framework, name=NAMES[framework], **order)
    )
    scaffold.write(planned)
    return planned


def with_edits(folder, framework):
    subprocess.run(
        ["git", "apply", EXAMPLES / f"{framework}.patch"],
        cwd=folder,
        env={**os.environ, "GIT_CEILING_DIRECTORIES": str(folder.parent)},
        check=True,
    )


def test_every_framework_has_an_example():
    assert NAMES.keys() == found.specs().keys()


@pytest.mark.parametrize("framework", NAMES)
def test_an_example_is_what_init_writes_and_its_patch(tmp_path, framework):
    planned = written_by_init(tmp_path, framework, profile=found.suite(framework).name)
    with_edits(tmp_path, framework)
    for path in planned.files:
        made, kept = tmp_path / framework / path, EXAMPLES / framework / path
        assert made.read_bytes() == kept.read_bytes(), path
        assert os.access(made, os.X_OK) == os.access(kept, os.X_OK), path


@pytest.mark.parametrize("framework", NAMES)
def test_a_patch_begins_with_its_reasons(framework):
    reasons, separator, _ = (EXAMPLES / f"{framework}.patch").read_text().partition("\n--- ")
    assert separator
    assert "why" in reasons


@pytest.mark.parametrize("framework", NAMES)
def test_nothing_else_of_the_packaging_is_in_an_example(tmp_path, framework):
    planned = written_by_init(tmp_path, framework, profile=found.suite(framework).name)
    copy = tmp_path / "copy"
    shutil.copytree(EXAMPLES / framework / "charm", copy, ignore=LEFT_BY_RUNNING)
    there = {f"charm/{file.relative_to(copy)}" for file in copy.rglob("*") if file.is_file()}
    assert there == {path for path in planned.files if path.startswith("charm/")}


@pytest.mark.parametrize("framework", NAMES)
def test_init_recognises_an_example_and_finds_nothing_missing(tmp_path, framework):
    shutil.copytree(EXAMPLES / framework, tmp_path / framework, ignore=LEFT_BY_RUNNING)
    planned = scaffold.plan(scaffold.Order(folder=tmp_path / framework))
    assert (planned.suite.module, planned.name) == (framework, NAMES[framework])
    assert planned.files == {}


@pytest.mark.parametrize("framework", NAMES)
def test_init_finds_the_framework_of_an_application_by_its_files(tmp_path, framework):
    shutil.copytree(
        EXAMPLES / framework,
        tmp_path / framework,
        ignore=shutil.ignore_patterns(".paas", "charm", "rockcraft.yaml"),
    )
    planned = scaffold.plan(scaffold.Order(folder=tmp_path / framework))
    assert planned.suite.module == framework


def test_init_finds_the_name_by_which_the_folder_of_a_django_project_is_found(tmp_path):
    ignore = shutil.ignore_patterns(".paas", "charm", "rockcraft.yaml")
    for framework in ("flask", "django"):
        shutil.copytree(EXAMPLES / framework, tmp_path / framework, ignore=ignore)
    named = [
        scaffold.plan(scaffold.Order(folder=tmp_path / one)).name for one in ("flask", "django")
    ]
    assert named == ["flask", "guest-book"]
