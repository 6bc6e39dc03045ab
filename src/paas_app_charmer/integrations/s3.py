"""S3: a bucket in an object store, asked for by the library that owns the protocol."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any

import pydantic

from .. import env, integration
from . import _attached

# No variable can hold a NUL; a line break at the end of a key is the provider's business.
_Text = Annotated[str, pydantic.Field(pattern=r"^[^\x00]+$")]


class S3(integration.Data):
    """A bucket and how to reach it."""

    access_key: _Text = pydantic.Field(repr=False)
    secret_key: _Text = pydantic.Field(repr=False)
    bucket: _Text
    region: _Text | None = None
    storage_class: _Text | None = None
    endpoint: _Text | None = None
    path: _Text | None = None
    s3_api_version: _Text | None = None
    s3_uri_style: _Text | None = None
    attributes: tuple[_Text, ...] = ()
    tls_ca_chain: tuple[_Text, ...] = ()


_LISTS = ("attributes", "tls_ca_chain")


def parse(given: Mapping[str, str]) -> S3 | None:
    """Return what a provider gives by the keys of its databag, None before it has credentials."""
    if not (given.get("access-key") and given.get("secret-key")):
        return None
    decoded = {name: _decoded(name, given.get(name.replace("_", "-"))) for name in S3.model_fields}
    values = {name: value for name, value in decoded.items() if value not in (None, "")}
    return S3.model_validate(values)


def _decoded(name: str, value: str | None) -> object:
    """Return the content of a JSON list or text, and everything else as the text that it is.

    An access key of digits alone is JSON too, but no number.
    """
    try:
        decoded: object = json.loads(value or "null")
    except (ValueError, RecursionError):
        return value
    return decoded if decoded is None or isinstance(decoded, str) or name in _LISTS else value


def _properties(data: S3) -> env.Properties:
    given = data.model_dump(mode="json", exclude_defaults=True)
    properties = {name.removeprefix("s3_"): env.text(value) for name, value in given.items()}
    if data.s3_uri_style:
        virtual = data.s3_uri_style == "host"
        properties["addressing_style"] = "virtual" if virtual else data.s3_uri_style
    return properties


class _Requirer:
    """The library's requirer, which asks providers of both generations."""

    def __init__(self, charm: Any, endpoint: str) -> None:
        import object_storage  # noqa: PLC0415 - only where it is related

        self._charm = charm
        self._endpoint = endpoint
        self._library: Any = object_storage.S3Requirer(charm, endpoint, bucket=charm.app.name)
        # It would keep a copy of credentials in plain text in the databag of every unit.
        self._library.data_component = None

    def publish(self, site: integration.Site) -> None:
        # The library asks in two hooks of its own, and not at all if no unit leads by then.
        if not self._charm.unit.is_leader():
            return
        wanted = {"version": "1", "bucket": site.app}
        if self._library.remote_secret_fields:
            wanted["requested-secrets"] = json.dumps(self._library.remote_secret_fields)
        for relation in _attached.relations(self._charm, self._endpoint):
            told = relation.data[self._charm.app]
            if any(told.get(key) != value for key, value in wanted.items()):
                self._library.update_relation_data(relation.id, wanted)

    def read(self, site: integration.Site) -> S3 | None:
        del site
        relations = _attached.relations(self._charm, self._endpoint)
        return next(filter(None, (parse(self._given(relation)) for relation in relations)), None)

    def _given(self, relation: Any) -> Mapping[str, str]:
        given = dict(relation.data[relation.app])
        secret_id = given.get("secret-extra")
        if not secret_id:
            return given
        # The library finds a secret by its label, and so stays with one that has been replaced.
        return {**given, **_attached.secret(self._charm, secret_id)}


INTEGRATION = integration.Integration(
    interface="s3",
    category="storage",
    endpoint="s3",
    data=S3,
    connect=_Requirer,
    properties=_properties,
    secrets=("access_key", "secret_key"),
    ecosystem={
        "AWS_ACCESS_KEY_ID": env.Alias(of="access_key"),
        "AWS_SECRET_ACCESS_KEY": env.Alias(of="secret_key"),
        # The SDK for Python reads the second only, most others the first.
        "AWS_REGION": env.Alias(of="region"),
        "AWS_DEFAULT_REGION": env.Alias(of="region"),
        # Without the suffix it would be where clients of every other service go, too.
        "AWS_ENDPOINT_URL_S3": env.Alias(of="endpoint"),
    },
    migrates=True,
    example=S3(
        access_key="access-key",
        secret_key="secret/key",  # noqa: S106 - an example
        bucket="app",
        region="eu-1",
        storage_class="STANDARD",
        endpoint="https://s3.example:9000",
        path="uploads",
        s3_api_version="s3v4",
        s3_uri_style="host",
        attributes=("header:x=y", "public"),
        tls_ca_chain=("-----BEGIN CERTIFICATE-----\n",),
    ),
)
