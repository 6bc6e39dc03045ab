"""The names of every framework's ecosystem, against the frozen `ecosystem.yaml`."""

from __future__ import annotations

import dataclasses
import pathlib
import urllib.parse
from typing import Any

import psycopg.conninfo
import pytest
import redis

from paas_app_charmer import documents, env, environment, integration, paas_config

from . import test_environment as contract

TABLE = documents.read(pathlib.Path(__file__).with_name("ecosystem.yaml"))
WANTED = paas_config.PaasConfig.model_validate({"environment": {"names": "ecosystem"}})
OTHER = "another-endpoint"

every_framework = pytest.mark.parametrize("name", contract.FRAMEWORKS)
every_interface = pytest.mark.parametrize("interface", contract.INTERFACES)


def built(name: str, generation: str = "C2", *, wanted: bool, **changes: Any) -> env.Environment:
    config = WANTED if wanted else paas_config.default()
    seen = contract.observed(name, generation, config=config, **changes)
    return environment.build(contract.spec_of(name), seen)


def check(name: str, generation: str, rows: dict[str, Any], **changes: Any) -> None:
    """Compare the names that are there besides, and the values of all rows whoever gives them."""
    without = built(name, generation, wanted=False, **changes)
    found = built(name, generation, wanted=True, **changes)
    named = rows.keys() | TABLE["frameworks"][name][generation].keys()
    assert found.keys() - without.keys() == named - without.keys()
    shown = {row: {"value": found[row].value, "secret": found[row].secret} for row in rows}
    assert shown == {
        row: {"value": told["value"], "secret": told.get("secret", False)}
        for row, told in rows.items()
    }


def found(interface: str) -> integration.Integration[Any]:
    one = integration.find(interface)
    assert one is not None
    return one


def test_every_framework_stands_in_the_table():
    assert sorted(TABLE["frameworks"]) == contract.FRAMEWORKS


def test_only_interfaces_stand_in_the_table():
    assert TABLE["interfaces"].keys() <= set(contract.INTERFACES)


@every_framework
@pytest.mark.parametrize("generation", ["C1", "C2"])
def test_a_charm_alone_has_the_names_of_its_framework(name, generation):
    check(name, generation, TABLE["frameworks"][name][generation])


@every_framework
@every_interface
@pytest.mark.parametrize("endpoint", ["", OTHER])
def test_an_integration_has_its_names_whatever_its_endpoint_is_called(name, interface, endpoint):
    related = contract.related(interface, endpoint or found(interface).endpoint)
    rows = TABLE["interfaces"].get(interface, {})
    more = TABLE["frameworks"][name].get("interfaces", {}).get(interface, {})
    check(name, "C2", rows | more, endpoints=(related,))


@every_framework
@every_interface
def test_the_names_of_the_contract_stay_as_they_are(name, interface):
    related = (contract.related(interface, found(interface).endpoint),)
    before = built(name, wanted=False, endpoints=related)
    after = built(name, wanted=True, endpoints=related)
    assert {key: after[key] for key in before} == before


@every_framework
@every_interface
def test_what_holds_a_secret_is_hidden(name, interface):
    one = found(interface)
    secrets = one.hidden(one.properties(one.example))
    given = built(name, wanted=True, endpoints=(contract.related(interface, OTHER),))
    shown = [one.value for one in given.values() if not one.secret]
    assert not any(env.conceals(value, secrets) for value in shown)


@every_interface
def test_each_name_is_of_a_property(interface):
    one = found(interface)
    assert {alias.of for alias in one.ecosystem.values()} <= one.properties(one.example).keys()


def value(interface: str, variable: str) -> str:
    given = built("go", wanted=True, endpoints=(contract.related(interface, OTHER),))
    return given[variable].value


def test_strict_parsers_understand_the_url_of_a_database():
    url = urllib.parse.urlsplit(value("postgresql_client", "DATABASE_URL"))
    assert (url.scheme, url.hostname, url.port) == ("postgresql", "db-0.example", 5432)
    parsed = psycopg.conninfo.conninfo_to_dict(value("postgresql_client", "DATABASE_URL"))
    assert parsed["password"] == "pass/word"


def test_a_client_of_redis_understands_where_valkey_is():
    client = redis.Redis.from_url(value("valkey_client", "REDIS_URL"))
    found = client.connection_pool.connection_kwargs
    assert (found["host"], found["password"]) == ("valkey-0.example", "pass/word")


def test_hosts_that_an_integration_of_the_author_gives_keep_their_own_spelling():
    redis_like = dataclasses.replace(
        found("redis"),
        interface="hosts",
        namespace="DJANGO_ALLOWED",
        properties=lambda _data: {"hosts": "shop.example"},
    )
    endpoint = dataclasses.replace(contract.related("redis", "redis"), integration=redis_like)
    given = built("django", wanted=True, endpoints=(endpoint,))
    assert given["DJANGO_ALLOWED_HOSTS"].value == "shop.example"
    assert "ALLOWED_HOSTS" not in given
