from __future__ import annotations

from paas_app_charmer.local import environment

PLAN = {"GREETING": "hello", "FLASK_SECRET_KEY": "s3cret", "ODD": "?"}
RELEASE = {
    "sources": {"GREETING": "option greeting", "FLASK_SECRET_KEY": "peer secret"},
    "secrets": ["FLASK_SECRET_KEY"],
}


def _rows(*, reveal=False, release=RELEASE):
    rows = environment.variables(PLAN, release, reveal=reveal)
    return {row.name: (row.value, row.source) for row in rows}


def test_a_variable_is_shown_with_its_source():
    assert _rows()["GREETING"] == ("hello", "option greeting")


def test_a_secret_is_masked():
    assert _rows()["FLASK_SECRET_KEY"] == (environment.MASK, "peer secret")


def test_a_secret_is_revealed_on_request():
    assert _rows(reveal=True)["FLASK_SECRET_KEY"] == ("s3cret", "peer secret")


def test_a_variable_of_unknown_source_counts_as_a_secret():
    assert _rows()["ODD"] == (environment.MASK, "")


def test_before_the_first_release_everything_is_masked():
    assert {value for value, _ in _rows(release={}).values()} == {environment.MASK}
