"""OpenFGA: a store of who may do what.

The leader asks for a store by name; the provider answers with its addresses, the store and a
token.
"""

from __future__ import annotations

from typing import Any

import pydantic

from .. import env, integration
from . import _attached

_PRINTABLE = r"^[!-~]+$"


class OpenFga(integration.Data):
    """A server and the application's store on it."""

    store_id: str | None = pydantic.Field(None, pattern=_PRINTABLE)
    token: str | None = pydantic.Field(None, repr=False, pattern=_PRINTABLE)
    grpc_api_url: str = pydantic.Field(pattern=_PRINTABLE)
    http_api_url: str = pydantic.Field(pattern=_PRINTABLE)


class _Requirer:
    """The library's requirer, which asks for the store as soon as there is a leader."""

    def __init__(self, charm: Any, endpoint: str) -> None:
        from charmlibs.interfaces import openfga  # noqa: PLC0415 - only charms that are related

        self._charm = charm
        self._endpoint = endpoint
        # Without a name it asks for nothing: it would in one hook only, and a leader that is
        # elected later never would.
        self._library = openfga.OpenFGARequires(charm, "", endpoint)

    def publish(self, site: integration.Site) -> None:
        if not self._charm.unit.is_leader():
            return
        for relation in _attached.relations(self._charm, self._endpoint):
            told = relation.data[self._charm.app]
            # Another name would be another store, an empty one.
            if not told.get("store_name"):
                told["store_name"] = store_name(site)

    def read(self, site: integration.Site) -> OpenFga | None:  # noqa: ARG002 - of the protocol
        relations = _attached.relations(self._charm, self._endpoint)
        if not relations:
            return None
        secret_id = relations[0].data[relations[0].app].get("token_secret_id")
        # The library stays with the revision that it saw first, and raises if there is none.
        token = _attached.secret(self._charm, secret_id).get("token") if secret_id else None
        info = self._library.get_store_info()
        if info is None:
            return None
        token = token if secret_id else info.token
        return OpenFga.model_validate({**info.model_dump(), "token": token})


def store_name(site: integration.Site) -> str:
    """Return the name to ask for."""
    return "app-store" if site.first_generation else site.app


INTEGRATION = integration.Integration(
    interface="openfga",
    category="identity",
    endpoint="openfga",
    data=OpenFga,
    connect=_Requirer,
    single=True,
    namespace="FGA",
    secrets=("token",),
    ecosystem={
        "FGA_API_URL": env.Alias(of="http_api_url"),
        "FGA_API_TOKEN": env.Alias(of="token"),
        "FGA_STORE_ID": env.Alias(of="store_id"),
    },
    example=OpenFga(
        store_id="01GP1254CHWJC1MNGVB0WDG1T0",
        token="store-token",  # noqa: S106 - an example
        grpc_api_url="http://openfga.example:8081",
        http_api_url="http://openfga.example:8080",
    ),
)
