from __future__ import annotations

import json
import pathlib

import pytest
from click import testing

from paas_app_charmer.cli import commands
from paas_app_charmer.local import builds, doctor, services

PLUGINS = [f"plug-in {name}" for name, _ in builds.needed()]


@pytest.fixture
def empty_cache(tmp_path, monkeypatch):
    """A machine where nothing has been built yet, and where no Pebble is installed."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    monkeypatch.delenv("PAAS_PEBBLE", raising=False)
    return tmp_path


def _findings():
    return {finding.name: finding for finding in doctor.examine()}


def test_everything_that_a_run_needs_is_looked_for_and_all_that_can_be_integrated():
    needed = ["Python", "Namespaces", "Go", "Pebble", "statsd exporter"]
    assert list(_findings()) == [*needed, *PLUGINS, *services.interfaces()]


def test_a_toolchain_that_is_missing_is_absent_and_how_to_install_it_is_told(
    tmp_path, monkeypatch
):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    found = _findings()
    assert {found[f"plug-in {name}"].state for name in ("jlink", "maven", "npm")} == {
        doctor.ABSENT
    }
    assert "`apt install npm`" in found["plug-in npm"].found
    assert "default-jdk" in found["plug-in maven"].found


@pytest.mark.parametrize("name", ["Pebble", "openfga", "mongodb_client", "s3", "smtp"])
def test_what_a_run_would_get_is_on_demand_and_not_built_or_fetched(empty_cache, name):
    assert _findings()[name].state == doctor.LATER
    assert [
        path for path in empty_cache.rglob("*") if path.is_file() and path.stat().st_size
    ] == []


def test_a_server_that_is_there_is_named(tmp_path, monkeypatch):
    program = tmp_path / "prometheus"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    finding = _findings()["prometheus_scrape"]
    assert (finding.state, finding.found) == (doctor.OK, str(program))


def test_a_server_that_is_missing_is_absent_and_how_to_install_it_is_told(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    finding = _findings()["prometheus_scrape"]
    assert finding.state == doctor.ABSENT
    assert "`apt install prometheus`" in finding.found
    assert finding.found.endswith("on the path)")


def test_what_the_runner_provides_itself_needs_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    findings = _findings()
    own = {"ingress", "loki_push_api", "tracing", "oauth", "grafana_dashboard"}
    assert {name for name in own if findings[name].state == doctor.OK} == own


def test_a_server_that_is_missing_keeps_nothing_else_from_running(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    done = testing.CliRunner().invoke(commands.group, ["doctor"])
    assert "Prometheus is needed" in done.stdout
    assert done.exit_code == 0


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
