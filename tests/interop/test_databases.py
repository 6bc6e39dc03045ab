"""Databases, with ``charms.data_platform_libs`` as their side."""

from __future__ import annotations

import pathlib

import pytest
from counterparts import applications, databases, ours, relay, theirs

pytestmark = pytest.mark.usefixtures("client")

KINDS = {
    "postgresql": databases.PostgreSQL,
    "mysql": databases.MySQL,
    "mongodb": databases.MongoDB,
}
NO_SECRETS = "2.9.49"


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def related(kind: str, tmp_path: pathlib.Path) -> relay.Relay:
    """Two units of ours and a database, related and at rest."""
    found = relate(kind, tmp_path)
    found.integrate()
    return found


def relate(
    kind: str, folder: pathlib.Path, *, juju: str = "3.6.0", provider_juju: str = "3.6.0"
) -> relay.Relay:
    """Return both sides, not yet related."""
    database = theirs.application(
        KINDS[kind], kind, databases.ENDPOINT, provides=f"{kind}_client", juju=provider_juju
    )
    # Without secrets, peers would share the key in a databag that is not part of this relay.
    units = 1 if juju == NO_SECRETS else 2
    return relay.Relay(ours.application(kind, folder, juju=juju, units=units), database)


def uri(kind: str, number: int, password: str) -> str:
    """Return the URL that the application should get."""
    charm = KINDS[kind]
    user = f"relation-{number}:{password}"
    return f"{charm.scheme}://{user}@{charm.hosts}/blog{charm.query}"


def connect_string(unit: applications.Unit, kind: str) -> str | None:
    return unit.environment.get(f"{kind.upper()}_DB_CONNECT_STRING")


def variables(unit: applications.Unit, kind: str) -> set[str]:
    """Return the names of the database's variables, without their prefix."""
    prefix = f"{kind.upper()}_DB_"
    return {n.removeprefix(prefix) for n in unit.environment if n.startswith(prefix)}


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


@pytest.mark.parametrize("number", [0, 1], ids=["leader", "follower"])
def test_every_unit_gets_the_database(related: relay.Relay, kind: str, number: int):
    unit = related.ours.unit(number)

    assert connect_string(unit, kind) == uri(kind, related.id, "first")
    assert unit.environment[f"{kind.upper()}_DB_USERNAME"] == f"relation-{related.id}"
    assert unit.environment[f"{kind.upper()}_DB_PASSWORD"] == "first"
    assert unit.environment[f"{kind.upper()}_DB_NAME"] == "blog"
    assert unit.environment[f"{kind.upper()}_DB_VERSION"] == "16.9"
    assert unit.environment[f"{kind.upper()}_DB_ENDPOINTS"] == KINDS[kind].hosts
    assert unit.status == "active: "


@pytest.mark.parametrize("kind", ["postgresql"], indirect=True)
def test_the_certificate_and_the_replicas_reach_the_application(related: relay.Relay):
    environment = related.ours.leader.environment

    assert environment["POSTGRESQL_DB_TLS"] == "True"
    assert environment["POSTGRESQL_DB_TLS_CA"] == "-----BEGIN CERTIFICATE-----\nMII\n"
    assert environment["POSTGRESQL_DB_READ_ONLY_ENDPOINTS"] == databases.PostgreSQL.read_only
    assert environment["POSTGRESQL_DB_READ_ONLY_CONNECT_STRING"] == (
        f"postgresql://relation-{related.id}:first@{databases.PostgreSQL.read_only}/blog"
    )


@pytest.mark.parametrize("kind", ["mongodb"], indirect=True)
def test_the_replica_set_reaches_the_application(related: relay.Relay):
    assert related.ours.leader.environment["MONGODB_DB_REPLSET"] == "mongo"


def test_it_does_not_matter_which_side_is_told_first(kind: str, tmp_path: pathlib.Path):
    between = relate(kind, tmp_path)

    between.integrate(theirs_first=True)

    assert connect_string(between.ours.leader, kind) == uri(kind, between.id, "first")


def test_nothing_is_asked_for_before_there_is_a_leader(kind: str, tmp_path: pathlib.Path):
    between = relate(kind, tmp_path)
    between.ours.elect(-1)
    between.integrate()
    assert between.ours.bag == {}

    between.ours.elect(1)
    between.happen(between.ours.unit(1), "leader_elected")

    assert between.ours.bag["database"] == "blog"


def test_a_rotated_password_reaches_every_unit(related: relay.Relay, kind: str):
    publish(related, "second")

    found = {connect_string(unit, kind) for unit in related.ours.units}
    assert found == {uri(kind, related.id, "second")}


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


@pytest.mark.parametrize("number", [0, 1], ids=["leader", "follower"])
def test_a_secret_that_is_not_granted_cannot_be_read(related: relay.Relay, kind: str, number: int):
    unit = related.ours.unit(number)

    related.act(related.theirs.leader, lambda charm: charm.revoke(related.id))
    related.happen(unit, "config_changed")

    assert unit.status == (
        f"blocked: Invalid {kind} relation data: "
        "its secret is missing or not granted to this application"
    )


def test_a_secret_that_is_granted_again_can_be_read_again(related: relay.Relay, kind: str):
    unit = related.ours.leader
    related.act(related.theirs.leader, lambda charm: charm.revoke(related.id))
    related.happen(unit, "config_changed")

    related.act(related.theirs.leader, lambda charm: charm.grant(related.id))
    related.happen(unit, "update_status")

    assert unit.status == "active: "
    assert connect_string(unit, kind) == uri(kind, related.id, "first")


def test_a_broken_relation_takes_the_variables_away(related: relay.Relay, kind: str):
    related.remove()

    assert [variables(unit, kind) for unit in related.ours.units] == [set(), set()]
    assert {unit.status for unit in related.ours.units} == {"active: "}


def test_a_relation_that_is_made_again_gives_a_new_user(related: relay.Relay, kind: str):
    related.remove()

    related.integrate()

    found = {connect_string(unit, kind) for unit in related.ours.units}
    assert found == {uri(kind, related.id, "first")}


def test_a_provider_that_comes_back_with_less_takes_variables_away(
    related: relay.Relay, kind: str
):
    groups = (["version", "read-only-endpoints", "replset"], ["read-only-uris"], ["tls", "tls-ca"])

    def forget(charm: databases.Database) -> None:
        for fields in groups:  # the library forgets fields of one secret at a time
            charm.provides.delete_relation_data(related.id, fields)

    related.act(related.theirs.leader, forget)

    for unit in related.ours.units:
        left = variables(unit, kind)
        assert not left & {"VERSION", "READ_ONLY_ENDPOINTS", "READ_ONLY_CONNECT_STRING"}
        assert not left & {"TLS", "TLS_CA", "REPLSET"}
        assert connect_string(unit, kind) == uri(kind, related.id, "first")


def test_a_provider_without_credentials_leaves_no_variables(related: relay.Relay, kind: str):
    def forget(charm: databases.Database) -> None:
        given = ["username", "password", "uris", "read-only-uris"]
        uris = given if charm.read_only else given[:3]
        fields = uris if charm.sends_uris else given[:2]
        charm.provides.delete_relation_data(related.id, fields)

    related.act(related.theirs.leader, forget)

    assert "secret-user" not in related.theirs.bag
    assert [variables(unit, kind) for unit in related.ours.units] == [set(), set()]
    assert {unit.status for unit in related.ours.units} == {"active: "}


@pytest.mark.parametrize("juju", ["3.6.0", NO_SECRETS])
def test_a_provider_on_a_juju_without_secrets_is_understood(
    kind: str, tmp_path: pathlib.Path, juju: str
):
    between = relate(kind, tmp_path, juju=juju, provider_juju=NO_SECRETS)

    between.integrate()

    assert between.theirs.bag["password"] == "first"
    for unit in between.ours.units:
        assert connect_string(unit, kind) == uri(kind, between.id, "first")


def test_a_password_in_plain_text_can_be_rotated(kind: str, tmp_path: pathlib.Path):
    between = relate(kind, tmp_path, provider_juju=NO_SECRETS)
    between.integrate()

    publish(between, "second")

    for unit in between.ours.units:
        assert connect_string(unit, kind) == uri(kind, between.id, "second")


@pytest.mark.parametrize("provider_juju", ["3.6.0", NO_SECRETS])
def test_an_event_without_news_writes_nothing(
    kind: str, tmp_path: pathlib.Path, provider_juju: str
):
    between = relate(kind, tmp_path, provider_juju=provider_juju)
    between.integrate()
    before = between.picture()

    between.happen_everywhere()

    assert between.picture() == before
