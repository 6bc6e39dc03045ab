"""What properties mean, where a model of the library does not say it under the field itself."""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Iterator, Mapping
from typing import Any

from paas_app_charmer import integration

_ADDRESS = {
    "connect_string": "The whole URL.",
    "scheme": "The URL's scheme.",
    "netloc": "The user, password, hosts and ports in it.",
    "path": "The URL's path, with the slash.",
    "params": "What follows the path after `;`.",
    "query": "What follows `?`.",
    "fragment": "What follows `#`.",
    "hostname": "The host; of several the first.",
    "port": "The port of that host.",
}
_URL = {
    **_ADDRESS,
    "username": "The user, percent-decoded.",
    "password": "The password, percent-decoded.",
}
_DATABASE = {
    **_URL,
    "name": "The name of the database.",
    "tls": "Whether the server has TLS, as it says it.",
    "tls_ca": "The certificates to trust.",
    "endpoints": "All hosts with their ports, separated by commas.",
    "read_only_endpoints": "Hosts to read from only, with their ports.",
    "read_only_connect_string": "A whole URL to read from only.",
    "version": "The version of the server.",
}

MEANINGS: Mapping[str, Mapping[str, str]] = {
    "http_proxy": {
        "http_proxy": "Where requests by HTTP go.",
        "https_proxy": "Where requests by HTTPS go.",
    },
    "ingress": {"url": "The application's URL, in place of the one in the model."},
    "mongodb_client": _DATABASE,
    "mysql_client": _DATABASE,
    "postgresql_client": _DATABASE,
    "oauth": {
        "client_id": "The name that the provider knows the application by.",
        "client_secret": "What the application proves it with.",
        "api_base_url": "The issuer.",
        "authorize_url": "Where a login begins.",
        "access_token_url": "Where a code is changed for a token.",
        "user_url": "Where to ask about the user.",
        "jwks_url": "The provider's keys.",
        "client_kwargs": "What the application asks for, as JSON: the option `scopes`.",
    },
    "openfga": {
        "store_id": "The application's store.",
        "token": "What the server lets it in with.",
        "grpc_api_url": "The server's address by gRPC.",
        "http_api_url": "The server's address by HTTP.",
    },
    "rabbitmq": {
        **_URL,
        "path": "The virtual host as it stands in the URL.",
        "vhost": "The virtual host.",
        "connect_strings": "A whole URL for each broker, separated by commas, for clients that go "
        "to another one when theirs is lost.",
    },
    "redis": _ADDRESS,
    "s3": {
        "access_key": "The key's name.",
        "secret_key": "The key.",
        "bucket": "The bucket.",
        "region": "The bucket's region.",
        "storage_class": "The class that objects are stored in.",
        "endpoint": "The store's URL; without it the client's default.",
        "path": "Where in the bucket.",
        "api_version": "The version of the signatures.",
        "uri_style": "How buckets stand in URLs, in the provider's words.",
        "addressing_style": "How buckets stand in URLs, in the words of clients: `virtual` or "
        "`path`. New applications read this one.",
        "attributes": "Whatever else the provider says, as a JSON list.",
        "tls_ca_chain": "The certificates to trust, as a JSON list.",
    },
    "saml": {
        "entity_id": "The identity provider's name.",
        "metadata_url": "Where it describes itself.",
        "signing_certificate": "What its answers are signed with.",
        "single_sign_on_redirect_url": "Where a login begins.",
    },
    "smtp": {
        "host": "The relay.",
        "port": "The relay's port.",
        "user": "Who logs in.",
        "password": "The password for it.",
        "domain": "The domain of the user.",
        "auth_type": "How to log in; without it not at all.",
        "transport_security": "`tls` or `starttls`; without it neither.",
        "skip_ssl_verify": "`True` or `False`: whether the relay's certificate is not to be "
        "checked. It stays for applications that know it.",
        "verify_ssl": "`true` or `false`: whether it is to be checked. New applications read this "
        "one.",
        "sender": "The address that mails are sent from.",
    },
    "tracing": {
        "exporter_otlp_endpoint": "Where traces go.",
        "service_name": "Whose they are.",
    },
    "valkey_client": {
        **{f"db_{name}": text for name, text in _URL.items()},
        "db_read_only_endpoints": _DATABASE["read_only_endpoints"],
        "db_sentinel_endpoints": "Where to ask which server leads, separated by commas.",
        "mode": "How the servers work together.",
        "version": _DATABASE["version"],
    },
}
"""By interface and property."""


def meanings(one: integration.Integration[Any], properties: frozenset[str]) -> Mapping[str, str]:
    """Return what each property means.

    Raises:
        LookupError: one has no meaning, or a meaning no property.
    """
    told = MEANINGS.get(one.interface, {})
    fields = {name: text for name, text in _docstrings(one.data) if name in properties}
    if properties ^ {*told, *fields}:
        missing, lost = properties - {*told, *fields}, told.keys() - properties
        raise LookupError(
            f"{one.interface}: say under the field of its model what {sorted(missing)} mean, and "
            f"take {sorted(lost)} out of generate/properties.py"
        )
    return {**told, **fields}


def _docstrings(model: type[Any]) -> Iterator[tuple[str, str]]:
    """Go through the fields that have a text under them, which Python does not keep."""
    (definition,) = (
        node
        for node in ast.parse(inspect.getsource(sys.modules[model.__module__])).body
        if isinstance(node, ast.ClassDef) and node.name == model.__name__
    )
    for field, text in zip(definition.body, definition.body[1:], strict=False):
        if isinstance(field, ast.AnnAssign) and isinstance(text, ast.Expr):
            yield ast.unparse(field.target), " ".join(ast.literal_eval(text.value).split())
