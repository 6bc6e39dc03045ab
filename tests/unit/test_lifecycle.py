"""Durations as Pebble spells them, and the sections of paas-config.yaml that have them."""

from __future__ import annotations

import pydantic
import pytest

from paas_app_charmer import lifecycle


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("500ms", 0.5), ("30s", 30), ("2m", 120), ("1h", 3600), ("1m30s", 90), ("1.5s", 1.5)],
)
def test_a_duration_is_read_as_pebble_reads_it(text, seconds):
    assert lifecycle.seconds(text) == seconds


@pytest.mark.parametrize("value", ["", "30", 30, None, "s", "1 s", "-1s", "1d", ["1s"], True])
def test_what_is_no_duration_is_refused(value):
    with pytest.raises(ValueError, match="should be a duration such as 500ms, 30s or 2m"):
        lifecycle.seconds(value)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.25, "250ms"),
        (1.1, "1.1s"),
        (30.0, "30s"),
        (60.0, "1m0s"),
        (95.0, "1m35s"),
        (3600.0, "1h0m0s"),
        (5400.5, "1h30m0.5s"),
    ],
)
def test_a_duration_is_written_as_pebble_shows_it_in_its_plan(seconds, text):
    assert lifecycle.duration(seconds) == text
    assert lifecycle.seconds(text) == seconds


@pytest.mark.parametrize(
    ("section", "content", "reason"),
    [
        (lifecycle.Health, {"timeout": "20s"}, "timeout should not be longer than period"),
        (lifecycle.Health, {"path": "health"}, "should match pattern"),
        (lifecycle.Health, {"threshold": 0}, "greater than or equal to 1"),
        (lifecycle.Health, {"period": "1ms"}, "greater than or equal to 0.1"),
        (lifecycle.Health, {"liveness": "yes"}, "should be a valid boolean"),
        (lifecycle.Health, {"workers": {"mail-worker": ""}}, "at least 1 character"),
        (lifecycle.Migration, {"run-on": "follower"}, "should be 'every-unit' or 'leader'"),
        (lifecycle.Migration, {"timeout": "0s"}, "greater than or equal to 1"),
        (lifecycle.Change, {"graceful-timeout": "11m"}, "less than or equal to 600"),
        (lifecycle.Change, {"grace": "1m"}, "Extra inputs are not permitted"),
    ],
)
def test_what_makes_no_sense_is_refused(section, content, reason):
    with pytest.raises(pydantic.ValidationError, match=reason):
        section.model_validate(content)


@pytest.mark.parametrize("section", [lifecycle.Health, lifecycle.Migration, lifecycle.Change])
def test_an_absent_section_is_an_empty_one(section):
    assert section.model_construct() == section.model_validate({})
