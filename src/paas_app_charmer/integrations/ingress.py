"""An ingress that gives the whole application one URL. All values are JSON."""

from __future__ import annotations

import json
import urllib.parse
from typing import Any, cast

import pydantic

from .. import errors, integration, urls


class Ingress(integration.Data):
    """The URL that the ingress gave, as it stands, often with a slash at its end."""

    url: str = pydantic.Field(pattern=r"^https?://[^/\s]+(/\S*)?$")

    @pydantic.field_validator("url")
    @classmethod
    def _is_understood_by_others(cls, url: str) -> str:
        # Python's own parser refuses some host names, and frameworks use it on this URL.
        urllib.parse.urlsplit(url)
        return url


def _request(site: integration.Site) -> integration.Databag:
    app: dict[str, object] = {
        "model": site.model,
        "name": site.app,
        "port": site.port,
        "strip-prefix": True,
    }
    unit: dict[str, object] = {"host": site.fqdn(site.unit)}
    if site.address:
        unit["ip"] = site.address
    return integration.Databag(
        app={key: json.dumps(value) for key, value in app.items()},
        unit={key: json.dumps(value) for key, value in unit.items()},
    )


def _read(remote: integration.RemoteData) -> Ingress | None:
    text = remote.app.get("ingress")
    if not text:
        return None
    try:
        given = json.loads(text)
    except (ValueError, RecursionError):
        raise errors.RelationDataError("ingress is not JSON") from None
    if not isinstance(given, dict):
        raise errors.RelationDataError("ingress is not a mapping")
    # Traefik publishes null while it has no address of its own.
    content = cast("dict[str, Any]", given)
    if content.get("url") is None:
        return None
    data = Ingress.model_validate(content)
    urls.parse(data.url)
    return data


INTEGRATION = integration.Integration(
    interface="ingress",
    category="network",
    endpoint="ingress",
    data=Ingress,
    request=_request,
    read=_read,
    properties=integration.no_properties,
    essential=False,
    base_url=lambda data: data.url,
    example=Ingress(url="http://203.0.113.7/model-app/"),
)
