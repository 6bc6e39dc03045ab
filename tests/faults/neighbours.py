"""What the other side of each relation may say: all, half of it, or what nobody expects."""

from __future__ import annotations

import dataclasses
import functools
import json
from collections.abc import Callable, Mapping
from typing import Any

import hypothesis.strategies as st
import ops.testing

from paas_app_charmer import integration

from ..contract import hostile
from . import refusals

Databag = Mapping[str, str]


class Vault:
    """Makes secret values, no two the same, and each of them to be recognised anywhere."""

    def __init__(self) -> None:
        self._made = 0

    def new(self) -> str:
        """Return one of letters and digits, as a provider makes it."""
        self._made += 1
        return f"{refusals.MARK}{self._made:05}"

    def odd(self) -> str:
        """Return one that is spelled in another way in URLs, JSON and Python, over two lines."""
        return f"{self.new()}/@:%'\"\\é\n{self.new()}"


def is_told(text: str) -> bool:
    """Return whether a secret stands in the text."""
    return refusals.MARK in text


@dataclasses.dataclass(frozen=True, kw_only=True)
class Answer:
    """What a provider publishes."""

    app: Databag = dataclasses.field(default_factory=dict[str, str])
    unit: Databag = dataclasses.field(default_factory=dict[str, str])
    """Of each of its units."""
    secrets: Mapping[str, Databag] = dataclasses.field(default_factory=dict[str, Databag])
    """By where the id stands in the application's databag."""

    def but(self, keys: set[str]) -> Answer:
        """Return what is there when some has not arrived yet."""
        return Answer(
            app={k: v for k, v in self.app.items() if k not in keys},
            unit={k: v for k, v in self.unit.items() if k not in keys},
            secrets={k: v for k, v in self.secrets.items() if k not in keys},
        )


def _database(vault: Vault, n: int, _told: Databag) -> Answer:
    user = {"username": "app", "password": vault.odd()}
    hosts = ",".join(f"db-{one}.example:5432" for one in range(n % 3 + 1))
    app = {"endpoints": hosts, "database": "app", "version": "16.9"}
    return Answer(app=app, secrets={"secret-user": user})


def _redis(_vault: Vault, n: int, _told: Databag) -> Answer:
    return Answer(unit={"hostname": f"redis-{n}.example", "port": "6379"})


def _s3(vault: Vault, n: int, _told: Databag) -> Answer:
    place = {"bucket": f"bucket-{n}", "endpoint": "http://s3.example", "region": "here"}
    keys = {"access-key": vault.new(), "secret-key": vault.new()}
    return Answer(app={**place, **keys})


def _rabbitmq(vault: Vault, n: int, _told: Databag) -> Answer:
    return Answer(app={"hostname": f"10.1.0.{n}", "password": vault.odd()})


def _smtp(vault: Vault, n: int, _told: Databag) -> Answer:
    app = {"host": f"mail-{n}.example", "port": "25", "user": "app", "auth_type": "plain"}
    app |= {"transport_security": "tls", "domain": "example.com"}
    return Answer(app=app, secrets={"password_id": {"password": vault.odd()}})


def _saml(_vault: Vault, n: int, _told: Databag) -> Answer:
    app = {"entity_id": f"https://login.example/{n}", "metadata_url": "https://login.example/m"}
    return Answer(app={**app, "x509certs": "MIIC,MIID"})


def _ingress(_vault: Vault, n: int, _told: Databag) -> Answer:
    return Answer(app={"ingress": json.dumps({"url": f"https://203.0.113.{n}/here"})})


def _loki(_vault: Vault, n: int, _told: Databag) -> Answer:
    return Answer(unit={"endpoint": json.dumps({"url": f"http://10.2.0.{n}:3100/loki"})})


def _openfga(vault: Vault, n: int, told: Databag) -> Answer:
    if "store_name" not in told:
        return Answer()
    urls = {"grpc_api_url": f"http://10.3.0.{n}:8081", "http_api_url": f"http://10.3.0.{n}:8080"}
    secrets = {"token_secret_id": {"token": vault.new()}}
    return Answer(app={**urls, "store_id": "01GP1254"}, secrets=secrets)


def _oauth(vault: Vault, n: int, told: Databag) -> Answer:
    here = f"https://login-{n}.example"
    names = ("authorization_endpoint", "token_endpoint", "introspection_endpoint")
    names += ("userinfo_endpoint", "jwks_endpoint")
    app = {"issuer_url": here, "scope": "openid profile email phone"}
    app |= {name: f"{here}/{name}" for name in names}
    if "redirect_uri" not in told:
        return Answer(app=app)
    secrets = {"client_secret_id": {"secret": vault.odd()}}
    return Answer(app={**app, "client_id": f"client-{n}"}, secrets=secrets)


def _http_proxy(_vault: Vault, n: int, told: Databag) -> Answer:
    asked: list[dict[str, Any]] = json.loads(told.get("requests", "[]"))
    url = f"http://squid-{n}.example:3128"
    ready = {"status": "ready", "auth": "none", "http_proxy": url, "https_proxy": url}
    return Answer(app={"responses": json.dumps([{**one, **ready} for one in asked])})


def _nothing(_vault: Vault, _n: int, _told: Databag) -> Answer:
    return Answer()


ANSWERS: dict[str, Callable[[Vault, int, Databag], Answer]] = {
    "postgresql_client": _database,
    "mongodb_client": _database,
    "redis": _redis,
    "s3": _s3,
    "rabbitmq": _rabbitmq,
    "smtp": _smtp,
    "saml": _saml,
    "ingress": _ingress,
    "loki_push_api": _loki,
    "openfga": _openfga,
    "oauth": _oauth,
    "http_proxy": _http_proxy,
    "prometheus_scrape": _nothing,
    "grafana_dashboard": _nothing,
}
"""By interface: what is published, given a number that makes it another each time and what our
side has published."""


def one_of(interface: str) -> integration.Integration[Any]:
    return hostile.found(interface.replace("-", "_"))


@functools.cache
def hostilities(interface: str) -> st.SearchStrategy[dict[str, str]]:
    """Return databags of somebody who means no good, or does not know better."""
    one = one_of(interface)
    sound = ANSWERS[interface](Vault(), 0, {"store_name": "a", "redirect_uri": "b"})
    fields = one.data.model_fields
    keys = {*sound.app, *sound.unit, *sound.secrets, *fields}
    keys |= {name.replace("_", "-") for name in fields}
    return hostile.bags(one, sorted(keys) or ["none"])


def secret(content: Databag, **known: Any) -> ops.testing.Secret:
    return ops.testing.Secret(dict(content), **known)
