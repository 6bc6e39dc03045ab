"""What the Spring Boot example promises, by its own tests and in what surrounds it."""

from __future__ import annotations

import os
import pathlib
import re
import shutil
import subprocess

import pytest
import yaml

EXAMPLE = pathlib.Path(__file__).parents[2] / "examples" / "springboot"


@pytest.mark.timeout(600)  # the first time on a machine its libraries are fetched
def test_its_own_tests_pass(tmp_path):
    # Maven writes among the sources.
    for name in ("pom.xml", "src"):
        copy = shutil.copytree if (EXAMPLE / name).is_dir() else shutil.copy
        copy(EXAMPLE / name, tmp_path / name)
    done = subprocess.run(
        ["mvn", "--batch-mode", "--quiet", "test"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    reports = (tmp_path / "target" / "surefire-reports").glob("*.txt")
    written = (EXAMPLE / "src" / "test").rglob("*Test.java")
    assert len(list(reports)) == len(list(written)) > 0


def test_the_migration_script_is_executable_and_starts_the_jar():
    script = EXAMPLE / "migrate.sh"
    assert os.access(script, os.X_OK)
    assert script.read_text().splitlines()[-1] == "exec java -jar *.jar migrate"


def test_the_script_keeps_variables_whose_names_have_dots():
    # A shell that is not bash may lose what is no name of its own, and so the database.
    assert (EXAMPLE / "migrate.sh").read_text().splitlines()[0] == "#!/usr/bin/env bash"


def test_the_default_of_the_option_is_the_one_in_the_code():
    charm = yaml.safe_load((EXAMPLE / "charm" / "charmcraft.yaml").read_text())
    code = (EXAMPLE / "src" / "main" / "java" / "toolshed" / "Settings.java").read_text()
    default = re.search(r'@DefaultValue\("([^"]*)"\) String title', code)
    assert charm["config"]["options"]["title"]["default"] == default[1]


def test_migrations_are_numbered_in_the_order_in_which_they_are_applied():
    folder = EXAMPLE / "src" / "main" / "resources" / "db" / "migration"
    numbers = sorted(int(re.match(r"V(\d+)__", file.name)[1]) for file in folder.glob("*.sql"))
    assert numbers == list(range(1, len(numbers) + 1))
