"""Databases, with ``charms.data_platform_libs`` as their side."""

from __future__ import annotations

import pathlib

import pytest
from counterparts import applications, databases, relay, rows, sides

pytestmark = pytest.mark.usefixtures("client")

KINDS = {
    "postgresql": databases.PostgreSQL,
    "mysql": databases.MySQL,
    "mongodb": databases.MongoDB,
}


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def related(kind: str, tmp_path: pathlib.Path) -> relay.Relay:
    """Two units of ours and two of a database, related and at rest."""
    return sides.together(rows.find(f"{kind}_client"), tmp_path, there=1)


@pytest.fixture
def without_secrets(kind: str, tmp_path: pathlib.Path) -> relay.Relay:
    """The same with a database on a Juju without secrets."""
    database = rows.find(f"{kind}_client", juju=sides.NO_SECRETS)
    return sides.together(database, tmp_path, there=1)


def uri(kind: str, number: int, password: str) -> str:
    """Return the URL that the application should get."""
    charm = KINDS[kind]
    user = f"relation-{number}:{password}"
    return f"{charm.scheme}://{user}@{charm.hosts}/blog{charm.query}"


def connect_string(unit: applications.Unit, kind: str) -> str | None:
    return unit.environment.get(f"{kind.upper()}_DB_CONNECT_STRING")


def publish(between: relay.Relay, password: str) -> None:
    """Let the database give its user another password."""
    between.act(between.theirs.leader, lambda charm: charm.publish(between.id, "blog", password))


def test_the_provider_reads_the_database_that_we_ask_for(related: relay.Relay):
    found = related.ask(
        related.theirs.leader,
        lambda charm: charm.provides.fetch_relation_field(related.id, "database"),
    )

    assert found == "blog"


def test_the_provider_reads_that_we_want_secrets(related: relay.Relay):
    def fields(charm: databases.Database) -> list[str] | None:
        charm.provides.fetch_relation_data([related.id])
        return charm.provides.local_secret_fields

    asked = related.ask(related.theirs.leader, fields)

    assert {"username", "password", "uris", "read-only-uris", "tls", "tls-ca"} <= set(asked or ())


def test_credentials_travel_in_secrets_only(related: relay.Relay):
    assert "secret-user" in related.theirs.bag
    assert not {"username", "password", "uris"} & related.theirs.bag.keys()


@pytest.mark.parametrize("kind", ["mongodb"], indirect=True)
def test_the_replica_set_reaches_the_application(related: relay.Relay):
    assert related.ours.leader.environment["MONGODB_DB_REPLSET"] == "mongo"


def test_new_endpoints_reach_every_unit(related: relay.Relay, kind: str):
    related.act(
        related.theirs.leader,
        lambda charm: charm.provides.set_endpoints(related.id, "elsewhere.example:1234"),
    )

    for unit in related.ours.units:
        assert unit.environment[f"{kind.upper()}_DB_ENDPOINTS"] == "elsewhere.example:1234"


@pytest.mark.parametrize("kind", ["mysql"], indirect=True)
def test_a_url_made_of_parts_follows_the_endpoints(related: relay.Relay):
    related.act(
        related.theirs.leader,
        lambda charm: charm.provides.set_endpoints(related.id, "elsewhere.example:1234"),
    )

    for unit in related.ours.units:
        user = f"relation-{related.id}:first"
        assert connect_string(unit, "mysql") == f"mysql://{user}@elsewhere.example:1234/blog"


@pytest.mark.parametrize("juju", ["3.6.0", sides.NO_SECRETS])
def test_a_provider_on_a_juju_without_secrets_is_understood(
    kind: str, tmp_path: pathlib.Path, juju: str
):
    database = rows.find(f"{kind}_client", juju=sides.NO_SECRETS)

    between = sides.together(database, tmp_path, there=1, juju=juju)

    assert between.theirs.bag["password"] == "first"
    for unit in between.ours.units:
        assert connect_string(unit, kind) == uri(kind, between.id, "first")


def test_a_password_in_plain_text_can_be_rotated(without_secrets: relay.Relay, kind: str):
    publish(without_secrets, "second")

    for unit in without_secrets.ours.units:
        assert connect_string(unit, kind) == uri(kind, without_secrets.id, "second")


def test_an_event_without_news_writes_nothing(without_secrets: relay.Relay):
    before = without_secrets.picture()

    without_secrets.happen_to(*without_secrets.ours.units)

    assert without_secrets.picture() == before
