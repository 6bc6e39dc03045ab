"""The status ladder: one reason at a time, the most basic first."""

from __future__ import annotations

import pytest

from paas_app_charmer import decide, facts, options, paas_config, readiness, release

from . import builders

PROBLEM = options.Problem(name="demo-env", reason="wrong")
MISSING = builders.endpoint("postgresql_client", required=True, related=False, data=None)
PENDING = builders.endpoint("redis", required=True, data=None)
BROKEN = builders.endpoint("redis", data=None, problem="port: should be a valid integer")
FOREIGN = facts.Workload(services={"other": builders.service()})

LADDER = [
    ({"config_problem": "Invalid paas-config.yaml: x"}, "Invalid paas-config.yaml: x"),
    ({"options": None, "problems": (PROBLEM,)}, "invalid options: demo-env (wrong)"),
    ({"endpoints": (BROKEN,)}, "Invalid redis relation data: port: should be a valid integer"),
    ({"workload": None}, "Waiting for pebble ready"),
    ({"workload": FOREIGN}, "the rock has no service 'demo'; build it with"),
    ({"peers": None}, "Waiting for peer integration"),
    ({"generated_key": None}, "Waiting for secret key creation"),
    ({"endpoints": (MISSING,)}, "missing integrations: postgresql"),
    ({"endpoints": (PENDING,)}, "waiting for data of integrations: redis"),
]


def hold(**changes) -> release.Hold:
    decision = decide.decide(builders.SPEC, builders.seen(**changes))
    assert isinstance(decision, release.Hold)
    return decision


@pytest.mark.parametrize(("changes", "message"), LADDER)
def test_each_rung_holds_with_its_message(changes, message):
    assert hold(**changes).message.startswith(message)


@pytest.mark.parametrize("rung", range(len(LADDER) - 1))
def test_a_rung_is_told_before_those_below_it(rung):
    both = {**LADDER[rung + 1][0], **LADDER[rung][0]}
    if {"endpoints"} <= LADDER[rung + 1][0].keys() & LADDER[rung][0].keys():
        both["endpoints"] = LADDER[rung + 1][0]["endpoints"] + LADDER[rung][0]["endpoints"]
    assert hold(**both).message.startswith(LADDER[rung][1])


def test_nothing_holds_when_all_is_there():
    seen = builders.seen()
    assert [check(builders.SPEC, seen) for check in readiness.LADDER] == [None] * len(
        readiness.LADDER
    )


@pytest.mark.parametrize("changes", [changes for changes, _ in LADDER])
def test_only_a_missing_integration_stops_what_runs(changes):
    changes = {"workload": builders.workload(gap_since=100.0), "now": 1000.0, **changes}
    assert hold(**changes).stops is (changes.get("endpoints") == (MISSING,))


@pytest.mark.parametrize(
    ("begun", "stops"), [(None, False), (1000.0, False), (941.0, False), (940.0, True)]
)
def test_a_gap_in_a_required_relation_stops_nothing_for_a_minute(begun, stops):
    workload = builders.workload(gap_since=begun)
    found = hold(endpoints=(MISSING,), workload=workload, now=1000.0)
    assert (found.stops, found.gap) == (stops, not stops)


def test_an_author_can_do_without_the_minute():
    config = paas_config.PaasConfig.model_validate({"change": {"gap": "0s"}})
    assert hold(endpoints=(MISSING,), config=config).stops


@pytest.mark.parametrize(
    "changes",
    [{"workload": None}, {"peers": None}, {"generated_key": None}, {"endpoints": (PENDING,)}],
)
def test_what_comes_by_itself_is_waited_for(changes):
    assert hold(**changes).level is release.Level.WAITING


def test_b20b_data_that_are_still_arriving_are_no_reason_to_block():
    optional = builders.endpoint("redis", data=None)
    assert isinstance(
        decide.decide(builders.SPEC, builders.seen(endpoints=(optional,))), release.Release
    )
    assert hold(endpoints=(PENDING,)).level is release.Level.WAITING


def test_a_container_that_cannot_be_read_is_told():
    assert hold(workload=None, workload_problem="no such file").message == (
        "cannot read the container: no such file"
    )


def test_an_optional_integration_may_be_missing():
    optional = builders.endpoint("postgresql_client", related=False, data=None)
    decision = decide.decide(builders.SPEC, builders.seen(endpoints=(optional,)))
    assert isinstance(decision, release.Release)


def test_missing_integrations_are_told_by_their_endpoints():
    names = ("main-db", "cache")
    endpoints = tuple(
        builders.endpoint(interface, name, required=True, related=False, data=None)
        for interface, name in zip(("postgresql_client", "redis"), names, strict=True)
    )
    assert hold(endpoints=endpoints).message == "missing integrations: main-db, cache"


def test_a_key_that_the_operator_set_is_enough():
    seen = builders.seen(generated_key=None, pinned_key="pinned")
    assert isinstance(decide.decide(builders.SPEC, seen), release.Release)


def test_a_framework_may_need_a_kind_of_integration():
    check = readiness.needs("database", "a database is needed")
    seen = builders.seen(endpoints=(builders.endpoint("redis"),))
    told = check(builders.SPEC, seen)
    assert told == release.blocked("a database is needed")


@pytest.mark.parametrize("interface", ["postgresql_client", "mysql_client", "mongodb_client"])
def test_any_integration_of_the_kind_will_do(interface):
    check = readiness.needs("database", "a database is needed")
    seen = builders.seen(endpoints=(builders.endpoint(interface, "any-name"),))
    assert check(builders.SPEC, seen) is None


def test_an_integration_without_data_will_not_do():
    check = readiness.needs("database", "a database is needed")
    seen = builders.seen(endpoints=(builders.endpoint("mysql_client", data=None),))
    assert check(builders.SPEC, seen) is not None
