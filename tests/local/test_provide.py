from __future__ import annotations

import pytest

from paas_app_charmer.local import charmmeta, engine, errors, logs, provide

CHARM = {
    "name": "shop",
    "requires": {
        "redis": {"interface": "redis", "optional": True, "limit": 1},
        "database": {"interface": "postgresql_client"},
        "mail": {"interface": "smtp", "optional": False},
        "odd": {"interface": "odd"},
        "logging": {"interface": "loki_push_api"},
        "ingress": {"interface": "ingress", "limit": 1},
    },
    "provides": {"metrics-endpoint": {"interface": "prometheus_scrape"}},
    "peers": {"secret-storage": {"interface": "secret-storage"}},
}
ENDPOINTS = charmmeta.parse(CHARM).endpoints


def _spawn(_unit):
    raise AssertionError("there is no unit")


@pytest.fixture
def juju(tmp_path):
    return engine.Engine(
        store_dir=tmp_path,
        application="shop",
        charm=CHARM,
        charm_dir=tmp_path,
        spawn_for_unit=_spawn,
        on_log=lambda _: None,
    )


@pytest.fixture
def providers(tmp_path):
    found = provide.Providers(
        endpoints=ENDPOINTS,
        application="shop",
        model="localhost",
        state=tmp_path,
        addresses=dict,
        journal=logs.Journal(tmp_path),
        progress=lambda _: None,
    )
    yield found
    found.stop()


def test_an_endpoint_is_required_unless_it_says_that_it_is_optional():
    assert provide.required(ENDPOINTS.values()) == ["database", "mail", "odd"]


def test_a_service_that_runs_elsewhere_is_related_under_its_address(juju, providers):
    providers.start("redis", juju, url="redis://cache.example:6380")
    (relation,) = juju.relations()
    published = relation.remote_app_data, *relation.remote_unit_data.values()
    assert any("cache.example" in bag.values() for bag in published)


def test_a_resumed_relation_gets_its_service_and_no_second_relation(juju, providers):
    remote = providers.start("redis", juju, url="redis://cache.example")
    providers.stop()
    assert providers.start("redis", juju, url="redis://cache.example") == remote
    assert len(juju.relations()) == 1


def test_an_endpoint_is_integrated_once(juju, providers):
    providers.start("redis", juju, url="redis://cache.example")
    with pytest.raises(errors.LocalError, match="remove-relation redis` first"):
        providers.start("redis", juju, url="redis://other.example")


def test_an_endpoint_that_is_not_declared_is_refused_with_those_that_are(juju, providers):
    with pytest.raises(errors.LocalError, match=r"no endpoint 'cache'; it has: .*database.*redis"):
        providers.start("cache", juju)


def test_a_peer_endpoint_is_none_to_integrate(juju, providers):
    with pytest.raises(errors.LocalError, match="no endpoint 'secret-storage'"):
        providers.start("secret-storage", juju)


def test_an_interface_that_nothing_here_provides_is_refused_with_those_that_are(juju, providers):
    with pytest.raises(errors.LocalError, match=r"interface odd.*redis"):
        providers.start("odd", juju)


def test_after_a_refusal_the_endpoint_can_be_integrated(juju, providers):
    with pytest.raises(errors.LocalError):
        providers.start("redis", juju, url="not a url")
    providers.start("redis", juju, url="redis://cache.example")


def test_a_removed_relation_lets_its_endpoint_be_integrated_anew(juju, providers):
    providers.start("redis", juju, url="redis://cache.example")
    providers.remove("redis", juju)
    assert providers.descriptions() == {}
    assert juju.relations() == ()


def test_the_url_of_the_ingress_is_what_its_provider_publishes(juju):
    juju.integrate(
        "ingress", "traefik-k8s", app={"ingress": '{"url": "http://127.0.0.1:8080/shop"}'}
    )
    assert provide.ingress_url(juju.relations()) == "http://127.0.0.1:8080/shop"


def test_without_an_ingress_there_is_no_url_of_one(juju):
    assert provide.ingress_url(juju.relations()) is None
