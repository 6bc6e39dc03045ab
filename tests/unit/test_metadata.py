"""A charm's metadata, derived from the models that its run time uses."""

from __future__ import annotations

import dataclasses

import pydantic
import pytest

from paas_app_charmer import framework, integration, metadata

from . import builders

FIRST = metadata.derive(builders.SPEC, first_generation=True)
SECOND = metadata.derive(builders.SPEC, first_generation=False)


@pytest.mark.parametrize(
    ("derived", "container", "peers"),
    [(FIRST, "demo-app", "secret-storage"), (SECOND, "app", "peers")],
)
def test_b01_each_generation_has_its_names(derived, container, peers):
    assert derived["containers"] == {container: {"resource": f"{container}-image"}}
    assert derived["resources"].keys() == {f"{container}-image"}
    assert derived["peers"] == {peers: {"interface": peers}}


@pytest.mark.parametrize("derived", [FIRST, SECOND])
def test_every_charm_has_the_same_endpoints_to_begin_with(derived):
    assert derived["requires"] == {
        "logging": {"interface": "loki_push_api"},
        "ingress": {"interface": "ingress", "limit": 1},
    }
    assert derived["provides"] == {
        "metrics-endpoint": {"interface": "prometheus_scrape"},
        "grafana-dashboard": {"interface": "grafana_dashboard"},
    }
    assert derived["assumes"] == ["k8s-api"]


def test_options_come_from_the_model():
    options = SECOND["config"]["options"]
    assert options["demo-env"] == {"type": "string", "description": "Where it runs."}
    assert options["demo-debug"]["type"] == "boolean"
    assert options["demo-lifetime"]["type"] == "int"
    assert options["demo-scheme"]["default"] == "HTTPS"


def test_a_default_may_be_false():
    class Debugged(builders.DemoOptions):
        debug: bool | None = pydantic.Field(
            default=False, alias="demo-debug", description="Show errors."
        )

    spec = dataclasses.replace(builders.SPEC, options=Debugged)
    derived = metadata.derive(spec, first_generation=False)
    assert derived["config"]["options"]["demo-debug"]["default"] is False


@pytest.mark.parametrize("derived", [FIRST, SECOND])
def test_every_option_says_what_it_is_for(derived):
    for option in derived["config"]["options"].values():
        assert option["description"]


@pytest.mark.parametrize(
    ("derived", "keys"),
    [
        (FIRST, {"demo-secret-key": "string", "demo-secret-key-id": "secret"}),
        (SECOND, {"app-secret-key": "secret"}),
    ],
)
def test_b02_each_generation_has_its_options_for_the_secret_key(derived, keys):
    options = derived["config"]["options"]
    found = {name: option["type"] for name, option in options.items() if "secret-key" in name}
    assert found == keys


def test_every_charm_can_rotate_its_key():
    assert SECOND["actions"]["rotate-secret-key"].keys() == {"description"}


def test_an_action_of_the_framework_needs_all_its_parameters():
    action = framework.Action(
        name="greet",
        description="Say hello.",
        parameters=(framework.Parameter(name="whom", description="A name."),),
        process=lambda _: framework.AdminProcess(argv=(), environment={}, results={}),
    )
    spec = dataclasses.replace(builders.SPEC, actions=(action,))
    assert metadata.derive(spec, first_generation=False)["actions"]["greet"] == {
        "description": "Say hello.",
        "params": {"whom": {"type": "string", "description": "A name."}},
        "required": ["whom"],
    }


def test_an_endpoint_of_oauth_brings_a_path_and_scopes():
    declared = metadata.dynamic_options(builders.SPEC)["oauth"]
    assert {name: option["default"] for name, option in declared.items()} == {
        "{endpoint}-redirect-path": "/callback",
        "{endpoint}-scopes": "openid profile email",
    }
    assert all(
        option["type"] == "string" and option["description"] for option in declared.values()
    )


def test_options_of_endpoints_are_those_that_their_integrations_have():
    declared = metadata.dynamic_options(builders.SPEC)
    found = {one.interface: one.options for one in integration.every() if one.options}
    assert declared.keys() == found.keys()
    for interface, options in found.items():
        defaults = {name: option["default"] for name, option in declared[interface].items()}
        assert defaults == {
            f"{{endpoint}}-{name}": option.default for name, option in options.items()
        }


def test_a_framework_may_change_an_option_of_endpoints_and_add_its_own():
    path = integration.Option(default="/in/{endpoint}", description="Path.")
    claim = integration.Option(default="sub", description="Claim.")
    spec = dataclasses.replace(
        builders.SPEC, endpoint_options={"oauth": {"redirect-path": path, "claim": claim}}
    )
    declared = metadata.dynamic_options(spec)["oauth"]
    assert {name: option["default"] for name, option in declared.items()} == {
        "{endpoint}-redirect-path": "/in/{endpoint}",
        "{endpoint}-scopes": "openid profile email",
        "{endpoint}-claim": "sub",
    }
    assert path.default_of("oidc") == "/in/oidc"


def test_a_framework_may_give_options_to_endpoints_that_have_none():
    size = integration.Option(default="big", description="Size.")
    spec = dataclasses.replace(builders.SPEC, endpoint_options={"redis": {"size": size}})
    declared = metadata.dynamic_options(spec)
    assert declared["redis"]["{endpoint}-size"]["default"] == "big"
    assert declared["oauth"] == metadata.dynamic_options(builders.SPEC)["oauth"]
