"""Valkey: the second version of the data-interfaces protocol, spoken directly.

The leader asks with an id of its own making, and the provider answers by that id. The library
for it cannot be attached: it makes other ids in every process, asks only if there is a leader at
the moment the relation is made, keeps to the secret that it saw first, and needs Juju 3.6.2.
"""

from __future__ import annotations

import hashlib
import json
import re
import urllib.parse
import uuid
from collections.abc import Mapping
from typing import Any

import pydantic

from .. import env, errors, integration, urls

_RESOURCE = "*"
"""Every key and channel."""
_ABSENT = ("extra-user-roles", "extra-group-roles", "entity-type", "entity-permissions")


class Valkey(integration.Data):
    """How to reach Valkey, checked to be a URL."""

    uri: str = pydantic.Field(repr=False)
    read_only_endpoints: str = ""
    sentinel_endpoints: str = ""
    mode: str = ""
    version: str = ""


class _Answer(integration.Data):
    """What the provider says to one request."""

    model_config = pydantic.ConfigDict(alias_generator=lambda name: name.replace("_", "-"))

    request_id: str | None = None
    endpoints: str | None = None
    read_only_endpoints: str | None = None
    sentinel_endpoints: str | None = None
    mode: str | None = None
    version: str | None = None
    secret_user: str | None = None
    secret_tls: str | None = None


class _Published(integration.Data):
    requests: tuple[_Answer, ...]


def _request(site: integration.Site) -> integration.Databag:
    salt, request_id = _identity(site)
    request = {
        "resource": _RESOURCE,
        "request-id": request_id,
        "salt": salt,
        **dict.fromkeys(_ABSENT),
        "external-node-connectivity": False,
        "secret-mtls": None,
        "mtls-cert": None,
    }
    return integration.Databag(app={"version": "v1", "requests": json.dumps([request])})


def _identity(site: integration.Site) -> tuple[str, str]:
    """Return the salt and the id of our request, which stay the same from one hook to the next."""
    salt = uuid.uuid5(uuid.NAMESPACE_URL, f"{site.model_uuid}/{site.app}/{site.endpoint}").hex[:16]
    return salt, hashlib.sha256(f"{_RESOURCE}:{salt}".encode()).hexdigest()[:16]


def _read(remote: integration.RemoteData) -> Valkey | None:
    answer = _answer(remote)
    endpoints = answer.endpoints if answer else None
    if answer is None or not endpoints or endpoints == "None":
        return None
    if answer.secret_tls and _says_yes(remote.secret(answer.secret_tls).get("tls")):
        raise errors.RelationDataError("Valkey has TLS switched on, which is not supported")
    user: Mapping[str, str] = remote.secret(answer.secret_user) if answer.secret_user else {}
    return Valkey(
        uri=_url(endpoints, user).text,
        read_only_endpoints=answer.read_only_endpoints or "",
        sentinel_endpoints=answer.sentinel_endpoints or "",
        mode=answer.mode or "",
        version=answer.version or "",
    )


def _answer(remote: integration.RemoteData) -> _Answer | None:
    text = remote.app.get("requests")
    if not text:
        return None
    try:
        given: Any = json.loads(text)
    except (ValueError, RecursionError):
        raise errors.RelationDataError("requests is not JSON") from None
    answers = _Published.model_validate({"requests": given}).requests
    # Whoever asked before this charm did, by another id, still has an answer: it is used
    # until there is one to us.
    _, request_id = _identity(remote.site)
    ours = (one for one in answers if one.request_id == request_id)
    return next(ours, answers[0] if answers else None)


def _says_yes(value: str | None) -> bool:
    return (value or "").lower() == "true"


def _url(endpoints: str, user: Mapping[str, str]) -> urls.Url:
    scheme, separator, hosts = endpoints.replace(" ", "").partition("://")
    scheme, hosts = (scheme, hosts) if separator else ("valkey", scheme)
    credentials = ""
    if user.get("username"):
        parts = (user["username"], user.get("password", ""))
        credentials = ":".join(urllib.parse.quote(part, safe="") for part in parts) + "@"
    return urls.parse(f"{scheme}://{credentials}{hosts}")


def _properties(data: Valkey) -> env.Properties:
    url = urls.parse(data.uri).properties()
    return {
        **{f"db_{name}": value for name, value in url.items()},
        "db_read_only_endpoints": data.read_only_endpoints,
        "db_sentinel_endpoints": data.sentinel_endpoints,
        "mode": data.mode,
        "version": data.version,
    }


def _for_redis(text: str) -> str:
    """Return the URL by the scheme that clients of Redis know, which do not know Valkey's."""
    return re.sub(r"^valkey(s?://)", r"redis\1", urls.plain(text))


INTEGRATION = integration.Integration(
    interface="valkey_client",
    category="cache",
    endpoint="valkey",
    data=Valkey,
    request=_request,
    read=_read,
    namespace="VALKEY",
    single=True,
    properties=_properties,
    secrets=("db_password",),
    ecosystem={"REDIS_URL": env.Alias(of="db_connect_string", spelled=_for_redis)},
    migrates=True,
    example=Valkey(
        uri="valkey://app:pass%2Fword@valkey-0.example:6379",
        read_only_endpoints="valkey-1.example:6379,valkey-2.example:6379",
        sentinel_endpoints="valkey-0.example:26379,valkey-1.example:26379",
        mode="sentinel",
        version="9.0.1",
    ),
)
