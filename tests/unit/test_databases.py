"""PostgreSQL, MySQL and MongoDB: what is asked for, and what the answers mean."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pydantic
import pytest

from paas_app_charmer import environment, errors, facts, integration
from paas_app_charmer.integrations import mongodb_client, mysql_client, postgresql_client

from . import builders

PASSWORD = "p@ss/w:o#r?d%"
SECRETS = {
    "secret:user": {"username": "app", "password": PASSWORD},
    "secret:tls": {"tls": "true", "tls-ca": "CERTIFICATE"},
    "secret:uris": {
        "username": "app",
        "password": "word",
        "uris": "postgresql://app:word@db-0:5432/app",
        "read-only-uris": "postgresql://app:word@db-1:5432/app",
    },
}

postgresql = postgresql_client.INTEGRATION


def remote(app: Mapping[str, str]) -> integration.RemoteData:
    return integration.RemoteData(app=app, secret=SECRETS.__getitem__)


def given(app: Mapping[str, str], one: Any = postgresql) -> Mapping[str, str]:
    data = one.read(remote(app))
    assert data is not None
    return one.properties(data)


PLAIN = {"endpoints": "db-0:5432", "username": "app", "password": "word", "database": "app"}
ENDPOINTS = {"secret-user": "secret:user", "endpoints": "db-0:5432,db-1:5432", "database": "app"}


def test_the_leader_asks_for_a_database_of_the_applications_name_and_for_secrets():
    bag = postgresql.request(builders.site())
    assert bag.unit == {}
    assert bag.app["database"] == "shop"
    assert {"username", "password", "tls", "tls-ca", "uris", "read-only-uris"} == set(
        json.loads(bag.app["requested-secrets"])
    )


@pytest.mark.parametrize(
    "app",
    [
        {},
        {"endpoints": "db-0:5432"},
        {"secret-user": "secret:user"},
        {"endpoints": "db-0:5432", "username": "app"},
        {"endpoints": "", "username": "app", "password": "word"},
        {"username": "app", "password": "word"},
    ],
)
def test_data_that_are_still_arriving_are_none(app):
    assert postgresql.read(remote(app)) is None


def test_credentials_in_the_databag_are_read():
    assert given(PLAIN)["connect_string"] == "postgresql://app:word@db-0:5432/app"


def test_a_url_of_the_provider_is_taken_as_it_is():
    found = given({"secret-user": "secret:uris", "endpoints": "other:1"})
    assert found["connect_string"] == "postgresql://app:word@db-0:5432/app"
    assert found["read_only_connect_string"] == "postgresql://app:word@db-1:5432/app"


@pytest.mark.parametrize(
    ("one", "scheme"),
    [
        (postgresql, "postgresql"),
        (mysql_client.INTEGRATION, "mysql"),
        (mongodb_client.INTEGRATION, "mongodb"),
    ],
)
def test_each_database_has_urls_of_its_own(one, scheme):
    assert given(PLAIN, one)["scheme"] == scheme


def test_b15_password_with_reserved_characters_gives_a_url_that_works():
    found = given(ENDPOINTS)
    assert found["password"] == PASSWORD
    assert found["connect_string"] == (
        "postgresql://app:p%40ss%2Fw%3Ao%23r%3Fd%25@db-0:5432,db-1:5432/app"
    )


def test_b15a_all_hosts_of_a_replica_set_stand_in_the_url():
    app = {**ENDPOINTS, "endpoints": "h1:27017,h2:27017", "replset": "rs0"}
    found = given(app, mongodb_client.INTEGRATION)
    assert "@h1:27017,h2:27017/app" in found["connect_string"]
    assert (found["hostname"], found["port"], found["replset"]) == ("h1", "27017", "rs0")


def test_b15b_a_database_without_a_host_is_waited_for_or_told():
    assert postgresql.read(remote({**PLAIN, "endpoints": ""})) is None
    with pytest.raises(errors.RelationDataError, match="host"):
        postgresql.read(remote({**PLAIN, "endpoints": "None:5432"}))


def test_b15c_tls_and_read_only_endpoints_reach_the_application():
    app = {**ENDPOINTS, "secret-tls": "secret:tls", "read-only-endpoints": "db-2:5432"}
    found = given(app)
    assert (found["tls"], found["tls_ca"]) == ("true", "CERTIFICATE")
    assert found["read_only_endpoints"] == "db-2:5432"
    assert found["endpoints"] == "db-0:5432,db-1:5432"


def test_the_url_of_the_replicas_is_hidden_whatever_its_password():
    data = postgresql.data(uri="postgresql://u:a@h/d", read_only_uri="postgresql://u:other@r/d")
    seen = builders.seen(endpoints=(builders.endpoint("postgresql_client", data=data),))
    variables = environment.build(builders.SPEC, seen)
    assert variables["POSTGRESQL_DB_READ_ONLY_CONNECT_STRING"].secret


def test_what_the_provider_does_not_say_gives_no_property():
    assert (
        not {"tls", "tls_ca", "version", "replset", "read_only_connect_string"}
        & given(PLAIN).keys()
    )


def test_a_database_without_a_name_has_no_path():
    assert given({k: v for k, v in PLAIN.items() if k != "database"})["path"] == ""


@pytest.mark.parametrize(
    "change",
    [{"endpoints": "db-0:port"}, {"endpoints": "db-0:99999"}, {"endpoints": ","}],
)
def test_an_address_that_is_none_is_told(change):
    with pytest.raises(errors.RelationDataError):
        postgresql.read(remote({**PLAIN, **change}))


def test_a_url_that_is_none_is_told_without_its_text():
    with pytest.raises(errors.RelationDataError) as raised:
        postgresql.read(remote({"uris": "hunter2"}))
    assert "hunter2" not in str(raised.value)


def test_a_secret_that_is_not_granted_is_told():
    data = integration.RemoteData(app={"secret-user": "secret:gone", "endpoints": "h:1"})
    with pytest.raises(errors.RelationDataError, match="not granted"):
        postgresql.read(data)


@pytest.mark.parametrize(
    ("endpoint", "namespace"), [("postgresql", "POSTGRESQL_DB"), ("main-db", "MAIN_DB")]
)
def test_an_endpoint_of_another_name_is_its_own_namespace(endpoint, namespace):
    seen = facts.Endpoint(name=endpoint, integration=postgresql, required=False)
    assert seen.namespace == namespace


def test_a_database_makes_migrations_run_again():
    assert postgresql.migrates


def test_the_model_wants_a_url():
    with pytest.raises(pydantic.ValidationError):
        postgresql.data()
