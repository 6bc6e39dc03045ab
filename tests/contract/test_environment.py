"""The variables of every framework with every interface, against the frozen `environment.yaml`."""

from __future__ import annotations

import dataclasses
import pathlib
from typing import Any

import pytest

from paas_app_charmer import (
    decide,
    documents,
    env,
    environment,
    facts,
    framework,
    frameworks,
    integration,
    metadata,
    options,
    paas_config,
    release,
)

from ..unit import builders
from . import contract_table

TABLE = documents.read(pathlib.Path(__file__).with_name("environment.yaml"))["frameworks"]
FRAMEWORKS, INTERFACES = contract_table.FRAMEWORKS, contract_table.INTERFACES
CASES = [
    (name, interface, endpoint)
    for name, rows in TABLE.items()
    for interface, endpoints in rows["interfaces"].items()
    for endpoint in endpoints
]
SETTINGS = [
    pytest.param(
        name, row, id=f"{name}-{next(iter(row['options']))}-{row.get('generation', 'C2')}"
    )
    for name, rows in TABLE.items()
    for row in rows["options"]
]
REFUSED = [
    (name, option, value)
    for name, rows in TABLE.items()
    for row in rows["refuses"]
    for option, value in row.items()
]


def spec_of(name: str) -> framework.FrameworkSpec[Any]:
    found = frameworks.find(name)
    assert found is not None
    return found


def declared(
    name: str, generation: str, values: dict[str, Any] | None = None
) -> dict[str, options.Declared]:
    """Return the options of a charm whose operator set some, which may be the author's own."""
    first = generation == "C1"
    known = metadata.derive(spec_of(name), first_generation=first)["config"]["options"]
    kinds = {bool: "boolean", int: "int", float: "float", dict: "secret"}
    found = {
        option: options.Declared(name=option, type=raw["type"], value=raw.get("default"))
        for option, raw in known.items()
    }
    for option, value in (values or {}).items():
        kind = kinds.get(type(value), "string")
        found[option] = options.Declared(name=option, type=kind, value=value)
    return found


def observed(
    name: str, generation: str = "C2", values: dict[str, Any] | None = None, **changes: Any
) -> facts.Facts[Any]:
    """Return the facts of a charm that just came up, with what its operator set."""
    spec, known = spec_of(name), declared(name, generation, values)
    chosen, problems = options.parse(spec.options, known)
    pinned, more = options.secret_key(name, known)
    assert [*problems, *more, *options.problems_in(known.values())] == []
    ready: dict[str, Any] = {
        "app": f"{name}-k8s",
        "model": "test-model",
        "unit": 0,
        "container": spec.container(first_generation=generation == "C1"),
        "declared": known,
        "options": chosen,
        "pinned_key": pinned,
        "generated_key": "generated-key",
        "peers": (),
        "address": "10.1.2.3",
    }
    endpoints = tuple(adapted(name, one) for one in changes.pop("endpoints", ()))
    return facts.Facts(**{**ready, "endpoints": endpoints, **changes})


def adapted(name: str, endpoint: facts.Endpoint) -> facts.Endpoint:
    """Return the endpoint with the options that it has for the framework, at their defaults."""
    one = spec_of(name).adapted(endpoint.integration)
    values = {key: option.default_of(endpoint.name) for key, option in one.options.items()}
    return dataclasses.replace(endpoint, integration=one, options=values)


def given(
    name: str, generation: str = "C2", values: dict[str, Any] | None = None, **changes: Any
) -> dict[str, dict[str, Any]]:
    """Return the variables as the table spells them, without the rules."""
    seen = observed(name, generation, values, **changes)
    variables = environment.build(spec_of(name), seen)
    return {key: {"value": one.value, "secret": one.secret} for key, one in variables.items()}


def expected(name: str, *more: dict[str, Any], generation: str = "C2") -> dict[str, Any]:
    """Return the rows that always apply with others on top, without the rules."""
    rows = TABLE[name]["none"][generation]
    for one in more:
        rows = {**rows, **one}
    base_url = rows[f"{spec_of(name).prefix}BASE_URL"]["value"].rstrip("/")
    return {
        key: {
            "value": row["value"].replace("{base_url}", base_url),
            "secret": row.get("secret", False),
        }
        for key, row in rows.items()
        if row is not None
    }


def related(interface: str, name: str) -> facts.Endpoint:
    found = integration.find(interface)
    assert found is not None
    return facts.Endpoint(
        name=name, integration=found, required=False, related=True, data=found.example
    )


def is_named_by_framework(name: str, interface: str, endpoint: str) -> bool:
    spec, seen = spec_of(name), observed(name, endpoints=(related(interface, endpoint),))
    plain = dataclasses.replace(spec, dialect=env.mechanical)
    return environment.build(spec, seen).keys() != environment.build(plain, seen).keys()


def test_every_framework_stands_in_the_table():
    assert sorted(TABLE) == FRAMEWORKS


@pytest.mark.parametrize("name", FRAMEWORKS)
def test_every_interface_stands_in_the_table(name):
    assert sorted(TABLE[name]["interfaces"]) == INTERFACES


@pytest.mark.parametrize("name", FRAMEWORKS)
def test_every_option_of_the_framework_stands_in_the_table(name):
    listed = {option for row in TABLE[name]["options"] for option in row["options"]}
    assert options.names_of(spec_of(name).options) <= listed


@pytest.mark.parametrize("name", FRAMEWORKS)
def test_every_endpoint_has_its_conventional_name_in_the_table(name):
    for interface, endpoints in TABLE[name]["interfaces"].items():
        found = integration.find(interface)
        assert found is not None
        assert found.endpoint in endpoints


@pytest.mark.parametrize("name", FRAMEWORKS)
@pytest.mark.parametrize("generation", ["C1", "C2"])
def test_a_charm_alone_gives_the_variables_of_its_generation(name, generation):
    assert given(name, generation) == expected(name, generation=generation)


@pytest.mark.parametrize("generation", contract_table.GENERATIONS)
@pytest.mark.parametrize(("name", "interface", "endpoint"), CASES)
def test_an_integration_gives_exactly_its_variables(
    name, interface, endpoint, generation, record_property
):
    rows = TABLE[name]["interfaces"][interface][endpoint]
    found = given(name, generation, endpoints=(related(interface, endpoint),))
    alone = given(name, generation)
    if endpoint == related(interface, endpoint).integration.endpoint:
        count = len([key for key, one in found.items() if alone.get(key) != one])
        mark = contract_table.OWN if is_named_by_framework(name, interface, endpoint) else ""
        cell = (interface, name, generation, f"{count}{mark}")
        record_property(contract_table.PROPERTY, cell)
    assert found == expected(name, rows, generation=generation)


@pytest.mark.parametrize(("name", "interface", "endpoint"), CASES)
def test_an_integration_without_data_gives_nothing(name, interface, endpoint):
    silent = dataclasses.replace(related(interface, endpoint), data=None)
    assert given(name, endpoints=(silent,)) == expected(name)


@pytest.mark.parametrize("name", FRAMEWORKS)
def test_integrations_do_not_disturb_each_other(name):
    endpoints = {
        endpoint: interface
        for interface, found in TABLE[name]["interfaces"].items()
        for endpoint in found
    }
    rows = [TABLE[name]["interfaces"][interface][one] for one, interface in endpoints.items()]
    together = tuple(related(interface, one) for one, interface in endpoints.items())
    assert given(name, endpoints=together) == expected(name, *rows)


@pytest.mark.parametrize(("name", "row"), SETTINGS)
def test_an_option_gives_exactly_its_variables(name, row):
    generation = row.get("generation", "C2")
    found = given(name, generation, row["options"])
    assert found == expected(name, row["gives"], generation=generation)


@pytest.mark.parametrize("name", FRAMEWORKS)
def test_peers_are_told_in_numeric_order(name):
    assert given(name, peers=(2, 10)) == expected(name, TABLE[name]["peers"])


@pytest.mark.parametrize("name", FRAMEWORKS)
def test_the_proxy_of_the_model_is_told_in_both_spellings(name):
    rows = TABLE[name]["proxy"]
    proxy = {key: row["value"] for key, row in rows.items() if key.islower()}
    assert given(name, proxy=proxy) == expected(name, rows)


@pytest.mark.parametrize("name", FRAMEWORKS)
def test_b04_the_process_gets_the_table_and_what_the_rock_declares(name):
    web = {**builders.WEB, "environment": {"FROM_THE_ROCK": "kept"}}
    seen = observed(
        name,
        workload=facts.Workload(services={name: web}),
        endpoints=(related("postgresql_client", "postgresql"),),
    )
    decision = decide.decide(spec_of(name), seen)
    assert isinstance(decision, release.Release)
    rows = TABLE[name]["interfaces"]["postgresql_client"]["postgresql"]
    told = {**expected(name, rows), **TABLE[name].get("server", {})}
    table = {key: row["value"] for key, row in told.items()}
    assert env.values(decision.environment) == {**table, "FROM_THE_ROCK": "kept"}


def hosts(**changes: Any) -> list[str]:
    return documents.parse(given("django", **changes)["DJANGO_ALLOWED_HOSTS"]["value"])


def test_b43_allowed_hosts_have_the_pod_the_service_and_no_empty_item():
    found = hosts()
    assert "10.1.2.3" in found
    assert "django-k8s-0.django-k8s-endpoints.test-model.svc.cluster.local" in found
    chosen = spec_of("django").options.model_validate({"django-allowed-hosts": " , a.example,,"})
    assert hosts(options=chosen) == ["a.example", *found]


def test_b43_a_unit_without_an_address_adds_none():
    assert "" not in hosts(address="")


def test_a_host_that_is_allowed_already_is_not_repeated():
    chosen = spec_of("django").options.model_validate(
        {"django-allowed-hosts": "django-k8s.test-model"}
    )
    found = hosts(options=chosen)
    assert found.count("django-k8s.test-model") == 1


def test_django_needs_a_database():
    workload = facts.Workload(services={"django": builders.WEB})
    alone = decide.decide(spec_of("django"), observed("django", workload=workload))
    assert alone == release.blocked("Django requires a database integration to work")


@pytest.mark.parametrize("name", FRAMEWORKS)
def test_metrics_and_port_are_where_paas_config_puts_them(name):
    config = paas_config.PaasConfig.model_validate(
        {"port": 8888, "metrics-port": 9999, "metrics-path": "/stats"}
    )
    found = given(name, config=config)
    spec = spec_of(name)
    if spec.tells.metrics_port:
        assert found[spec.tells.metrics_port]["value"] == "9999"
        assert found[spec.tells.metrics_path]["value"] == "/stats"
    assert found[f"{spec.prefix}BASE_URL"]["value"] == f"http://{name}-k8s.test-model:8888"
    if spec.tells.port:
        assert found[spec.tells.port]["value"] == "8888"


def test_spring_has_names_of_its_own_for_where_its_metrics_are():
    config = paas_config.PaasConfig.model_validate({"metrics-port": 9999, "metrics-path": "/m/n"})
    found = given("spring-boot", config=config)
    assert found["management.server.port"]["value"] == "9999"
    assert found["management.endpoints.web.base-path"]["value"] == "/m"
    assert found["management.endpoints.web.path-mapping.prometheus"]["value"] == "n"


@pytest.mark.parametrize("name", FRAMEWORKS)
@pytest.mark.parametrize("generation", ["C1", "C2"])
def test_the_metadata_have_the_options_of_the_contract(name, generation):
    first = generation == "C1"
    found = metadata.derive(spec_of(name), first_generation=first)["config"]["options"]
    rows = {
        option: {key: raw[key] for key in ("type", "default") if key in raw}
        for option, raw in found.items()
    }
    assert rows == TABLE[name]["declares"][generation]


@pytest.mark.parametrize(("name", "option", "value"), REFUSED)
def test_an_option_out_of_its_bounds_is_told_by_its_name(name, option, value):
    known = {option: options.Declared(name=option, type="string", value=value)}
    chosen, problems = options.parse(spec_of(name).options, known)
    assert chosen is None
    assert [problem.name for problem in problems] == [option]


@pytest.mark.parametrize("name", FRAMEWORKS)
def test_the_framework_lies_where_the_rock_puts_it(name):
    spec, lies = spec_of(name), TABLE[name]["place"]
    assert {key: getattr(spec, key) for key in lies} == lies
    assert spec.state_dir == f"/tmp/{name}/state"
