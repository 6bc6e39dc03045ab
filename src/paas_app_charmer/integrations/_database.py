"""What the databases have in common: the data-interfaces protocol, spoken directly.

The leader asks for a database by name and for secrets to be sent as Juju secrets; the
provider answers with a user, addresses and, if it has one, a ready URL.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

import pydantic

from .. import env, integration, urls

_REQUESTED = ("username", "password", "tls", "tls-ca", "uris", "read-only-uris")


class Database(integration.Data):
    """How to reach a database, checked to be a URL."""

    uri: str = pydantic.Field(repr=False)
    tls: str | None = None
    tls_ca: str | None = pydantic.Field(None, repr=False)
    endpoints: str | None = None
    read_only_endpoints: str | None = None
    read_only_uri: str | None = pydantic.Field(None, repr=False)
    version: str | None = None
    replset: str | None = None


def of(
    interface: str, scheme: str, port: int, ecosystem: Mapping[str, env.Alias]
) -> integration.Integration[Database]:
    """Return the integration of a database whose URLs have this scheme."""
    endpoint = interface.removesuffix("_client")
    return integration.Integration(
        interface=interface,
        category="database",
        endpoint=endpoint,
        data=Database,
        request=_request,
        read=lambda remote: _read(remote, scheme),
        namespace=f"{env.upper_snake(endpoint)}_DB",
        properties=_properties,
        secrets=("password", "read_only_connect_string"),
        ecosystem=ecosystem,
        migrates=True,
        example=Database(
            uri=f"{scheme}://app:pass%2Fword@db-0.example:{port},db-1.example:{port}/app",
            tls="true",
            tls_ca="-----BEGIN CERTIFICATE-----\n",
            endpoints=f"db-0.example:{port},db-1.example:{port}",
            read_only_endpoints=f"db-2.example:{port}",
            read_only_uri=f"{scheme}://app:pass%2Fword@db-2.example:{port}/app",
            version="16.9",
        ),
    )


def url(scheme: str) -> Mapping[str, env.Alias]:
    """Return the name that ecosystems have for the URL of the one relational database.

    Providers may write `postgres`, which SQLAlchemy does not know.
    """
    return {
        "DATABASE_URL": env.Alias(
            of="connect_string", spelled=lambda text: urls.plain(text, scheme)
        )
    }


def _request(site: integration.Site) -> integration.Databag:
    return integration.Databag(
        app={"database": site.app, "requested-secrets": json.dumps(_REQUESTED)}
    )


def _read(remote: integration.RemoteData, scheme: str) -> Database | None:
    credentials = _content(remote, "secret-user")
    certificates = _content(remote, "secret-tls")
    username, password = credentials.get("username"), credentials.get("password")
    endpoints = remote.app.get("endpoints")
    name = remote.app.get("database")
    if credentials.get("uris"):
        url = urls.parse(credentials["uris"])
    elif endpoints and username and password:
        url = urls.build(
            scheme, hosts=endpoints, username=username, password=password, path=name or ""
        )
    else:
        return None
    read_only = credentials.get("read-only-uris")
    return Database(
        uri=url.text,
        tls=certificates.get("tls"),
        tls_ca=certificates.get("tls-ca"),
        endpoints=endpoints,
        read_only_endpoints=remote.app.get("read-only-endpoints"),
        read_only_uri=urls.parse(read_only).text if read_only else None,
        version=remote.app.get("version"),
        replset=remote.app.get("replset"),
    )


def _content(remote: integration.RemoteData, key: str) -> Mapping[str, str]:
    """Return a secret that the databag points at, or the databag of a provider without secrets."""
    secret_id = remote.app.get(key)
    return remote.secret(secret_id) if secret_id else remote.app


def _properties(data: Database) -> env.Properties:
    properties = urls.parse(data.uri).properties()
    more = {
        "tls": data.tls,
        "tls_ca": data.tls_ca,
        "endpoints": data.endpoints,
        "read_only_endpoints": data.read_only_endpoints,
        "read_only_connect_string": data.read_only_uri,
        "version": data.version,
        "replset": data.replset,
    }
    return {**properties, **{name: value for name, value in more.items() if value}}
