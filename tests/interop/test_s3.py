"""Object storage, with the library's providers of both generations as its side."""

from __future__ import annotations

import json
import pathlib

import pytest
from counterparts import applications, ours, relay, rows, sides, storage

CREDENTIALS = {"S3_ACCESS_KEY": "1234567890", "S3_SECRET_KEY": "fir/st"}
ROTATED = {"S3_ACCESS_KEY": "AKIASECOND", "S3_SECRET_KEY": "second"}


@pytest.fixture(params=["first", "second"])
def generation(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def related(generation: str, tmp_path: pathlib.Path) -> relay.Relay:
    """Two units of ours and two of the store, related and at rest."""
    return sides.together(rows.find(f"s3-{generation}"), tmp_path)


second_only = pytest.mark.parametrize("generation", ["second"], indirect=True)


def variables(unit: applications.Unit) -> dict[str, str]:
    return {name: value for name, value in unit.environment.items() if name.startswith("S3_")}


def credentials(unit: applications.Unit) -> dict[str, str]:
    return {name: value for name, value in variables(unit).items() if name.endswith("_KEY")}


def publish(between: relay.Relay, data: dict[str, str]) -> None:
    between.act(between.theirs.leader, lambda charm: charm.publish(between.id, data))


def forget(between: relay.Relay, *keys: str) -> None:
    between.act(between.theirs.leader, lambda charm: charm.forget(between.id, list(keys)))


@second_only
def test_the_provider_reads_that_we_want_secrets(related: relay.Relay):
    asked = related.ask(related.theirs.leader, lambda charm: charm.asked(related.id))
    assert set(asked) == {"access-key", "secret-key"}


@second_only
def test_the_provider_takes_us_for_the_second_generation(related: relay.Relay):
    def data(charm: storage.SecondGeneration) -> dict[str, str]:
        return charm.provides.fetch_relation_data([related.id])[related.id]

    found = related.ask(related.theirs.leader, data)
    assert (found["version"], found["bucket"]) == ("1", "blog")


@second_only
def test_credentials_travel_in_a_secret_only(related: relay.Relay):
    assert "secret-extra" in related.theirs.bag
    assert not {"access-key", "secret-key"} & related.theirs.bag.keys()


def test_no_databag_of_ours_holds_a_credential(related: relay.Relay):
    publish(related, storage.SECOND)
    told = json.dumps([related.ours.bag, *(unit.bag for unit in related.ours.units)])

    assert not [one for one in ("1234567890", "fir/st", "AKIASECOND", "second") if one in told]


@second_only
def test_a_secret_that_was_replaced_reaches_every_unit(related: relay.Relay):
    related.act(
        related.theirs.leader, lambda charm: charm.replace_secret(related.id, storage.SECOND)
    )

    assert [credentials(unit) for unit in related.ours.units] == [ROTATED, ROTATED]


def test_a_new_endpoint_reaches_every_unit(related: relay.Relay):
    publish(related, {"endpoint": "https://elsewhere.example"})

    for unit in related.ours.units:
        assert unit.environment["S3_ENDPOINT"] == "https://elsewhere.example"
        assert credentials(unit) == CREDENTIALS


def test_a_store_that_loses_its_bucket_blocks_and_what_runs_goes_on(related: relay.Relay):
    forget(related, "bucket")

    for unit in related.ours.units:
        assert unit.status == "blocked: Invalid s3 relation data: bucket: field required"
        assert credentials(unit) == CREDENTIALS


def test_a_unit_that_joins_later_gets_the_bucket(related: relay.Relay, tmp_path: pathlib.Path):
    newcomer = ours.unit(2, tmp_path, units=3)

    related.join(related.ours, newcomer)

    assert credentials(newcomer) == CREDENTIALS


@pytest.mark.parametrize("juju", ["3.6.0", sides.NO_SECRETS])
def test_a_provider_on_a_juju_without_secrets_is_understood(
    generation: str, tmp_path: pathlib.Path, juju: str
):
    store = rows.find(f"s3-{generation}", juju=sides.NO_SECRETS)

    between = sides.together(store, tmp_path, juju=juju)

    assert between.theirs.bag["secret-key"] == "fir/st"
    for unit in between.ours.units:
        assert credentials(unit) == CREDENTIALS
