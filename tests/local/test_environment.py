from __future__ import annotations

import json

import pytest

from paas_app_charmer.local import environment, explanation

PLAN = {"GREETING": "hello", "FLASK_SECRET_KEY": "s3cret", "ODD": "?", "S3_BUCKET": "shop"}
S3 = {
    "kind": "integration",
    "name": "s3",
    "property": "bucket",
    "overrides": [{"kind": "rock"}, {"kind": "option", "name": "s-3"}],
}
RELEASE = {
    "sources": {
        "GREETING": {"kind": "option", "name": "greeting"},
        "FLASK_SECRET_KEY": {"kind": "secret key"},
        "S3_BUCKET": S3,
    },
    "secrets": ["FLASK_SECRET_KEY"],
}
DEPLOYMENT = explanation.Deployment(
    application="shop",
    interfaces={"s3": "s3"},
    neighbours={"s3": "s3-integrator"},
    options={"greeting": {"source": "user", "default": None}},
)


def _found(*, reveal=False, release=RELEASE):
    rows = environment.variables(PLAN, release, reveal=reveal, deployment=DEPLOYMENT)
    return {row.name: row for row in rows}


def _rows(**options):
    return {name: (row.value, row.source) for name, row in _found(**options).items()}


def test_a_variable_is_shown_with_its_source():
    assert _rows()["GREETING"] == ("hello", "option greeting")


def test_a_secret_is_masked():
    assert _rows()["FLASK_SECRET_KEY"] == (environment.MASK, "secret key")


def test_a_secret_is_revealed_on_request():
    assert _rows(reveal=True)["FLASK_SECRET_KEY"] == ("s3cret", "secret key")


def test_a_variable_of_unknown_source_counts_as_a_secret():
    assert _rows()["ODD"] == (environment.MASK, "")


@pytest.mark.parametrize("release", [{}, {"sources": "?"}, {"sources": {"GREETING": "option"}}])
def test_what_the_charm_does_not_tell_is_masked(release):
    assert {value for value, _ in _rows(release=release).values()} == {environment.MASK}


def test_a_variable_of_an_integration_names_endpoint_interface_and_property():
    row = _found()["S3_BUCKET"]
    assert (row.endpoint, row.interface, row.property) == ("s3", "s3", "bucket")
    assert row.rule == "properties of s3 become S3_<PROPERTY>"
    assert row.removed_by == "paas-app-charmer remove-relation s3"
    assert row.removed_by_in_juju == "juju remove-relation shop:s3 s3-integrator"


def test_a_name_of_the_ecosystem_names_the_same_endpoint():
    noted = {**S3, "ecosystem": True}
    row = _found(release={"sources": {"S3_BUCKET": noted}})["S3_BUCKET"]
    assert (row.source, row.endpoint, row.interface) == ("integration s3", "s3", "s3")
    assert row.rule.startswith("environment.names adds it: ")


def test_a_variable_tells_what_it_wins_over():
    assert _found()["S3_BUCKET"].overrides == ("rock", "option s-3")


def test_the_property_of_an_option_is_its_name():
    row = _found()["GREETING"]
    assert (row.property, row.endpoint, row.interface) == ("greeting", "", "")


def test_the_property_of_a_secret_option_is_the_key_of_the_secret():
    sources = {"ODD": {"kind": "secret", "name": "api", "property": "token"}}
    assert _found(release={"sources": sources})["ODD"].property == "token"


def test_no_explanation_holds_a_value():
    del (rows := _found())["GREETING"]
    told = json.dumps([row.rule + row.removed_by + row.then for row in rows.values()])
    assert not any(value in told for value in ("s3cret", "hello"))
