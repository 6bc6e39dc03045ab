from __future__ import annotations

import pathlib

import pytest

from paas_app_charmer import requirements
from paas_app_charmer.suites import library

ROOT = pathlib.Path(__file__).parents[2]


def test_the_major_version_is_that_of_this_library():
    content, _ = requirements.pyproject((ROOT / "pyproject.toml").read_text())
    assert content["project"]["name"] == library.NAME
    assert int(content["project"]["version"].partition(".")[0]) == library.MAJOR


@pytest.mark.parametrize(
    "line",
    [
        "paas-app-charmer",
        "paas-app-charmer>=2,<3",
        "PaaS_App.Charmer >= 2.0 , < 3",
        "paas-app-charmer[local]>=1",
        "paas-app-charmer~=2.0",
        "paas-app-charmer~=2.1.3",
        "paas-app-charmer~=2",
        "paas-app-charmer==2.*",
        "paas-app-charmer==2.0.1",
        "paas-app-charmer===2.0.0",
        "paas-app-charmer<=2",
        "paas-app-charmer<=2.0",
        "paas-app-charmer>1.9",
        "paas-app-charmer!=2.1,>=2",
        "paas-app-charmer>=2,<3; python_version < '3.9'",
        "paas-app-charmer @ https://example.com/one.zip",
        "./wheels/paas_app_charmer-2.0.0-py3-none-any.whl",
        "git+https://example.com/repository#egg=paas-app-charmer",
    ],
)
def test_a_requirement_that_leads_to_this_library_is_right(line):
    assert library.is_named(line)
    assert library.problem(line) == ""


@pytest.mark.parametrize(
    "line",
    [
        "paas-app-charmer<2",
        "paas-app-charmer<2.0",
        "paas-app-charmer==1.*",
        "paas-app-charmer~=1.4",
        "paas-app-charmer~=1",
        "paas-app-charmer<=1.9",
        "paas-app-charmer>=3",
        "paas-app-charmer>=1,<2",
        "paas-app-charmer==2.1,<2.1",
        "./wheels/paas_app_charmer-1.0.6-py3-none-any.whl",
    ],
)
def test_a_requirement_that_leads_to_another_library_of_the_name_is_wrong(line):
    assert library.is_named(line)
    assert library.problem(line)


@pytest.mark.parametrize("line", ["", "flask", "paas-app-charmer-extras", "-r more.txt"])
def test_other_lines_are_not_about_it(line):
    assert not library.is_named(line)
    assert not library.is_opaque(line)


@pytest.mark.parametrize("line", ["../..", "-e .", "https://example.com/one.zip"])
def test_a_place_may_hold_any_library(line):
    assert library.is_opaque(line)


@pytest.mark.parametrize("line", ["paas-charm>=1,<2", "paas_charm"])
def test_the_library_from_before_is_recognised(line):
    assert library.is_older(line)
    assert not library.is_named(line)
