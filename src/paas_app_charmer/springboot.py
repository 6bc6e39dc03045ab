"""Spring Boot applications, which read their settings as properties of Spring's own names."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated

import pydantic

from . import (
    charm,
    env,
    environment,
    facts,
    framework,
    integration,
    naming,
    options,
    place,
    release,
)
from .servers import native

__all__ = ["SPEC", "Charm", "SpringBootOptions"]

_CERTIFICATE = "/app/saml.cert"
_BEGIN, _END = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
_EXPORTERS = ("OTEL_TRACES_EXPORTER", "OTEL_METRICS_EXPORTER", "OTEL_LOGS_EXPORTER")

_LOGIN_OPTIONS = {
    "redirect-path": integration.Option(
        default="/login/oauth2/code/{endpoint}",
        description="Path of the application that the browser comes back to after a login "
        "through {endpoint}.",
    ),
    "user-name-attribute": integration.Option(
        default="sub",
        description="What {endpoint} tells about a user that the application knows the user by.",
    ),
}


class SpringBootOptions(place.Options):
    """Where the application is found, and which of its profiles are active."""

    metrics_path: Annotated[
        str | None, options.Shown(second=False, default="/actuator/prometheus")
    ] = pydantic.Field(
        None, alias="metrics-path", exclude=True, description="Path that Prometheus scrapes."
    )
    app_profiles: str | None = pydantic.Field(
        None,
        alias="app-profiles",
        min_length=1,
        description="Active profiles, with commas between.",
    )


def _jdbc(given: env.Given, _url: str | None) -> str:
    # The drivers take several hosts, and speak TLS with servers that have it without being told.
    hosts = given.properties["netloc"].rpartition("@")[2]
    return f"jdbc:{given.interface.removesuffix('_client')}://{hosts}{given.properties['path']}"


def _mailbox(given: env.Given, user: str | None) -> str | None:
    domain = given.properties.get("domain")
    return f"{user}@{domain}" if user and domain and "@" not in user else user


def _scopes(_given: env.Given, keywords: str | None) -> str:
    return ",".join(json.loads(keywords or "{}")["scope"].split())


def _redirect_uri(given: env.Given, _property: str | None) -> str:
    return f"{given.base_url}/{given.options.get('redirect-path', '').lstrip('/')}"


_DATASOURCE: Mapping[str, naming.Rule] = {
    "spring.datasource.url": ("connect_string", _jdbc),
    "spring.datasource.username": "username",
    "spring.datasource.password": "password",
    "spring.jpa.hibernate.ddl-auto": ("", naming.always("none")),
}
_S3 = "spring.cloud.aws.s3"
_SAML = "spring.security.saml2.relyingparty.registration.testentity"
_IDP = f"{_SAML}.assertingparty"
_SIGNED_BY = f"{_IDP}.verification.credentials[0].certificate-location"
_SMTP = "spring.mail.properties.mail.smtp"
_CLIENT = "spring.security.oauth2.client.registration.{endpoint}"
_PROVIDER = "spring.security.oauth2.client.provider.{endpoint}"

_NAMES: Mapping[str, Mapping[str, naming.Rule]] = {
    "postgresql_client": _DATASOURCE,
    "mysql_client": _DATASOURCE,
    "mongodb_client": {
        "spring.data.mongodb.uri": "connect_string",
        "spring.mongodb.uri": "connect_string",  # since Spring Boot 4
    },
    "redis": {
        "spring.data.redis.url": "connect_string",
        "spring.data.redis.host": "hostname",
        "spring.data.redis.port": "port",
        "spring.data.redis.username": "username",
        "spring.data.redis.password": "password",
    },
    "valkey_client": {
        "spring.data.valkey.url": "db_connect_string",
        "spring.data.valkey.host": "db_hostname",
        "spring.data.valkey.port": "db_port",
        "spring.data.valkey.username": "db_username",
        "spring.data.valkey.password": "db_password",
    },
    "s3": {
        "spring.cloud.aws.credentials.accessKey": "access_key",
        "spring.cloud.aws.credentials.secretKey": "secret_key",
        "spring.cloud.aws.region.static": "region",
        f"{_S3}.bucket": "bucket",
        f"{_S3}.endpoint": "endpoint",
        f"{_S3}.path-style-access-enabled": ("addressing_style", naming.when("path", "true")),
    },
    "saml": {
        f"{_SAML}.entity-id": "entity_id",
        f"{_IDP}.metadata-uri": "metadata_url",
        # Spring knows the second. The first is what charms in the field set.
        f"{_IDP}.singlesignin.url": "single_sign_on_redirect_url",
        f"{_IDP}.singlesignon.url": "single_sign_on_redirect_url",
        _SIGNED_BY: ("signing_certificate", naming.always(f"file:{_CERTIFICATE}")),
        # What the metadata would say. The charm has no key to sign requests with.
        f"{_IDP}.entity-id": ("entity_id", naming.unless("metadata_url")),
        f"{_IDP}.singlesignon.sign-request": ("metadata_url", naming.when(None, "false")),
    },
    "rabbitmq": {
        "spring.rabbitmq.host": "hostname",
        "spring.rabbitmq.port": "port",
        "spring.rabbitmq.username": "username",
        "spring.rabbitmq.password": "password",
        "spring.rabbitmq.virtual-host": "vhost",
    },
    "smtp": {
        "spring.mail.host": "host",
        "spring.mail.port": "port",
        "spring.mail.username": ("user", _mailbox),
        "spring.mail.password": "password",
        f"{_SMTP}.auth": ("auth_type", naming.when("plain", "true", "false")),
        f"{_SMTP}.starttls.enable": (
            "transport_security",
            naming.when("starttls", "true", "false"),
        ),
        f"{_SMTP}.ssl.enable": ("transport_security", naming.when("tls", "true")),
        f"{_SMTP}.ssl.trust": ("skip_ssl_verify", naming.when("True", "*")),
        f"{_SMTP}.ssl.checkserveridentity": ("skip_ssl_verify", naming.when("True", "false")),
    },
    "openfga": {
        "openfga.store-id": "store_id",
        "openfga.credentials.method": ("token", naming.where_given("API_TOKEN")),
        "openfga.credentials.config.api-token": "token",
        "openfga.api-url": "http_api_url",
    },
    "oauth": {
        f"{_CLIENT}.client-id": "client_id",
        f"{_CLIENT}.client-secret": "client_secret",
        f"{_CLIENT}.redirect-uri": ("", _redirect_uri),
        f"{_CLIENT}.scope": ("client_kwargs", _scopes),
        f"{_CLIENT}.user-name-attribute": ("", naming.option("user-name-attribute")),
        f"{_CLIENT}.authorization-grant-type": ("", naming.always("authorization_code")),
        f"{_PROVIDER}.authorization-uri": "authorize_url",
        f"{_PROVIDER}.issuer-uri": "api_base_url",
        f"{_PROVIDER}.jwk-set-uri": "jwks_url",
        f"{_PROVIDER}.token-uri": "access_token_url",
        f"{_PROVIDER}.user-info-uri": "user_url",
        f"{_PROVIDER}.user-name-attribute": ("", naming.option("user-name-attribute")),
    },
}
"""Spring's names, by interface.

Where two databases have the same names, the later one in the metadata has them.
"""
_KNOWN_BY_BOTH = {"postgresql_client", "mysql_client", "valkey_client"}
"""Interfaces that applications know by the names of other frameworks, too."""


def _dialect(given: env.Given) -> Mapping[str, env.Named]:
    """Name it as Spring does, and by its endpoint where the author chose how that is called.

    An endpoint keeps those names when a main one joins and takes Spring's.
    """
    rules = _NAMES.get(given.interface)
    if rules is None:
        return env.mechanical(given)
    found = integration.find(given.interface)
    is_usual = found is not None and given.endpoint == found.endpoint
    both = given.interface in _KNOWN_BY_BOTH or (naming.is_shared(rules) and not is_usual)
    return {**(env.mechanical(given) if both else {}), **naming.named(given, rules)}


def _settings(seen: facts.Facts[SpringBootOptions], _base_url: str) -> Mapping[str, str]:
    metrics = environment.metrics_of(SPEC, seen.config, seen.options)
    folder, _, name = metrics.path.rstrip("/").rpartition("/")
    found = {
        # The ingress takes its prefix away, and says so in a header.
        "server.forward-headers-strategy": "framework",
        "management.endpoints.web.exposure.include": "prometheus",
        "management.endpoints.web.base-path": folder or "/",
        "management.endpoints.web.path-mapping.prometheus": name,
    }
    if not SPEC.is_first_generation(seen.container, seen.declared):
        found["management.server.port"] = str(metrics.port)
    if seen.options is not None and seen.options.app_profiles:
        found["spring.profiles.active"] = seen.options.app_profiles
    if seen.pinned_key is not None:
        found["SECRET_KEY"] = seen.pinned_key
    # An agent in the rock would look for a collector beside the application.
    return found if seen.traces else {**found, **dict.fromkeys(_EXPORTERS, "none")}


def _certificate(seen: facts.Facts[SpringBootOptions]) -> tuple[release.File, ...]:
    provider = seen.main_of("saml")
    text = provider.properties().get("signing_certificate", "").strip() if provider else ""
    if text and not text.startswith(_BEGIN):
        text = f"{_BEGIN}\n{text}\n{_END}"
    return (release.File(path=_CERTIFICATE, content=f"{text}\n", mode=0o644),) if text else ()


SPEC: framework.FrameworkSpec[SpringBootOptions] = framework.FrameworkSpec(
    name="spring-boot",
    options=SpringBootOptions,
    server=native.Native(),
    base_dir="/app",
    app_dir="/app",
    prefix="APP_",
    settings_prefix="",
    port=8080,
    metrics=framework.Metrics(port=8080, path="/actuator/prometheus"),
    tells=place.Variables(port="SERVER_PORT"),
    tells_first=place.Variables(
        port="SERVER_PORT", metrics_port="MANAGEMENT_SERVER_PORT", metrics_path="METRICS_PATH"
    ),
    dialect=_dialect,
    extra_environment=_settings,
    extra_files=_certificate,
    endpoint_options={"oauth": _LOGIN_OPTIONS},
)


class Charm(charm.PaasCharm):
    """Runs a Spring Boot application."""

    spec = SPEC
