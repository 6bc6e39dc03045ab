"""Spring's names for what integrations give, where the example of the contract does not tell."""

from __future__ import annotations

from typing import Any

import pydantic
import pytest

from paas_app_charmer import env, environment, integration, springboot, urls
from paas_app_charmer.integrations import openfga, redis, s3, saml, smtp, valkey_client

from ..unit import builders

IDP = "spring.security.saml2.relyingparty.registration.testentity.assertingparty"
SMTP = "spring.mail.properties.mail.smtp"


def named(
    interface: str, data: pydantic.BaseModel | None = None, **changes: Any
) -> dict[str, str]:
    """Return what Spring is given under which name."""
    found = integration.find(interface)
    assert found is not None
    ready: dict[str, Any] = {
        "interface": interface,
        "endpoint": found.endpoint,
        "namespaces": (found.namespace or env.upper_snake(found.endpoint),),
        "properties": found.properties(data or found.example),
        "options": {name: one.default for name, one in found.options.items()},
        "base_url": "https://shop.example/a",
    }
    given = springboot.SPEC.dialect(env.Given(**{**ready, **changes}))
    return {name: one.value for name, one in given.items()}


def database(interface: str, url: str, **more: str) -> dict[str, str]:
    properties = {**urls.parse(url).properties(), **more}
    return named(interface, properties=properties)


@pytest.mark.parametrize(
    ("url", "jdbc"),
    [
        ("postgresql://u:p@db:5432/shop", "jdbc:postgresql://db:5432/shop"),
        ("postgres://u:p@db:5432/shop", "jdbc:postgresql://db:5432/shop"),
        ("postgresql://u:p%40x@db/shop", "jdbc:postgresql://db/shop"),
        ("postgresql://u:p@x@[::1]:5432,b:5433/shop", "jdbc:postgresql://[::1]:5432,b:5433/shop"),
        ("postgresql://u:p@a/shop,postgresql://u:p@b/shop", "jdbc:postgresql://a/shop"),
    ],
)
def test_the_url_of_a_database_is_what_its_driver_takes(url, jdbc):
    assert database("postgresql_client", url)["spring.datasource.url"] == jdbc


def test_b15_credentials_stand_beside_the_url_and_are_decoded():
    found = database("mysql_client", "mysql://u%2F1:p%40x@db:3306/shop")
    assert found["spring.datasource.url"] == "jdbc:mysql://db:3306/shop"
    assert found["spring.datasource.username"] == "u/1"
    assert found["spring.datasource.password"] == "p@x"


@pytest.mark.parametrize("names", [("postgresql", "mysql"), ("mysql", "postgresql")])
def test_of_two_databases_the_later_in_the_metadata_is_the_data_source(names):
    endpoints = tuple(builders.endpoint(f"{name}_client") for name in names)
    seen = builders.seen(options=springboot.SPEC.options(), endpoints=endpoints)
    found = environment.build(springboot.SPEC, seen)
    assert found["spring.datasource.url"].value.startswith(f"jdbc:{names[-1]}://")


def test_of_two_endpoints_the_one_with_the_usual_name_is_the_data_source():
    other = builders.endpoint("postgresql_client", "main-db")
    usual = builders.endpoint("postgresql_client")
    seen = builders.seen(options=springboot.SPEC.options(), endpoints=(usual, other))
    found = environment.build(springboot.SPEC, seen)
    assert found["spring.datasource.url"].origin.name == "postgresql"
    assert found["MAIN_DB_CONNECT_STRING"].origin.name == "main-db"


def test_a_database_without_a_login_names_none():
    found = database("postgresql_client", "postgresql://db:5432/shop")
    assert not {"spring.datasource.username", "spring.datasource.password"} & found.keys()


@pytest.mark.parametrize("name", ["spring.data.mongodb.uri", "spring.mongodb.uri"])
def test_b16_the_uri_of_mongodb_is_whole(name):
    uri = "mongodb://u:p@a:27017,b:27017,c:27017/shop?replicaSet=rs0&authSource=admin"
    assert database("mongodb_client", uri)[name] == uri


def test_b18_without_metadata_it_is_told_what_they_would_say():
    data = saml.Saml(entity_id="https://idp.example", signing_certificate="MII")
    found = named("saml", data)
    assert f"{IDP}.metadata-uri" not in found
    assert found[f"{IDP}.entity-id"] == "https://idp.example"
    assert found[f"{IDP}.singlesignon.sign-request"] == "false"


def test_with_metadata_nothing_else_says_what_they_do():
    found = named("saml")
    assert found[f"{IDP}.metadata-uri"] == "https://idp.example/metadata"
    assert not {f"{IDP}.entity-id", f"{IDP}.singlesignon.sign-request"} & found.keys()


def test_b19_the_url_of_the_login_has_springs_name_and_the_older_one():
    found = named("saml")
    assert found[f"{IDP}.singlesignon.url"] == "https://idp.example/sso"
    assert found[f"{IDP}.singlesignin.url"] == "https://idp.example/sso"


def mail(**changes: Any) -> dict[str, str]:
    ready = {"host": "mail", "port": 25, "auth_type": "none", "transport_security": "none"}
    return named("smtp", smtp.Smtp.model_validate({**ready, **changes}))


def test_b22_mail_without_a_login_says_so_and_names_nobody():
    assert mail() == {
        "spring.mail.host": "mail",
        "spring.mail.port": "25",
        f"{SMTP}.auth": "false",
        f"{SMTP}.starttls.enable": "false",
    }


@pytest.mark.parametrize(
    ("user", "domain", "username"),
    [
        ("app", "example.com", "app@example.com"),
        ("app", None, "app"),
        ("app@example.com", "example.com", "app@example.com"),
        (None, "example.com", None),
    ],
)
def test_b22_the_user_of_the_mail_has_a_domain_only_where_there_is_one(user, domain, username):
    assert mail(user=user, domain=domain).get("spring.mail.username") == username


@pytest.mark.parametrize(
    ("auth_type", "auth"), [("none", "false"), ("not_provided", "false"), ("plain", "true")]
)
def test_b22_there_is_a_login_where_the_relay_wants_one(auth_type, auth):
    assert mail(auth_type=auth_type)[f"{SMTP}.auth"] == auth


@pytest.mark.parametrize(
    ("security", "starttls", "tls"),
    [("none", "false", None), ("starttls", "true", None), ("tls", "false", "true")],
)
def test_b22_each_kind_of_security_has_its_property(security, starttls, tls):
    found = mail(transport_security=security)
    assert found[f"{SMTP}.starttls.enable"] == starttls
    assert found.get(f"{SMTP}.ssl.enable") == tls


@pytest.mark.parametrize(("skip", "trust", "check"), [(True, "*", "false"), (False, None, None)])
def test_certificates_of_the_relay_are_trusted_unseen_where_that_is_asked_for(skip, trust, check):
    found = mail(transport_security="tls", skip_ssl_verify=skip)
    assert found.get(f"{SMTP}.ssl.trust") == trust
    assert found.get(f"{SMTP}.ssl.checkserveridentity") == check


@pytest.mark.parametrize(("style", "path_style"), [("path", "true"), ("host", None), (None, None)])
def test_a_bucket_is_a_path_where_the_store_says_so(style, path_style):
    data = s3.S3(access_key="a", secret_key="s", bucket="shop", s3_uri_style=style)
    name = "spring.cloud.aws.s3.path-style-access-enabled"
    assert named("s3", data).get(name) == path_style


def test_a_store_without_region_and_endpoint_names_neither():
    found = named("s3", s3.S3(access_key="a", secret_key="s", bucket="shop"))
    assert found.keys() == {
        "spring.cloud.aws.credentials.accessKey",
        "spring.cloud.aws.credentials.secretKey",
        "spring.cloud.aws.s3.bucket",
    }


def test_a_store_of_permissions_without_a_token_names_no_method():
    data = openfga.OpenFga(grpc_api_url="http://fga:8081", http_api_url="http://fga:8080")
    assert named("openfga", data) == {"openfga.api-url": "http://fga:8080"}


def test_a_cache_without_a_login_names_none():
    assert named("valkey_client", valkey_client.Valkey(uri="valkey://cache:6379")).keys() >= {
        "spring.data.valkey.host",
        "VALKEY_DB_HOSTNAME",
    }
    found = named("redis", redis.Redis(host="cache", port=6379))
    assert found.keys() == {f"spring.data.redis.{name}" for name in ("url", "host", "port")}


def test_the_login_comes_back_to_where_the_option_says():
    options = {"redirect-path": "/back", "user-name-attribute": "email"}
    found = named("oauth", options=options, endpoint="my-login")
    client = "spring.security.oauth2.client.registration.my-login"
    assert found[f"{client}.redirect-uri"] == "https://shop.example/a/back"
    assert found[f"{client}.user-name-attribute"] == "email"
    assert found["spring.security.oauth2.client.provider.my-login.user-name-attribute"] == "email"
    assert {name.rpartition(".")[0].rpartition(".")[2] for name in found} == {"my-login"}


def test_an_endpoint_that_is_not_the_main_one_has_the_common_names_only():
    found = named(
        "redis", endpoint="sessions", namespaces=("SESSIONS",), is_main=False, options={}
    )
    assert all(name.startswith("SESSIONS_") for name in found)
    assert found["SESSIONS_HOSTNAME"] == "redis-0.example"


def test_an_interface_of_the_authors_own_has_the_common_names():
    given = env.Given(
        interface="carrier_pigeon",
        endpoint="loft",
        namespaces=("LOFT",),
        properties={"ring": "7"},
    )
    named = springboot.SPEC.dialect(given)
    assert {name: one.value for name, one in named.items()} == {"LOFT_RING": "7"}
