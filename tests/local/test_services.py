"""Which services there are, and those that start no server."""

from __future__ import annotations

import json

import pytest

from paas_app_charmer.local import errors, services

SECRET_KEYS = json.dumps(["username", "password", "uris"])


@pytest.fixture
def context(tmp_path):
    return services.Context(folder=tmp_path, model="local", application="my-web")


def request(app=None, **units) -> services.Request:
    return services.Request(relation_id=1, endpoint="x", app=app or {}, units=units)


def elsewhere(interface: str, url: str, app=None) -> services.Offer:
    service = services.find(interface, url=url)
    context = services.Context(folder=None, model="local", application="my-web", url=url)
    return service.start(context).offer(request(app))


def test_a_file_in_the_package_is_a_service():
    assert services.interfaces() == (
        "grafana_dashboard",
        "ingress",
        "loki_push_api",
        "mongodb_client",
        "mysql_client",
        "oauth",
        "openfga",
        "postgresql_client",
        "prometheus_scrape",
        "rabbitmq",
        "redis",
        "s3",
        "smtp",
        "tracing",
        "valkey_client",
    )


@pytest.mark.parametrize("interface", services.interfaces())
def test_every_service_stands_for_an_application_and_can_be_started(interface):
    service = services.find(interface)
    assert isinstance(service.REMOTE, str)
    assert callable(service.start)


def test_an_interface_without_service_is_refused_with_those_that_there_are():
    with pytest.raises(errors.LocalError, match=r"provides the interface saml; .*redis"):
        services.find("saml")


def test_what_is_published_is_kept_for_whoever_wants_to_look(context, tmp_path):
    running = services.find("grafana_dashboard").start(context)
    offer = running.offer(request({"dashboards": "{}"}, **{"my-web/0": {"address": "10.1.1.1"}}))
    assert offer == services.Offer()
    assert json.loads((tmp_path / "published.json").read_text()) == {
        "app": {"dashboards": "{}"},
        "units": {"my-web/0": {"address": "10.1.1.1"}},
    }
    running.withdraw(1)
    assert list(tmp_path.iterdir()) == []


def test_a_database_elsewhere_is_published_as_its_charm_would():
    url = "postgresql://me:s%40cret@db.example:5433/shop"
    offer = elsewhere("postgresql_client", url, {"requested-secrets": SECRET_KEYS})
    assert offer.app == {"endpoints": "db.example:5433", "database": "shop"}
    secret = {"username": "me", "password": "s@cret", "uris": url}
    assert offer.secrets == {"secret-user": secret}


def test_a_database_elsewhere_gives_plain_text_to_who_reads_no_secrets():
    offer = elsewhere("mysql_client", "mysql://me:secret@db.example/shop")
    assert offer.secrets == {}
    assert offer.app["password"] == "secret"


def test_a_database_without_a_name_has_the_one_that_is_asked_for():
    offer = elsewhere("mongodb_client", "mongodb://db.example", {"database": "my-web"})
    assert offer.app["database"] == "my-web"


@pytest.mark.parametrize(
    ("interface", "url", "offer"),
    [
        (
            "redis",
            "redis://cache.example",
            services.Offer(
                app={"leader-host": "cache.example"},
                units={"redis-k8s/0": {"hostname": "cache.example", "port": "6379"}},
            ),
        ),
        (
            "ingress",
            "https://shop.example/",
            services.Offer(app={"ingress": '{"url": "https://shop.example/"}'}),
        ),
        (
            "loki_push_api",
            "http://loki.example/loki/api/v1/push",
            services.Offer(
                units={
                    "loki-k8s/0": {"endpoint": '{"url": "http://loki.example/loki/api/v1/push"}'}
                }
            ),
        ),
    ],
)
def test_other_servers_elsewhere(interface, url, offer):
    assert elsewhere(interface, url) == offer


@pytest.mark.parametrize("url", ["db.example", "postgresql://", "postgresql://host:port/name"])
def test_what_is_no_url_is_refused_without_being_repeated(url):
    with pytest.raises(errors.LocalError, match="this is no URL for postgresql_client") as refusal:
        elsewhere("postgresql_client", url)
    assert url not in str(refusal.value)


def test_an_interface_that_needs_more_than_a_url_is_refused():
    with pytest.raises(errors.LocalError, match="a URL is not enough for the interface saml"):
        services.find("saml", url="https://idp.example")


def test_a_description_holds_no_password():
    url = "postgresql://me:secret@db.example/shop"
    context = services.Context(folder=None, model="local", application="my-web", url=url)
    running = services.find("postgresql_client", url=url).start(context)
    assert running.description == "postgresql://db.example/shop"
    assert "secret" not in repr(context)
