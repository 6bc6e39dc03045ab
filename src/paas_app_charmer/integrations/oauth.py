"""OAuth and OpenID Connect: a provider that the application's users log in at.

The leader registers the application as a client, with the URL that a browser comes back to; the
provider answers with its addresses, the client's name and a secret.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any

import pydantic

from .. import addresses, env, errors, integration
from . import _attached

_Url = Annotated[str, pydantic.Field(pattern=r"^https?://[!-~]+$")]

_OPTIONS = {
    "redirect-path": integration.Option(
        default="/callback",
        description="Path of the application that the browser comes back to after a login "
        "through {endpoint}.",
    ),
    "scopes": integration.Option(
        default="openid profile email",
        description="What the application asks {endpoint} about a user: OAuth scopes, separated "
        "by spaces, openid among them.",
    ),
}


class OAuth(integration.Data):
    """A provider that knows the application as a client."""

    issuer_url: _Url
    authorization_endpoint: _Url
    token_endpoint: _Url
    introspection_endpoint: _Url
    userinfo_endpoint: _Url
    jwks_endpoint: _Url
    client_id: str = pydantic.Field(min_length=1)
    client_secret: str = pydantic.Field(min_length=1, repr=False)
    scopes: str
    """What the application asks for, not what the provider has."""


def parse(given: Mapping[str, str], content: Mapping[str, str], site: integration.Site) -> OAuth:
    """Return what a provider that has created the client published, and in its secret.

    Raises:
        NeedError: there is no URL that a browser could come back to.
        pydantic.ValidationError: it cannot be used.
    """
    if not site.public_url:
        raise errors.NeedError("Ingress relation is required for OIDC to work correctly!")
    secret, scopes = content.get("secret"), scopes_of(site)
    return OAuth.model_validate({**given, "client_secret": secret, "scopes": scopes})


def redirect_uri(site: integration.Site) -> str:
    """Return where the browser comes back to after a login."""
    url = site.public_url or addresses.inside(site.app, site.model, site.port)
    return f"{url.rstrip('/')}/{_option(site, 'redirect-path').lstrip('/')}"


def scopes_of(site: integration.Site) -> str:
    """Return what the application asks for.

    Raises:
        NeedError: that is no login.
    """
    scopes = _option(site, "scopes")
    if "openid" not in scopes.split():
        raise errors.NeedError(
            "The 'openid' scope is required for OAuth integration, please add it to the scopes."
        )
    return scopes


class _Requirer:
    """The library's requirer, told about the client once all is known that it consists of."""

    def __init__(self, charm: Any, endpoint: str) -> None:
        from charmlibs.interfaces import oauth  # noqa: PLC0415 - only charms that are related

        self._charm = charm
        self._endpoint = endpoint
        self._words = oauth
        self._library = oauth.OAuthRequirer(charm, relation_name=endpoint)

    def publish(self, site: integration.Site) -> None:
        if not self._charm.unit.is_leader():
            return
        client = self._client(site)
        for relation in _attached.relations(self._charm, self._endpoint):
            told = relation.data[self._charm.app]
            registered = (told.get("redirect_uri"), told.get("scope"))
            # The library would write all of it again in every hook.
            if registered != (client.redirect_uri, client.scope):
                self._check(client)
                self._library.update_client_config(client, relation.id)

    def read(self, site: integration.Site) -> OAuth | None:
        client = self._client(site)
        for relation in _attached.relations(self._charm, self._endpoint):
            if self._library.is_client_created(relation.id):
                # The library decodes what looks like JSON, and so refuses a client whose name
                # is a number.
                given = dict(relation.data[relation.app])
                content = _attached.secret(self._charm, given["client_secret_id"])
                return parse(given, content, site)
        self._check(client)
        return None

    def _client(self, site: integration.Site) -> Any:
        return self._words.ClientConfig(
            redirect_uri=redirect_uri(site),
            scope=scopes_of(site),
            grant_types=["authorization_code"],
        )

    def _check(self, client: Any) -> None:
        try:
            client.validate()
        except self._words.ClientConfigError as error:
            raise errors.NeedError(f"cannot register at {self._endpoint}: {error}") from None


def _option(site: integration.Site, name: str) -> str:
    return site.options.get(name, _OPTIONS[name].default)


def _properties(data: OAuth) -> env.Properties:
    return {
        "client_id": data.client_id,
        "client_secret": data.client_secret,
        "api_base_url": data.issuer_url,
        "authorize_url": data.authorization_endpoint,
        "access_token_url": data.token_endpoint,
        "user_url": data.userinfo_endpoint,
        "jwks_url": data.jwks_endpoint,
        "client_kwargs": json.dumps({"scope": data.scopes}),
    }


INTEGRATION = integration.Integration(
    interface="oauth",
    category="identity",
    endpoint="oidc",
    data=OAuth,
    connect=_Requirer,
    options=_OPTIONS,
    prefixed=True,
    properties=_properties,
    secrets=("client_secret",),
    example=OAuth(
        issuer_url="https://login.example",
        authorization_endpoint="https://login.example/oauth2/auth",
        token_endpoint="https://login.example/oauth2/token",  # noqa: S106 - an example
        introspection_endpoint="https://login.example/admin/oauth2/introspect",
        userinfo_endpoint="https://login.example/userinfo",
        jwks_endpoint="https://login.example/.well-known/jwks.json",
        client_id="app-client",
        client_secret="client-secret",  # noqa: S106 - an example
        scopes="openid profile email",
    ),
)
