"""Charms that know users: a login, by either of its libraries, and a store of permissions."""

from __future__ import annotations

from typing import Any, ClassVar

import ops
from charmlibs.interfaces import oauth as installed_oauth
from charmlibs.interfaces import openfga
from charms.hydra.v0 import oauth as fetched_oauth

LOGIN = "oauth"
STORE = "openfga"
OAUTH = {"installed": installed_oauth, "fetched": fetched_oauth}


class Login(ops.CharmBase):
    """Makes a client of every application that registers."""

    library: ClassVar[Any]
    heard: ClassVar[list[Any]]
    """What the library made of what the other side wrote, in the order of its events."""

    def __init__(self, framework: ops.Framework) -> None:
        super().__init__(framework)
        self.oauth = self.library.OAuthProvider(self, LOGIN)
        framework.observe(self.on[LOGIN].relation_created, self._on_relation_created)
        framework.observe(self.oauth.on.client_created, self._on_client_created)
        framework.observe(self.oauth.on.client_changed, self._on_client_changed)

    def rotate(self, number: int, secret: str) -> None:
        """Give the client of a relation another secret."""
        self._secret(number).set_content({"secret": secret})

    def revoke(self, number: int) -> None:
        """Take the right to read the client's secret away."""
        self._secret(number).revoke(self._relation(number))

    def grant(self, number: int) -> None:
        """Give the right to read the client's secret."""
        self._secret(number).grant(self._relation(number))

    def forget(self, number: int, *keys: str) -> None:
        """Take back some of what was published."""
        for key in keys:
            del self._relation(number).data[self.app][key]

    def _relation(self, number: int) -> ops.Relation:
        relation = self.model.get_relation(LOGIN, number)
        assert relation is not None
        return relation

    def _secret(self, number: int) -> ops.Secret:
        return self.model.get_secret(label=f"client_secret_{number}")

    def _on_relation_created(self, _: ops.EventBase) -> None:
        self.oauth.set_provider_info_in_relation_data(
            issuer_url="https://login.example",
            authorization_endpoint="https://login.example/oauth2/auth",
            token_endpoint="https://login.example/oauth2/token",
            introspection_endpoint="https://login.example/admin/oauth2/introspect",
            userinfo_endpoint="https://login.example/userinfo",
            jwks_endpoint="https://login.example/.well-known/jwks.json",
            scope="openid profile email phone",
            jwt_access_token=True,
        )

    def _on_client_created(self, event: Any) -> None:
        self.heard.append(event.to_client_config())
        name = f"client-{event.relation_id}"
        self.oauth.set_client_credentials_in_relation_data(event.relation_id, name, "first")

    def _on_client_changed(self, event: Any) -> None:
        self.heard.append(event.to_client_config())


def login(library: str) -> type[Login]:
    """Return a charm of its own that speaks by one of the libraries."""
    return type("Login", (Login,), {"library": OAUTH[library], "heard": []})


class Store(ops.CharmBase):
    """Makes a store for every application that asks."""

    def __init__(self, framework: ops.Framework) -> None:
        super().__init__(framework)
        self.openfga = openfga.OpenFGAProvider(self, STORE)
        framework.observe(self.openfga.on.openfga_store_requested, self._on_store_requested)

    def move(self, host: str) -> None:
        """Offer the same stores at another address."""
        data = openfga.OpenfgaProviderBaseData(
            grpc_api_url=f"http://{host}:8081", http_api_url=f"http://{host}:8080"
        )
        self.openfga.update_relations_app_data(data)

    def rotate(self, token: str) -> None:
        """Change the token of all."""
        self.model.get_secret(label="token").set_content({"token": token})

    def forget(self, number: int, *keys: str) -> None:
        """Take back some of what was published."""
        relation = self.model.get_relation(STORE, number)
        assert relation is not None
        for key in keys:
            del relation.data[self.app][key]

    def _on_store_requested(self, event: openfga.OpenFGAStoreRequestEvent) -> None:
        if not self.unit.is_leader():
            return
        try:
            secret = self.model.get_secret(label="token")
        except ops.SecretNotFoundError:
            secret = self.app.add_secret({"token": "first"}, label="token")
        data = openfga.OpenfgaProviderAppData(
            grpc_api_url="http://openfga:8081",
            http_api_url="http://openfga:8080",
            store_id=f"store-of-{event.store_name}",
            token_secret_id=secret.get_info().id,
        )
        self.openfga.update_relation_app_data(data, event.relation.id)
