"""What the Go example promises, by its own tests and in what surrounds it."""

from __future__ import annotations

import os
import pathlib
import re
import subprocess

import pytest
import yaml

EXAMPLE = pathlib.Path(__file__).parents[2] / "examples" / "go"


@pytest.mark.parametrize("command", [["vet"], ["test"], ["mod", "verify"]], ids="-".join)
@pytest.mark.timeout(600)  # the first time on a machine its libraries are fetched and compiled
def test_go_finds_nothing_wrong_with_it(command):
    packages = [] if command[0] == "mod" else ["./..."]
    done = subprocess.run(
        ["go", *command, *packages], cwd=EXAMPLE, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_migration_script_is_executable_and_starts_the_program():
    script = EXAMPLE / "migrate.sh"
    name = yaml.safe_load((EXAMPLE / "rockcraft.yaml").read_text())["name"]
    assert os.access(script, os.X_OK)
    assert script.read_text().splitlines()[-1] == f"exec {name} migrate"


def test_the_default_of_the_option_is_the_one_in_the_code():
    charm = yaml.safe_load((EXAMPLE / "charm" / "charmcraft.yaml").read_text())
    default = re.search(r'first\("([^"]*)", "APP_TITLE"\)', (EXAMPLE / "settings.go").read_text())
    assert charm["config"]["options"]["title"]["default"] == default[1]
