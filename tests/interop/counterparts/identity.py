"""Charms that know users: a login, by either of its libraries, and a store of permissions."""

from __future__ import annotations

import json
import types
from typing import Any, ClassVar

import ops
from charmlibs.interfaces import oauth as installed_oauth
from charmlibs.interfaces import openfga
from charms.hydra.v0 import oauth as fetched_oauth

from paas_app_charmer.integrations import oauth as oauth_integration

LOGIN = "oauth"
STORE = "openfga"
OAUTH = {"installed": installed_oauth, "fetched": fetched_oauth}
_CLIENT = {"client_id", "client_secret", "scopes"}
"""What a login does not publish of itself."""


class Login(ops.CharmBase):
    """Makes a client of every application that registers."""

    library: ClassVar[Any]
    _stored = ops.StoredState()

    def __init__(self, framework: ops.Framework) -> None:
        super().__init__(framework)
        self._stored.set_default(heard=json.dumps({"redirect_uri": "", "scope": ""}))
        self.oauth = self.library.OAuthProvider(self, LOGIN)
        framework.observe(self.on[LOGIN].relation_created, self._on_relation_created)
        framework.observe(self.oauth.on.client_created, self._on_client_created)
        framework.observe(self.oauth.on.client_changed, self._on_client_changed)

    @property
    def heard(self) -> types.SimpleNamespace:
        """What the library made of the client at its last event."""
        return types.SimpleNamespace(**json.loads(str(self._stored.heard)))

    def say(self, data: Any) -> None:
        """Publish where users log in and as which client; without data, take the client back."""
        for relation in self.model.relations[LOGIN]:
            if data is None:
                self.forget(relation.id, "client_id", "client_secret_id")
            else:
                self._present(data)
                self.oauth.set_client_credentials_in_relation_data(
                    relation.id, data.client_id, data.client_secret
                )

    def hears(self) -> list[str]:
        """Return where users come back to, and what is asked about them."""
        heard = [self.heard for _ in self.model.relations[LOGIN]]
        return [text for one in heard for text in (one.redirect_uri, one.scope) if text]

    def forget(self, number: int, *keys: str) -> None:
        """Take back some of what was published."""
        relation = self.model.get_relation(LOGIN, number)
        assert relation is not None
        for key in keys if self.unit.is_leader() else ():
            del relation.data[self.app][key]

    def _present(self, data: Any) -> None:
        self.oauth.set_provider_info_in_relation_data(
            **data.model_dump(exclude=_CLIENT),
            scope="openid profile email phone",
            jwt_access_token=True,
        )

    def _on_relation_created(self, _: ops.EventBase) -> None:
        self._present(oauth_integration.INTEGRATION.example)

    def _on_client_created(self, event: Any) -> None:
        self._on_client_changed(event)
        name = f"client-{event.relation_id}"
        self.oauth.set_client_credentials_in_relation_data(event.relation_id, name, "first")

    def _on_client_changed(self, event: Any) -> None:
        self._stored.heard = json.dumps(vars(event.to_client_config()))


def login(library: str) -> type[Login]:
    """Return the charm that speaks by one of the libraries."""
    return type("Login", (Login,), {"library": OAUTH[library]})


class Store(ops.CharmBase):
    """Makes a store for every application that asks."""

    def __init__(self, framework: ops.Framework) -> None:
        super().__init__(framework)
        self.openfga = openfga.OpenFGAProvider(self, STORE)
        framework.observe(self.openfga.on.openfga_store_requested, self._on_store_requested)

    def say(self, data: Any) -> None:
        """Publish this and nothing else."""
        if not self.unit.is_leader():
            return
        token = self._token(data.token) if data and data.token else None
        for relation in self.model.relations[STORE]:
            if data is None:
                self.forget(relation.id, *relation.data[self.app])
                continue
            told = openfga.OpenfgaProviderAppData(
                **data.model_dump(include={"grpc_api_url", "http_api_url", "store_id"}),
                token_secret_id=token,
            )
            self.openfga.update_relation_app_data(told, relation.id)

    def hears(self) -> list[str]:
        """Return the names of the stores that are asked for."""
        bags = [relation.data[relation.app] for relation in self.model.relations[STORE]]
        return [openfga.OpenfgaRequirerAppData.model_validate(bag).store_name for bag in bags]

    def move(self, host: str) -> None:
        """Offer the same stores at another address."""
        data = openfga.OpenfgaProviderBaseData(
            grpc_api_url=f"http://{host}:8081", http_api_url=f"http://{host}:8080"
        )
        self.openfga.update_relations_app_data(data)

    def forget(self, number: int, *keys: str) -> None:
        """Take back some of what was published."""
        relation = self.model.get_relation(STORE, number)
        assert relation is not None
        for key in keys:
            del relation.data[self.app][key]

    def _on_store_requested(self, event: openfga.OpenFGAStoreRequestEvent) -> None:
        if not self.unit.is_leader():
            return
        data = openfga.OpenfgaProviderAppData(
            grpc_api_url="http://openfga:8081",
            http_api_url="http://openfga:8080",
            store_id=f"store-of-{event.store_name}",
            token_secret_id=self._token("first"),
        )
        self.openfga.update_relation_app_data(data, event.relation.id)

    def _token(self, token: str) -> str | None:
        """Put the token into the secret of all, and return the secret's id."""
        try:
            secret = self.model.get_secret(label="token")
            secret.set_content({"token": token})
        except ops.SecretNotFoundError:
            secret = self.app.add_secret({"token": token}, label="token")
        return secret.get_info().id
