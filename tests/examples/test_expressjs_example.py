"""What the Express example promises, by its own tests and in what surrounds it."""

from __future__ import annotations

import json
import os
import pathlib
import re
import shutil
import subprocess

import pytest
import yaml

EXAMPLE = pathlib.Path(__file__).parents[2] / "examples" / "expressjs"
APP = EXAMPLE / "app"


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A copy with the packages that the lock file names."""
    copy = tmp_path_factory.mktemp("expressjs") / "app"
    shutil.copytree(APP, copy, ignore=shutil.ignore_patterns("node_modules"))
    npm(copy, "ci", "--prefer-offline", "--no-audit", "--no-fund")
    return copy


def npm(folder, *words):
    done = subprocess.run(["npm", *words], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.timeout(300)  # the first time on a machine its packages are fetched
def test_its_own_tests_find_nothing_wrong_with_it(installed):
    npm(installed, "test")


@pytest.mark.timeout(300)
def test_its_tests_do_not_get_into_the_rock(installed):
    (packed,) = json.loads(npm(installed, "pack", "--dry-run", "--json"))
    paths = {file["path"] for file in packed["files"]}
    assert {"server.js", "migrate.sh", "migrate.js", "migrations/0001_polls.sql"} <= paths
    assert not [path for path in paths if path.startswith(("test/", "node_modules/"))]


def test_the_lock_file_names_no_registry_and_every_package_by_its_digest():
    packages = json.loads((APP / "package-lock.json").read_text())["packages"]
    ours = packages.pop("")
    assert ours["dependencies"] == json.loads((APP / "package.json").read_text())["dependencies"]
    assert all("integrity" in one and "resolved" not in one for one in packages.values())


def test_the_migration_script_is_executable_and_starts_node():
    script = APP / "migrate.sh"
    assert os.access(script, os.X_OK)
    assert script.read_text().splitlines()[-1] == "exec node migrate.js"


def test_the_default_of_the_option_is_the_one_in_the_code():
    charm = yaml.safe_load((EXAMPLE / "charm" / "charmcraft.yaml").read_text())
    default = re.search(r"APP_MOST_CHOICES \|\| (\d+)", (APP / "settings.js").read_text())
    assert charm["config"]["options"]["most-choices"]["default"] == int(default[1])
