"""A proxy for HTTP: the way out of the model for what the application asks others for.

The leader makes one request for any domain and any kind of login; the provider answers under
the same id, and with a user in a secret if it wants one.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from typing import Annotated, Literal, cast

import pydantic

from .. import documents, errors, integration, urls

_Url = Annotated[str, pydantic.Field(pattern=r"^[!-~]+$")]


class HttpProxy(integration.Data):
    """Where to send requests, by their scheme."""

    http_proxy: _Url = pydantic.Field(repr=False)
    https_proxy: _Url = pydantic.Field(repr=False)


class _Answer(integration.Data):
    status: Literal["pending", "accepted", "rejected", "invalid", "unsupported", "error", "ready"]
    http_proxy: _Url | None = pydantic.Field(None, repr=False)
    https_proxy: _Url | None = pydantic.Field(None, repr=False)
    user: str | None = None
    """The id of a secret."""


def requirer(site: integration.Site) -> str:
    """Return the id of the request. Every unit can tell it, though only the leader writes it."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{site.model_uuid}/{site.app}/{site.endpoint}"))


def _request(site: integration.Site) -> integration.Databag:
    request: dict[str, object] = {"requirer": requirer(site), "domains": [], "auth": []}
    return integration.Databag(app={"requests": json.dumps([request], sort_keys=True)})


def _read(remote: integration.RemoteData) -> HttpProxy | None:
    given = _given(remote)
    if given is None:
        return None
    answer = _Answer.model_validate(given)
    if answer.status in {"pending", "accepted"}:
        return None
    if answer.status != "ready":
        raise errors.RelationDataError(f"the request was answered by {answer.status}")
    user = remote.secret(answer.user) if answer.user else None
    return HttpProxy(
        http_proxy=_url(answer.http_proxy, user), https_proxy=_url(answer.https_proxy, user)
    )


def _given(remote: integration.RemoteData) -> object:
    """Return the answer to our request, None while there is none."""
    text = remote.app.get("responses")
    if not text:
        return None
    try:
        answers = json.loads(text)
    except (ValueError, RecursionError):
        raise errors.RelationDataError("responses is not JSON") from None
    if not isinstance(answers, list):
        raise errors.RelationDataError("responses is not a list")
    ours = requirer(remote.site)
    found = cast("list[object]", answers)
    return next((one for one in found if documents.mapping(one).get("requirer") == ours), None)


def _url(text: str | None, user: Mapping[str, str] | None) -> str:
    if not text:
        raise errors.RelationDataError("the answer lacks the URL of a proxy")
    url = urls.parse(text)
    if user is None:
        return url.text
    username, password = user.get("username"), user.get("password")
    if not username or not password:
        raise errors.RelationDataError("its secret lacks the username or the password")
    hosts = url.netloc.rpartition("@")[2]
    return urls.build(
        url.scheme, hosts=hosts, username=username, password=password, path=url.path
    ).text


INTEGRATION = integration.Integration(
    interface="http_proxy",
    category="network",
    endpoint="http-proxy",
    data=HttpProxy,
    request=_request,
    read=_read,
    properties=integration.no_properties,
    proxy=lambda data: {"http_proxy": data.http_proxy, "https_proxy": data.https_proxy},
    example=HttpProxy(
        http_proxy="http://app:pass%2Fword@squid.example:3128",
        https_proxy="http://app:pass%2Fword@squid.example:3128",
    ),
)
