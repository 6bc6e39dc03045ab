"""A program that serves by itself is started as the rock says, and anew when it is told more."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from paas_app_charmer import decide, facts, framework, health, options, paas_config, place, release
from paas_app_charmer.servers import native

from . import builders

SPEC: framework.FrameworkSpec[options.Options] = framework.FrameworkSpec(
    name="demo",
    options=options.Options,
    server=native.Native(),
    base_dir="/app",
    app_dir="/app",
    prefix="APP_",
    port=8080,
    metrics=framework.Metrics(port=8080),
    tells=place.Variables(port="PORT"),
)
WEB = builders.service("demo --quiet", **{"working-dir": "/app"})


def seen(**changes: Any) -> facts.Facts[Any]:
    workload = facts.Workload(services={"demo": WEB})
    return builders.seen(**{"options": SPEC.options(), "workload": workload, **changes})


def test_it_has_no_file_to_write_and_nothing_to_check_before():
    wanted = builders.released(seen(), SPEC)
    assert (wanted.files, wanted.directories, wanted.preflight) == ((), (), None)


def test_its_command_and_folder_are_those_of_the_rock():
    definition = builders.service_of(builders.released(seen(), SPEC), "demo").definition
    assert (definition["command"], definition["working-dir"]) == ("demo --quiet", "/app")


def test_one_that_does_not_answer_is_told_of_with_the_variable_that_has_its_port():
    checks = {"demo-ready": facts.Check(runs=True, is_up=False)}
    wanted = builders.released(seen(), SPEC)
    runs = dataclasses.replace(seen().workload, active=frozenset({"demo"}), checks=checks)
    found = health.verdict(wanted, runs)
    assert found == release.blocked("demo does not answer on port 8080 (PORT)", service="demo")


def test_it_asks_for_no_python_modules():
    assert SPEC.server.modules(SPEC.options()) == ()


@pytest.mark.parametrize(
    ("greeting", "action"),
    [("Hello", release.Action.NOTHING), ("Well met", release.Action.RESTART)],
)
def test_only_another_environment_starts_it_anew(greeting, action):
    first = seen(declared=builders.declared(greeting="Hello"))
    before = builders.applied(first.workload, builders.released(first, SPEC))
    after = dataclasses.replace(
        first, workload=before, declared=builders.declared(greeting=greeting)
    )
    assert builders.service_of(builders.released(after, SPEC), "demo").action is action


def test_it_cannot_be_made_to_log_as_json():
    config = paas_config.PaasConfig(framework_logging_format="json")
    decision = decide.decide(SPEC, seen(config=config))
    assert decision == release.blocked(
        "Invalid paas-config.yaml: framework_logging_format 'json' is not supported for the "
        "'demo' framework"
    )


def with_file(content: str) -> framework.FrameworkSpec[options.Options]:
    file = release.File(path="/app/file", content=content)
    return dataclasses.replace(SPEC, extra_files=lambda _seen: (file,))


@pytest.mark.parametrize(
    ("content", "action"), [("1", release.Action.NOTHING), ("2", release.Action.RESTART)]
)
def test_another_content_of_a_file_of_the_framework_starts_it_anew(content, action):
    before = builders.released(seen(), with_file("1"))
    assert before.files == with_file("1").extra_files(seen())
    workload = builders.applied(facts.Workload(services={"demo": WEB}), before)
    after = builders.released(seen(workload=workload), with_file(content))
    assert builders.service_of(after, "demo").action is action
    assert (after.fingerprint == before.fingerprint) is (action is release.Action.NOTHING)
