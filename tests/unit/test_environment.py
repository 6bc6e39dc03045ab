"""Where an application's variables come from, and which source wins."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from paas_app_charmer import env, environment, facts, paas_config
from paas_app_charmer.integrations import ingress

from . import builders

FULL = {
    "declared": builders.declared(env="author", base_url="author", peer_fqdns="author"),
    "options": builders.chosen(demo_env="framework"),
    "peers": (1, 2),
    "proxy": {"http_proxy": "http://proxy"},
    "endpoints": (builders.endpoint("redis"), builders.endpoint("ingress")),
}


def sources(**changes: Any) -> dict[str, str]:
    given = environment.build(builders.SPEC, builders.seen(**changes))
    return {name: variable.source for name, variable in given.items()}


def values(**changes: Any) -> dict[str, str]:
    return builders.values(builders.seen(**changes))


def test_the_smallest_environment_holds_what_every_application_needs():
    assert values() == {
        "DEMO_SCHEME": "HTTPS",
        "DEMO_METRICS_PORT": "9102",
        "DEMO_METRICS_PATH": "/metrics",
        "DEMO_BASE_URL": "http://shop.test-model:8000",
        "DEMO_SECRET_KEY": "generated-key",
    }


def test_the_first_generation_is_not_told_where_its_metrics_are():
    assert not {"DEMO_METRICS_PORT", "DEMO_METRICS_PATH"} & values(container="demo-app").keys()


def test_the_order_of_sources_is_the_order_of_the_contract():
    assert [source.__name__ for source in environment.SOURCES] == [
        *("author_options", "framework_options", "found_at", "base_url", "framework_extras"),
        *("generated_key", "proxy", "peers", "integrations"),
    ]


@pytest.mark.parametrize(
    ("variable", "source"),
    [
        ("DEMO_ENV", "option demo-env"),
        ("DEMO_BASE_URL", "integration ingress"),
        ("DEMO_PEER_FQDNS", "peers"),
        ("DEMO_SECRET_KEY", "secret key"),
        ("HTTP_PROXY", "model proxy"),
        ("REDIS_DB_HOSTNAME", "integration redis"),
    ],
)
def test_a_later_source_wins_over_an_option_of_the_author(variable, source):
    assert sources(**FULL)[variable] == source


@pytest.mark.parametrize(
    ("variable", "weaker"),
    [
        ("DEMO_ENV", ["option env"]),
        ("DEMO_BASE_URL", ["option base-url"]),
        ("DEMO_PEER_FQDNS", ["option peer-fqdns"]),
        ("DEMO_SCHEME", []),
    ],
)
def test_a_variable_knows_the_sources_that_it_wins_over(variable, weaker):
    given = environment.build(builders.SPEC, builders.seen(**FULL))
    assert list(map(str, given[variable].overrides)) == weaker


def test_the_proxy_of_an_integration_wins_over_the_models():
    seen = builders.seen(
        proxy={"http_proxy": "http://p", "no_proxy": "localhost"},
        endpoints=(builders.endpoint("http_proxy"),),
    )
    given = environment.build(builders.SPEC, seen)
    assert str(given["HTTP_PROXY"].origin) == "integration http-proxy"
    assert list(map(str, given["HTTP_PROXY"].overrides)) == ["model proxy"]
    assert str(given["NO_PROXY"].origin) == "model proxy"


def test_a_variable_of_an_integration_knows_its_endpoint_and_its_property():
    seen = builders.seen(endpoints=(builders.endpoint("postgresql_client", "archive"),))
    given = environment.build(builders.SPEC, seen)
    assert given["ARCHIVE_READ_ONLY_ENDPOINTS"].origin == env.Origin(
        kind="integration", name="archive", property="read_only_endpoints"
    )


def test_a_variable_of_a_secret_option_knows_its_key():
    seen = builders.seen(declared=builders.declared(api={"my-token": "x"}))
    origin = environment.build(builders.SPEC, seen)["DEMO_API_MY_TOKEN"].origin
    assert origin == env.Origin(kind="secret", name="api", property="my-token")


def test_the_key_that_the_operator_set_names_the_option_that_holds_it():
    declared = builders.declared(demo_secret_key=None, demo_secret_key_id={"value": "pinned"})
    seen = builders.seen(declared=declared, pinned_key="pinned")
    origin = environment.build(builders.SPEC, seen)["DEMO_SECRET_KEY"].origin
    assert str(origin) == "option demo-secret-key-id"


@pytest.mark.parametrize(
    ("value", "text"), [("a b", "a b"), ("", ""), (5, "5"), (0.5, "0.5"), (True, "true")]
)
def test_an_option_of_the_author_becomes_a_variable(value, text):
    assert values(declared=builders.declared(my_option=value))["DEMO_MY_OPTION"] == text


def test_an_option_without_a_value_gives_no_variable():
    assert "DEMO_MY_OPTION" not in values(declared=builders.declared(my_option=None))


def test_a_secret_option_gives_one_hidden_variable_for_each_key():
    content = {"foo": "1", "bar": "2", "foo-bar": "3"}
    seen = builders.seen(declared=builders.declared(secret_test=content))
    given = environment.build(builders.SPEC, seen)
    found = {k: v for k, v in given.items() if k.startswith("DEMO_SECRET_TEST")}
    assert env.values(found) == {
        "DEMO_SECRET_TEST_FOO": "1",
        "DEMO_SECRET_TEST_BAR": "2",
        "DEMO_SECRET_TEST_FOO_BAR": "3",
    }
    assert all(variable.secret for variable in found.values())


def test_of_two_options_with_one_variable_the_later_wins():
    declared = builders.declared(a={"b-c": "first"}, a_b_c="second")
    assert values(declared=declared)["DEMO_A_B_C"] == "second"


@pytest.mark.parametrize(
    "name",
    ["demo-env", "demo-unknown", "webserver-workers", "webserver-unknown", "app-secret-key"],
)
def test_options_that_are_not_the_authors_give_no_variable_of_their_name(name):
    assert f"DEMO_{env.upper_snake(name)}" not in values(
        declared=builders.declared(**{name.replace("-", "_"): "x"})
    )


@pytest.mark.parametrize("name", ["debug", "env", "lifetime", "scheme"])
def test_b40_an_option_named_like_a_field_of_the_framework_reaches_the_application(name):
    seen = builders.seen(
        declared=builders.declared(**{name: "author"}), options=builders.chosen(demo_scheme=None)
    )
    assert builders.values(seen)[f"DEMO_{name.upper()}"] == "author"


def test_options_of_the_framework_become_variables_when_they_have_a_value():
    chosen = builders.chosen(demo_env="test", demo_debug=False, demo_lifetime=5)
    given = values(options=chosen)
    assert (given["DEMO_ENV"], given["DEMO_DEBUG"], given["DEMO_LIFETIME"]) == (
        *("test", "false", "5"),
    )


def test_options_of_the_server_are_none_of_the_applications_business():
    assert values(options=builders.chosen(webserver_workers=3)) == values()


def test_metrics_are_where_the_author_put_them():
    config = paas_config.PaasConfig.model_validate({"metrics-port": 1, "metrics-path": "/m"})
    given = values(config=config)
    assert (given["DEMO_METRICS_PORT"], given["DEMO_METRICS_PATH"]) == ("1", "/m")


def test_the_port_of_the_author_is_the_one_of_the_base_url():
    config = paas_config.PaasConfig(port=8888)
    assert values(config=config)["DEMO_BASE_URL"] == "http://shop.test-model:8888"
    assert builders.released(builders.seen(config=config)).port == 8888


def test_the_base_url_is_the_one_of_the_ingress_as_it_stands():
    endpoint = builders.endpoint("ingress", data=ingress.Ingress(url="https://x.example/a/"))
    assert values(endpoints=(endpoint,))["DEMO_BASE_URL"] == "https://x.example/a/"


def test_a_framework_adds_variables_of_its_own():
    spec = dataclasses.replace(
        builders.SPEC, extra_environment=lambda _seen, base_url: {"DEMO_EXTRA": base_url}
    )
    given = environment.build(spec, builders.seen())
    assert given["DEMO_EXTRA"].value == "http://shop.test-model:8000"


@pytest.mark.parametrize("key", ["generated_key", "pinned_key"])
def test_what_a_framework_adds_is_hidden_where_it_holds_the_key(key):
    spec = dataclasses.replace(
        builders.SPEC,
        extra_environment=lambda _seen, _base_url: {"OWN_KEY": "a key", "OWN_HINT": "no key"},
    )
    given = environment.build(spec, builders.seen(**{key: "a key"}))
    assert {name: given[name].secret for name in ("OWN_KEY", "OWN_HINT")} == {
        "OWN_KEY": True,
        "OWN_HINT": False,
    }


def test_the_key_that_the_operator_set_is_given_and_hidden():
    seen = builders.seen(pinned_key="pinned")
    key = environment.build(builders.SPEC, seen)["DEMO_SECRET_KEY"]
    assert (key.value, key.secret) == ("pinned", True)


def test_the_generated_key_is_hidden():
    assert environment.build(builders.SPEC, builders.seen())["DEMO_SECRET_KEY"].secret


def test_a_key_from_an_option_of_the_author_wins_over_the_generated_one():
    assert values(declared=builders.declared(secret_key="author"))["DEMO_SECRET_KEY"] == "author"


def test_the_key_that_the_operator_set_wins_over_an_option_of_the_author():
    declared = builders.declared(secret_key="author")
    assert values(declared=declared, pinned_key="pinned")["DEMO_SECRET_KEY"] == "pinned"


def test_proxies_are_told_in_both_spellings():
    proxy = {"http_proxy": "http://p", "https_proxy": "http://s", "no_proxy": "localhost"}
    given = values(proxy=proxy)
    for name, value in proxy.items():
        assert given[name] == given[name.upper()] == value


@pytest.mark.parametrize(("url", "secret"), [("http://u:p@proxy", True), ("http://proxy", False)])
def test_a_proxy_with_credentials_is_hidden(url, secret):
    seen = builders.seen(proxy={"http_proxy": url})
    assert environment.build(builders.SPEC, seen)["http_proxy"].secret is secret


def test_b41_peers_stand_in_numeric_order():
    service = "shop-endpoints.test-model.svc.cluster.local"
    assert values(peers=(2, 10))["DEMO_PEER_FQDNS"] == f"shop-2.{service},shop-10.{service}"


def test_an_application_without_peers_is_told_nothing_of_them():
    assert "DEMO_PEER_FQDNS" not in values(peers=())


def test_b14_two_endpoints_of_one_interface_have_variables_of_their_own():
    endpoints = (
        builders.endpoint("postgresql_client"),
        builders.endpoint("postgresql_client", "archive"),
    )
    given = values(endpoints=endpoints)
    assert given["POSTGRESQL_DB_PORT"] == given["ARCHIVE_PORT"] == "5432"


def test_a_framework_may_name_what_integrations_give():
    spec = dataclasses.replace(
        builders.SPEC,
        dialect=lambda given: {
            f"{given.interface}.{given.endpoint}.host": env.Named(
                property="hostname", value=given.properties["hostname"]
            )
        },
    )
    seen = builders.seen(endpoints=(builders.endpoint("redis"),))
    variable = environment.build(spec, seen)["redis.redis.host"]
    assert variable.value == "redis-0.example"
    assert variable.origin.property == "hostname"


def told(*endpoints: facts.Endpoint, **changes: Any) -> dict[str, env.Given]:
    """Return what the dialect of a framework is told, by endpoint."""
    calls: dict[str, env.Given] = {}

    def dialect(given: env.Given) -> dict[str, env.Named]:
        calls[given.endpoint] = given
        return {}

    spec = dataclasses.replace(builders.SPEC, dialect=dialect)
    environment.build(spec, builders.seen(endpoints=endpoints, **changes))
    return calls


def test_a_dialect_is_told_all_that_a_relation_gives():
    cache = builders.endpoint("redis", "cache", options={"size": "big"})
    given = told(cache)["cache"]
    assert (given.interface, given.namespaces) == ("redis", ("CACHE",))
    assert given.properties == cache.properties()
    assert given.options == {"size": "big"}


def test_a_dialect_is_told_the_base_url_without_a_slash_at_its_end():
    entrance = builders.endpoint("ingress", data=ingress.Ingress(url="https://x.example/a/"))
    assert told(builders.endpoint("redis"), entrance)["redis"].base_url == "https://x.example/a"


def test_a_dialect_is_told_every_spelling_of_a_namespace():
    login = builders.endpoint("oauth", "my-login")
    assert told(login)["my-login"].namespaces == ("DEMO_MY-LOGIN", "DEMO_MY_LOGIN")


def test_a_dialect_is_not_asked_about_a_relation_without_data():
    assert told(builders.endpoint("redis", data=None)) == {}


@pytest.mark.parametrize(
    ("names", "main"),
    [
        (("cache",), "cache"),
        (("cache", "sessions"), "cache"),
        (("cache", "redis"), "redis"),
        (("redis", "cache"), "redis"),
    ],
)
def test_one_endpoint_of_an_interface_is_the_main_one(names, main):
    given = told(*(builders.endpoint("redis", name) for name in names))
    assert [name for name in names if given[name].is_main] == [main]


def test_endpoints_of_other_interfaces_do_not_count_for_which_is_the_main_one():
    given = told(builders.endpoint("redis", "cache"), builders.endpoint("s3", "media"))
    assert given["cache"].is_main
    assert given["media"].is_main


def test_no_other_endpoint_stands_in_while_the_main_one_waits_for_its_data():
    waiting = builders.endpoint("redis", data=None)
    assert not told(builders.endpoint("redis", "cache"), waiting)["cache"].is_main


def test_an_endpoint_without_a_relation_is_not_the_main_one():
    absent = builders.endpoint("redis", related=False, data=None)
    assert told(absent, builders.endpoint("redis", "cache"))["cache"].is_main
