"""Where an application is found: by paas-config.yaml, by an option, or by default."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from paas_app_charmer import env, environment, facts, framework, metadata, paas_config, place

from . import builders

SPEC: framework.FrameworkSpec[place.Options] = dataclasses.replace(
    builders.SPEC,
    options=place.Options,
    port=8000,
    metrics=framework.Metrics(port=8000),
    tells=place.Variables(port="PORT", metrics_port="SEEN_AT", metrics_path="SEEN_UNDER"),
    tells_first=None,
    own_names=False,
)


def seen(config: dict[str, object] | None = None, **values: Any) -> facts.Facts[Any]:
    declared = builders.declared(**values)
    chosen = SPEC.options.model_validate({name: one.value for name, one in declared.items()})
    file = paas_config.PaasConfig.model_validate(config or {})
    return builders.seen(options=chosen, declared=declared, config=file)


def told(observed: facts.Facts[Any]) -> dict[str, env.Variable]:
    return environment.build(SPEC, observed)


def test_by_default_the_framework_says_where():
    found = told(seen())
    assert {name: found[name].value for name in ("PORT", "SEEN_AT", "SEEN_UNDER")} == {
        "PORT": "8000",
        "SEEN_AT": "8000",
        "SEEN_UNDER": "/metrics",
    }
    assert found["PORT"].source == "place"


def test_an_option_wins_over_the_default_and_is_told_as_the_reason():
    found = told(seen(app_port=9000, metrics_port=9100, metrics_path="/stats"))
    assert (found["PORT"].value, found["PORT"].source) == ("9000", "option app-port")
    assert (found["SEEN_AT"].value, found["SEEN_AT"].source) == ("9100", "option metrics-port")
    assert found["SEEN_UNDER"].value == "/stats"


def test_paas_config_wins_over_an_option():
    file = {"port": 7000, "metrics-port": 7001, "metrics-path": "/own"}
    found = told(seen(file, app_port=9000, metrics_port=9100, metrics_path="/stats"))
    assert (found["PORT"].value, found["PORT"].source) == ("7000", "place")
    assert (found["SEEN_AT"].value, found["SEEN_UNDER"].value) == ("7001", "/own")


def test_a_key_that_paas_config_does_not_have_leaves_the_option():
    found = told(seen({"port": 7000}, app_port=9000, metrics_port=9100))
    assert (found["PORT"].value, found["SEEN_AT"].value) == ("7000", "9100")


def test_the_base_url_has_the_port_of_the_option():
    assert told(seen(app_port=9000))["DEMO_BASE_URL"].value == "http://shop.test-model:9000"


def test_an_application_is_not_told_what_has_no_name():
    spec = dataclasses.replace(SPEC, tells=place.Variables())
    assert not {"", "PORT"} & environment.build(spec, seen()).keys()


def test_only_charms_of_the_first_generation_declare_the_place():
    names = {"app-port", "metrics-port", "metrics-path"}
    first, second = (
        metadata.derive(SPEC, first_generation=one)["config"]["options"] for one in (True, False)
    )
    assert {name: first[name]["default"] for name in names} == {
        "app-port": 8080,
        "metrics-port": 8080,
        "metrics-path": "/metrics",
    }
    assert not names & second.keys()


@pytest.mark.parametrize(
    ("options", "first"),
    [(("app-port",), True), (("app-secret-key-id",), True), (("app-secret-key", "mine"), False)],
)
def test_a_generation_without_names_of_its_own_is_told_by_its_options(options, first):
    assert SPEC.is_first_generation("app", options) is first


def test_a_generation_with_names_of_its_own_is_told_by_its_container():
    assert builders.SPEC.is_first_generation("demo-app", ())
    assert not builders.SPEC.is_first_generation("app", ("app-secret-key-id",))


def test_a_metrics_path_without_its_slash_is_taken_as_prometheus_takes_it():
    assert seen(metrics_path="stats").options.metrics_path == "/stats"


def test_the_place_is_unknown_while_an_option_of_a_charm_that_has_it_there_is_wrong():
    observed = seen(app_port=9000)
    assert environment.is_settled(SPEC, observed)
    assert not environment.is_settled(SPEC, dataclasses.replace(observed, options=None))
    assert environment.is_settled(SPEC, dataclasses.replace(seen(), options=None))
