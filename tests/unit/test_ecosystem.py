"""The names of an ecosystem beside the contract's: which there are, and what wins over them."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from paas_app_charmer import (
    ecosystem,
    env,
    environment,
    facts,
    framework,
    integration,
    paas_config,
    place,
    release,
)
from paas_app_charmer.integrations import s3, valkey_client

from . import builders

ECOSYSTEM = {"environment": {"names": "ecosystem"}}
WANTED = paas_config.PaasConfig.model_validate(ECOSYSTEM)
POSTGRESQL = builders.endpoint("postgresql_client")
MYSQL = builders.endpoint("mysql_client")


def given(
    *endpoints: facts.Endpoint,
    spec: framework.FrameworkSpec[Any] = builders.SPEC,
    **changes: Any,
) -> env.Environment:
    seen = builders.seen(**{"endpoints": endpoints, "config": WANTED, **changes})
    return environment.build(spec, seen)


def added(*endpoints: facts.Endpoint, **changes: Any) -> dict[str, str]:
    found = given(*endpoints, **changes)
    return {name: one.value for name, one in found.items() if one.origin.ecosystem}


def scheme(*endpoints: facts.Endpoint) -> str:
    return added(*endpoints).get("DATABASE_URL", "").partition(":")[0]


def test_they_are_there_only_if_the_author_asks_for_them():
    assert added(POSTGRESQL, config=paas_config.default()) == {}


def test_the_smallest_application_has_its_port_and_its_key():
    assert added() == {"PORT": "8000", "SECRET_KEY": "generated-key"}


@pytest.mark.parametrize(
    ("changes", "key", "source"),
    [
        ({"pinned_key": "pinned"}, "pinned", "option"),
        ({"declared": builders.declared(secret_key="author")}, "author", "option secret-key"),
        ({}, "generated-key", "secret key"),
    ],
)
def test_the_key_is_the_one_that_is_in_use(changes, key, source):
    found = given(**changes)
    assert found["SECRET_KEY"].value == found["DEMO_SECRET_KEY"].value == key
    assert found["SECRET_KEY"].source == source


def test_a_key_that_is_not_there_yet_has_no_name():
    assert "SECRET_KEY" not in given(generated_key=None)


def test_the_port_is_where_the_author_put_it():
    config = paas_config.PaasConfig.model_validate({**ECOSYSTEM, "port": 8888})
    assert added(config=config)["PORT"] == "8888"


def test_what_the_contract_calls_so_is_not_given_twice():
    spec = dataclasses.replace(builders.SPEC, tells=place.Variables(port="PORT"))
    port = given(spec=spec)["PORT"]
    assert (port.origin.ecosystem, port.overrides) == (False, ())


@pytest.mark.parametrize(
    ("endpoints", "expected"),
    [((POSTGRESQL, MYSQL), "postgresql"), ((MYSQL, POSTGRESQL), "mysql")],
)
def test_of_two_databases_the_first_one_of_the_metadata_has_the_name(endpoints, expected):
    assert scheme(*endpoints) == expected


def test_an_endpoint_without_a_relation_leaves_the_name_to_the_next():
    unrelated = dataclasses.replace(POSTGRESQL, related=False, data=None)
    assert scheme(unrelated, MYSQL) == "mysql"


def test_a_database_that_has_not_answered_yet_keeps_the_name_for_itself():
    asked = dataclasses.replace(POSTGRESQL, data=None)
    assert scheme(asked, MYSQL) == ""


def test_a_second_store_does_not_lend_its_region_to_the_first():
    elsewhere = s3.S3(access_key="a", secret_key="b", bucket="c")
    found = added(builders.endpoint("s3", data=elsewhere), builders.endpoint("s3", "archive"))
    assert found["AWS_ACCESS_KEY_ID"] == "a"
    assert not {"AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL_S3"} & found.keys()


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        ("valkey://h:1", "redis://h:1"),
        ("valkeys://u:p@h:1/2", "rediss://u:p@h:1/2"),
        ("rediss://h:1,i:2", "rediss://h:1"),
    ],
)
def test_clients_of_redis_find_valkey(uri, expected):
    endpoint = builders.endpoint("valkey_client", data=valkey_client.Valkey(uri=uri))
    assert added(endpoint)["REDIS_URL"] == expected


def test_a_name_knows_its_endpoint_and_its_property():
    archive = builders.endpoint("postgresql_client", "archive")
    assert given(archive)["DATABASE_URL"].origin == env.Origin(
        kind="integration", name="archive", property="connect_string", ecosystem=True
    )


def test_an_option_of_an_author_without_prefix_wins():
    spec = dataclasses.replace(builders.SPEC, prefix="")
    declared = builders.declared(database_url="author", aws={"region": "hidden"})
    found = given(POSTGRESQL, builders.endpoint("s3"), spec=spec, declared=declared)
    assert found["DATABASE_URL"].value == "author"
    assert list(map(str, found["DATABASE_URL"].overrides)) == ["integration postgresql"]
    assert (found["AWS_REGION"].value, found["AWS_REGION"].secret) == ("hidden", True)


def test_an_option_with_the_prefix_is_another_variable():
    found = given(POSTGRESQL, declared=builders.declared(database_url="author"))
    assert found["DEMO_DATABASE_URL"].value == "author"
    assert found["DATABASE_URL"].value.startswith("postgresql://")


def test_an_integration_that_the_contract_names_so_wins():
    found = given(builders.endpoint("s3"), builders.endpoint("redis", "aws"))
    assert found["AWS_ACCESS_KEY_ID"].origin.name == "s3"
    elsewhere = s3.S3(access_key="a", secret_key="b", bucket="c", region="of-aws")
    found = given(builders.endpoint("s3"), builders.endpoint("s3", "aws", data=elsewhere))
    assert found["AWS_REGION"].value == "of-aws"


def test_they_win_over_what_the_rock_declares():
    web = {"environment": {"PORT": "5000", "DATABASE_URL": "sqlite:///x", "MINE": "kept"}}
    seen = builders.seen(workload=builders.workload(web), endpoints=(POSTGRESQL,), config=WANTED)
    found = builders.released(seen).environment
    assert found["PORT"].value == "8000"
    assert list(map(str, found["DATABASE_URL"].overrides)) == ["rock"]
    assert found["MINE"].value == "kept"


def test_a_framework_names_what_only_its_ecosystem_knows():
    def names(seen: env.Environment):
        yield "SITE", seen["DEMO_BASE_URL"]

    spec = dataclasses.replace(builders.SPEC, ecosystem=names)
    assert added(spec=spec)["SITE"] == "http://shop.test-model:8000"


def test_an_integration_of_the_author_has_names_too():
    mine = dataclasses.replace(
        builders.endpoint("redis").integration,
        ecosystem={"SESSIONS": env.Alias(of="hostname", spelled=str.upper)},
    )
    assert added(builders.endpoint("redis", integration=mine))["SESSIONS"] == "REDIS-0.EXAMPLE"


def test_their_order_does_not_change_from_one_hook_to_the_next():
    endpoints = [builders.endpoint(name) for name in ("s3", "openfga", "rabbitmq")]
    names = [name for one in endpoints for name in one.integration.ecosystem]
    found = [name for name in added(*endpoints) if name in names]
    assert found == [name for name in names if name in found]


def test_a_change_of_names_reloads_the_server_and_restarts_the_workers():
    workload = builders.workload(more={"mail-worker": builders.service()})
    first = builders.released(builders.seen(workload=workload))
    after = builders.seen(workload=builders.applied(workload, first), config=WANTED)
    actions = {one.name: one.action for one in builders.released(after).services}
    assert actions == {
        "demo": release.Action.RELOAD,
        "mail-worker": release.Action.RESTART,
        "statsd-exporter": release.Action.NOTHING,
    }


def migration(*endpoints: facts.Endpoint, **changes: Any) -> str:
    workload = builders.workload(files=frozenset({"migrate.py"}))
    seen = builders.seen(
        **{"workload": workload, "endpoints": endpoints, "config": WANTED, **changes}
    )
    wanted = builders.released(seen).migration
    assert wanted is not None
    return wanted.fingerprint


def test_a_migration_that_may_read_a_new_name_runs_again():
    before = migration(POSTGRESQL, config=paas_config.default())
    assert migration(POSTGRESQL) != before


def test_a_migration_runs_again_when_another_database_has_the_name():
    assert migration(POSTGRESQL, MYSQL) != migration(MYSQL, POSTGRESQL)
    without = paas_config.default()
    assert migration(POSTGRESQL, MYSQL, config=without) == migration(
        MYSQL, POSTGRESQL, config=without
    )


def test_a_migration_does_not_run_again_for_another_key_or_port():
    config = paas_config.PaasConfig.model_validate({**ECOSYSTEM, "port": 8888})
    assert migration(POSTGRESQL, pinned_key="new") == migration(POSTGRESQL)
    assert migration(POSTGRESQL, config=config) == migration(POSTGRESQL)


def test_names_without_a_relation_add_nothing_to_a_migration():
    assert migration() == migration(config=paas_config.default())


def test_the_names_are_made_of_values_alone():
    one = integration.find("redis")
    assert one is not None
    port = env.Variable(value="1", origin=env.Origin(kind="place", property="port"))
    seen = builders.seen(endpoints=(builders.endpoint("redis"),))
    found = ecosystem.names(builders.SPEC, seen, {}, port=port)
    assert found.keys() == {"PORT", *one.ecosystem}
