"""No folder of tests is forgotten by the tools that run them."""

from __future__ import annotations

import configparser
import pathlib
import re

ROOT = pathlib.Path(__file__).parents[2]
FOLDERS = {
    file.parent.relative_to(ROOT / "tests").parts[0] for file in ROOT.glob("tests/*/**/test_*.py")
}


def test_tox_has_an_environment_for_every_folder_of_tests():
    tox = configparser.ConfigParser()
    tox.read(ROOT / "tox.ini")
    assert set(re.split(r"[,\s]+", tox["tox"]["env_list"])) - {"lint"} >= FOLDERS


def test_make_runs_every_folder_of_tests():
    assert set(re.findall(r"tests/(\w+)", (ROOT / "Makefile").read_text())) >= FOLDERS
