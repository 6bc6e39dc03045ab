"""From facts to a release: which services do what, and no exception ever."""

from __future__ import annotations

import dataclasses
from typing import Any

import hypothesis
import hypothesis.strategies as st
import pytest

from paas_app_charmer import decide, env, facts, options, release
from paas_app_charmer.integrations import loki_push_api, redis

from . import builders


def environment_of(name: str, **changes: Any) -> dict[str, str]:
    service = builders.service_of(builders.released(builders.seen(**changes)), name)
    return service.definition["environment"]


def test_b04_what_the_rock_declares_lies_underneath():
    web = {"environment": {"FROM_THE_ROCK": "kept", "DEMO_SCHEME": "rock"}}
    given = environment_of("demo", workload=builders.workload(web))
    assert (given["FROM_THE_ROCK"], given["DEMO_SCHEME"]) == ("kept", "HTTPS")


def test_what_wins_over_the_rock_says_so():
    web = {"environment": {"FROM_THE_ROCK": "kept", "DEMO_SCHEME": "rock"}}
    wanted = builders.released(builders.seen(workload=builders.workload(web)))
    rock = env.Origin(kind="rock")
    assert wanted.environment["FROM_THE_ROCK"].origin == rock
    assert wanted.environment["DEMO_SCHEME"].overrides == (rock,)


def test_b04_each_worker_keeps_what_the_rock_declares_for_it():
    mine = builders.service(environment={"QUEUE": "mail"})
    workload = builders.workload({"environment": {"WEB": "1"}}, more={"mail-worker": mine})
    given = environment_of("mail-worker", workload=workload)
    assert given == {**builders.values(builders.seen()), "QUEUE": "mail"}


def test_commands_get_what_the_main_service_gets():
    wanted = builders.released(
        builders.seen(workload=builders.workload({"environment": {"A": "1"}}))
    )
    assert (
        env.values(wanted.environment)
        == (builders.service_of(wanted, "demo").definition["environment"])
    )


def test_services_of_no_type_keep_their_definition():
    workload = builders.workload(more={"helper": builders.service(environment={"A": "1"})})
    wanted = builders.released(builders.seen(workload=workload))
    assert builders.service_of(wanted, "helper").definition == builders.service(
        environment={"A": "1"}
    )
    assert "environment" not in builders.service_of(wanted, "statsd-exporter").definition


def test_b26a_every_service_replaces_what_the_plan_had():
    mine = builders.service(override="merge")
    workload = builders.workload(more={"mail-worker": mine, "helper": mine})
    wanted = builders.released(builders.seen(workload=workload))
    assert {one.definition["override"] for one in wanted.services} == {"replace"}


@pytest.mark.parametrize(("unit", "startup"), [(0, "enabled"), (1, "disabled")])
def test_a_scheduler_runs_on_unit_0_only(unit, startup):
    workload = builders.workload(more={"beat-scheduler": builders.service()})
    wanted = builders.released(builders.seen(workload=workload, unit=unit))
    service = builders.service_of(wanted, "beat-scheduler")
    assert (service.definition["startup"], service.enabled) == (startup, unit == 0)


def test_a_changed_environment_reloads_the_server_and_restarts_the_workers():
    workload = builders.workload(more={"mail-worker": builders.service()})
    first = builders.released(builders.seen(workload=workload))
    second = builders.released(
        builders.seen(workload=builders.applied(workload, first), pinned_key="new")
    )
    assert {one.name: one.action for one in second.services} == {
        "demo": release.Action.RELOAD,
        "mail-worker": release.Action.RESTART,
        "statsd-exporter": release.Action.NOTHING,
    }


@pytest.mark.parametrize(("web", "user"), [({}, "_daemon_"), ({"user": "app"}, "app")])
def test_commands_run_as_the_application_does(web, user):
    assert builders.released(builders.seen(workload=builders.workload(web))).user == user


def test_commands_run_as_the_rocks_usual_user_when_the_service_names_none():
    seen = builders.seen(workload=builders.workload({"user": None}))
    assert builders.released(seen).user == "_daemon_"


def test_variables_of_backing_services_alone_make_a_migration_run_again():
    workload = builders.workload(files=frozenset({"migrate.py"}))

    def fingerprint(**changes: Any) -> str:
        migration = builders.released(builders.seen(workload=workload, **changes)).migration
        assert migration is not None
        return migration.fingerprint

    other = redis.Redis(host="redis-1.example", port=6379)
    with_redis = (builders.endpoint("redis"),)
    assert fingerprint(pinned_key="new") == fingerprint()
    one = dataclasses.replace(redis.INTEGRATION, migrates=False)
    no_backing = builders.endpoint("redis", integration=one)
    assert fingerprint(endpoints=(no_backing,)) == fingerprint()
    assert fingerprint(endpoints=with_redis) != fingerprint()
    moved = (builders.endpoint("redis", data=other),)
    assert fingerprint(endpoints=moved) != fingerprint(endpoints=with_redis)


LOKI = {"endpoints": (builders.endpoint("loki_push_api"),), "labels": {"juju_unit": "shop/0"}}


def test_logs_go_to_every_loki_that_is_related():
    assert builders.released(builders.seen(**LOKI)).log_targets == {
        "loki/0": {
            "override": "replace",
            "type": "loki",
            "location": "http://loki-0.example:3100/loki/api/v1/push",
            "services": ["all"],
            "labels": {"juju_unit": "shop/0"},
        }
    }


def test_logs_go_to_what_every_further_relation_gives():
    other = loki_push_api.Loki(targets={"loki-b/0": "http://loki-b:3100/loki/api/v1/push"})
    endpoint = builders.endpoint("loki_push_api", others=(other,))
    targets = builders.released(builders.seen(endpoints=(endpoint,))).log_targets
    assert targets.keys() == {"loki/0", "loki-b/0"}


def test_logs_stay_where_they_are_when_pebble_cannot_send_them():
    assert builders.released(builders.seen(**LOKI, forwards_logs=False)).log_targets == {}


def test_what_the_options_ask_for_and_the_rock_lacks_is_a_hold():
    decision = decide.decide(
        builders.SPEC, builders.seen(options=builders.chosen(webserver_worker_class="gevent"))
    )
    assert isinstance(decision, release.Hold)
    assert decision.level is release.Level.BLOCKED


def test_a_check_of_the_framework_comes_after_the_ladder():
    spec = dataclasses.replace(builders.SPEC, checks=(lambda *_: release.blocked("mine"),))
    assert decide.decide(spec, builders.seen()) == release.blocked("mine")
    assert decide.decide(spec, builders.seen(peers=None)) != release.blocked("mine")


def test_no_secret_shows_in_facts_or_release():
    seen = builders.seen(
        generated_key="hunter2-generated",
        declared=builders.declared(token={"key": "hunter2-option"}),
        proxy={"http_proxy": "http://u:hunter2@proxy"},
        endpoints=(builders.endpoint("postgresql_client"),),
        workload=builders.workload({"environment": {"A": "hunter2-rock"}}),
    )
    for shown in (repr(seen), repr(builders.released(seen))):
        assert "hunter2" not in shown
        assert "pass%2Fword" not in shown
        assert "pass/word" not in shown


texts = st.text(max_size=8)
names = st.from_regex(r"[a-z][a-z0-9-]{0,12}", fullmatch=True)
option_values = st.none() | st.booleans() | st.integers() | st.floats() | texts
commands = texts | st.just(builders.COMMAND) | st.just("g -k sync")
services = st.fixed_dictionaries(
    {"command": commands},
    optional={
        "startup": st.sampled_from(["enabled", "disabled", ""]),
        "user": texts | st.none(),
        "environment": st.none() | st.dictionaries(names, texts, max_size=2),
    },
)
interfaces = ["postgresql_client", "mysql_client", "mongodb_client", "redis", "ingress"]
runnings = st.builds(
    release.Running,
    definition=texts,
    environment=texts,
    files=texts,
    base=st.dictionaries(names, texts, max_size=2),
    touched=st.frozensets(names, max_size=2),
)
workloads = st.none() | st.builds(
    facts.Workload,
    services=st.dictionaries(
        names | st.sampled_from(["demo", "a-worker", "b-scheduler"]), services, max_size=4
    ),
    active=st.frozensets(st.sampled_from(["demo", "a-worker", "b-scheduler"])),
    files=st.frozensets(st.sampled_from(["migrate", "migrate.sh", "migrate.py", "manage.py"])),
    modules=st.frozensets(st.just("gevent")),
    running=st.dictionaries(st.just("demo"), runnings),
    release=texts,
)
declarations = st.builds(
    lambda name, kind, value, required: options.Declared(
        name=name, type=kind, value=value, required=required
    ),
    names | st.sampled_from(["demo-env", "webserver-workers", "app-secret-key"]),
    st.sampled_from(["string", "int", "float", "boolean", "secret", "list"]),
    option_values | st.dictionaries(names, texts, max_size=2),
    st.booleans(),
)
endpoints = st.builds(
    lambda interface, name, complete, related, required, problem: builders.endpoint(
        interface,
        name,
        required=required,
        related=related,
        problem=problem,
        **({} if complete else {"data": None}),
    ),
    *(st.sampled_from(interfaces), names, st.booleans(), st.booleans(), st.booleans()),
    st.sampled_from(["", "", "", "broken"]),
)


@st.composite
def anything(draw: st.DrawFn) -> facts.Facts[Any]:
    """Return facts as a charm observes them: options without a value come with a problem."""
    declared = {one.name: one for one in draw(st.lists(declarations, max_size=4))}
    chosen, found = options.parse(builders.DemoOptions, declared)
    problems = found if draw(st.booleans()) else [*found, *options.problems_in(declared.values())]
    return facts.Facts(
        app=draw(names),
        model=draw(names),
        unit=draw(st.integers(0, 20)),
        container=draw(st.sampled_from(["app", "demo-app"])),
        options=chosen,
        declared=declared,
        problems=tuple(problems),
        config_problem=draw(st.sampled_from(["", "", "broken"])),
        pinned_key=draw(st.none() | texts),
        generated_key=draw(st.none() | texts),
        peers=draw(st.none() | st.lists(st.integers(0, 20), max_size=2).map(tuple)),
        proxy=draw(st.dictionaries(st.sampled_from(["http_proxy", "no_proxy"]), texts)),
        endpoints=tuple(draw(st.lists(endpoints, max_size=3))),
        forwards_logs=draw(st.booleans()),
        workload=draw(workloads),
        workload_problem=draw(st.sampled_from(["", "", "broken"])),
    )


@st.composite
def complete(draw: st.DrawFn) -> facts.Facts[Any]:
    """Return facts that no rung of the ladder objects to, with any rock and any values."""
    seen = draw(anything())
    found = seen.workload or builders.workload()
    chosen = st.sampled_from([{}, {"webserver_worker_class": "sync"}, {"webserver_threads": 2}])
    return dataclasses.replace(
        seen,
        options=builders.chosen(**draw(chosen)),
        problems=(),
        config_problem="",
        generated_key=seen.generated_key or "generated-key",
        peers=seen.peers or (),
        endpoints=tuple(one for one in seen.endpoints if one.data is not None and not one.problem),
        workload=dataclasses.replace(found, services={**found.services, "demo": draw(services)}),
        workload_problem="",
    )


@hypothesis.settings(suppress_health_check=[hypothesis.HealthCheck.too_slow])
@hypothesis.given(anything() | complete())
def test_any_facts_give_a_release_or_a_hold_with_a_reason(seen):
    decision = decide.decide(builders.SPEC, seen)
    if isinstance(decision, release.Hold):
        assert decision.message
    else:
        assert decision.fingerprint


@hypothesis.settings(suppress_health_check=[hypothesis.HealthCheck.too_slow])
@hypothesis.given(complete())
def test_b32_a_release_once_applied_leaves_nothing_to_do(seen):
    first = decide.decide(builders.SPEC, seen)
    hypothesis.assume(isinstance(first, release.Release))
    again = dataclasses.replace(seen, workload=builders.applied(seen.workload, first))
    second = builders.released(again)
    assert {one.action for one in second.services} == {release.Action.NOTHING}
    assert second.fingerprint == first.fingerprint
