from __future__ import annotations

import json
import pathlib

import pytest
from click import testing

from paas_app_charmer.cli import commands
from paas_app_charmer.local import doctor


@pytest.fixture
def empty_cache(tmp_path, monkeypatch):
    """A machine where nothing has been built yet, and where no Pebble is installed."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    monkeypatch.delenv("PAAS_PEBBLE", raising=False)
    return tmp_path


def _findings():
    return {finding.name: finding for finding in doctor.examine()}


def test_everything_that_a_run_needs_is_looked_for():
    assert list(_findings()) == [
        "Python",
        "Namespaces",
        "Go",
        "Pebble",
        "statsd exporter",
        "PostgreSQL",
        "Redis",
    ]


def test_what_a_run_would_build_is_on_demand_and_not_built(empty_cache):
    assert _findings()["Pebble"].state == doctor.LATER
    assert [path for path in empty_cache.rglob("*") if path.name.startswith("pebble-")] == []


def test_the_pebble_that_would_be_used_is_named(tmp_path, monkeypatch):
    program = tmp_path / "pebble"
    program.write_text("#!/bin/sh\necho v1.32.1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PAAS_PEBBLE", str(program))
    finding = _findings()["Pebble"]
    assert (finding.state, pathlib.Path(finding.found)) == (doctor.OK, program)


def test_the_exit_code_is_1_if_nothing_could_run(monkeypatch):
    monkeypatch.setenv("PAAS_PEBBLE", "/bin/true")
    done = testing.CliRunner().invoke(commands.group, ["doctor"])
    assert done.exit_code == 1
    assert "PAAS_PEBBLE=/bin/true is not Canonical's Pebble." in done.stdout


def test_what_juju_has_and_a_run_has_not_is_listed():
    done = testing.CliRunner().invoke(commands.group, ["doctor", "--json"])
    assert json.loads(done.stdout)["not-modelled"] == list(doctor.NOT_MODELLED)
