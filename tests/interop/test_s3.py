"""Object storage, with the library's providers of both generations as its side."""

from __future__ import annotations

import json
import pathlib

import pytest
from counterparts import applications, ours, relay, storage, theirs

GENERATIONS = {"first": storage.FirstGeneration, "second": storage.SecondGeneration}
NO_SECRETS = "2.9.49"
LATEST = "3.6.0"
CREDENTIALS = {"S3_ACCESS_KEY": "1234567890", "S3_SECRET_KEY": "fir/st"}
ROTATED = {"S3_ACCESS_KEY": "AKIASECOND", "S3_SECRET_KEY": "second"}


@pytest.fixture(params=GENERATIONS)
def generation(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def related(generation: str, tmp_path: pathlib.Path) -> relay.Relay:
    """Two units of ours and two of the store, related and at rest."""
    found = relate(generation, tmp_path)
    found.integrate()
    return found


second_only = pytest.mark.parametrize("generation", ["second"], indirect=True)


def relate(
    generation: str, folder: pathlib.Path, *, juju: str = LATEST, provider_juju: str = LATEST
) -> relay.Relay:
    """Return both sides, not yet related."""
    store = theirs.application(
        GENERATIONS[generation],
        "store",
        storage.ENDPOINT,
        units=2,
        provides="s3",
        juju=provider_juju,
    )
    # Without secrets, peers would share the key in a databag that is not part of this relay.
    units = 1 if juju == NO_SECRETS else 2
    return relay.Relay(ours.application("s3", folder, juju=juju, units=units), store)


def variables(unit: applications.Unit) -> dict[str, str]:
    return {name: value for name, value in unit.environment.items() if name.startswith("S3_")}


def credentials(unit: applications.Unit) -> dict[str, str]:
    return {name: value for name, value in variables(unit).items() if name.endswith("_KEY")}


def publish(between: relay.Relay, data: dict[str, str]) -> None:
    between.act(between.theirs.leader, lambda charm: charm.publish(between.id, data))


def forget(between: relay.Relay, *keys: str) -> None:
    between.act(between.theirs.leader, lambda charm: charm.forget(between.id, list(keys)))


def test_the_provider_reads_the_bucket_that_we_ask_for(related: relay.Relay):
    assert related.ask(related.theirs.leader, lambda charm: charm.bucket(related.id)) == "blog"


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


@pytest.mark.parametrize("number", [0, 1], ids=["leader", "follower"])
def test_every_unit_gets_the_bucket(related: relay.Relay, number: int):
    unit = related.ours.unit(number)

    assert variables(unit) == {
        **CREDENTIALS,
        "S3_BUCKET": "blog",
        "S3_REGION": "eu-1",
        "S3_ENDPOINT": "https://s3.newsroom.example",
        "S3_URI_STYLE": "host",
        "S3_ADDRESSING_STYLE": "virtual",
        "S3_TLS_CA_CHAIN": json.dumps(storage.CHAIN),
    }
    assert unit.status == "active: "


def test_no_databag_of_ours_holds_a_credential(related: relay.Relay):
    publish(related, storage.SECOND)
    told = json.dumps([related.ours.bag, *(unit.bag for unit in related.ours.units)])

    assert not [one for one in ("1234567890", "fir/st", "AKIASECOND", "second") if one in told]


def test_it_does_not_matter_which_side_is_told_first(generation: str, tmp_path: pathlib.Path):
    between = relate(generation, tmp_path)

    between.integrate(theirs_first=True)

    assert [credentials(unit) for unit in between.ours.units] == [CREDENTIALS, CREDENTIALS]


def test_b30_nothing_is_asked_for_before_there_is_a_leader(
    generation: str, tmp_path: pathlib.Path
):
    between = relate(generation, tmp_path)
    between.ours.elect(-1)
    between.integrate()
    assert between.ours.bag == {}

    between.ours.elect(1)
    between.happen(between.ours.unit(1), "leader_elected")

    assert between.ours.bag["bucket"] == "blog"
    assert credentials(between.ours.unit(1)) == CREDENTIALS


def test_rotated_credentials_reach_every_unit(related: relay.Relay):
    publish(related, storage.SECOND)

    assert [credentials(unit) for unit in related.ours.units] == [ROTATED, ROTATED]


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


@second_only
@pytest.mark.parametrize("number", [0, 1], ids=["leader", "follower"])
def test_a_secret_that_is_not_granted_cannot_be_read(related: relay.Relay, number: int):
    unit = related.ours.unit(number)

    related.act(related.theirs.leader, lambda charm: charm.allow(related.id, allowed=False))
    related.happen(unit, "config_changed")

    assert unit.status == (
        "blocked: Invalid s3 relation data: "
        "its secret is missing or not granted to this application"
    )
    assert credentials(unit) == CREDENTIALS


@second_only
def test_a_secret_that_is_granted_again_can_be_read_again(related: relay.Relay):
    unit = related.ours.leader
    related.act(related.theirs.leader, lambda charm: charm.allow(related.id, allowed=False))
    related.happen(unit, "config_changed")

    related.act(related.theirs.leader, lambda charm: charm.allow(related.id, allowed=True))
    related.happen(unit, "update_status")

    assert unit.status == "active: "


def test_a_store_that_loses_its_bucket_blocks_and_what_runs_goes_on(related: relay.Relay):
    forget(related, "bucket")

    for unit in related.ours.units:
        assert unit.status == "blocked: Invalid s3 relation data: bucket: field required"
        assert credentials(unit) == CREDENTIALS


def test_a_broken_relation_takes_the_variables_away(related: relay.Relay):
    related.remove()

    assert [variables(unit) for unit in related.ours.units] == [{}, {}]
    assert {unit.status for unit in related.ours.units} == {"active: "}


def test_a_relation_that_is_made_again_gives_the_bucket_again(related: relay.Relay):
    related.remove()

    related.integrate()

    assert [credentials(unit) for unit in related.ours.units] == [CREDENTIALS, CREDENTIALS]


def test_a_provider_that_comes_back_with_less_takes_variables_away(related: relay.Relay):
    forget(related, "region", "endpoint", "s3-uri-style", "tls-ca-chain")

    for unit in related.ours.units:
        assert variables(unit) == {**CREDENTIALS, "S3_BUCKET": "blog"}


def test_a_provider_without_credentials_leaves_no_variables(related: relay.Relay):
    forget(related, "access-key", "secret-key")

    assert [variables(unit) for unit in related.ours.units] == [{}, {}]
    assert {unit.status for unit in related.ours.units} == {"active: "}


def test_credentials_that_come_back_reach_every_unit(related: relay.Relay):
    forget(related, "access-key", "secret-key")

    publish(related, storage.SECOND)

    assert [credentials(unit) for unit in related.ours.units] == [ROTATED, ROTATED]


def test_a_unit_that_joins_later_gets_the_bucket(related: relay.Relay, tmp_path: pathlib.Path):
    newcomer = ours.unit(2, tmp_path, units=3)

    related.join(related.ours, newcomer)

    assert credentials(newcomer) == CREDENTIALS


def test_a_unit_of_the_store_that_goes_changes_nothing(related: relay.Relay):
    related.leave(related.theirs.unit(1))

    assert [credentials(unit) for unit in related.ours.units] == [CREDENTIALS, CREDENTIALS]


@pytest.mark.parametrize("juju", [LATEST, NO_SECRETS])
def test_a_provider_on_a_juju_without_secrets_is_understood(
    generation: str, tmp_path: pathlib.Path, juju: str
):
    between = relate(generation, tmp_path, juju=juju, provider_juju=NO_SECRETS)

    between.integrate()

    assert between.theirs.bag["secret-key"] == "fir/st"
    for unit in between.ours.units:
        assert credentials(unit) == CREDENTIALS


def test_an_event_without_news_writes_nothing(related: relay.Relay):
    before = related.picture()

    related.happen_everywhere()

    assert related.picture() == before
