"""`oauth`: an OpenID provider of our own, with a page at which made-up people log in.

Who can log in stands in `.paas/services/<endpoint>/accounts.json`, to be changed at will.
"""

from __future__ import annotations

import functools
import importlib.util
import json
import typing
import urllib.parse
import urllib.request

import pydantic

from paas_app_charmer.local import errors, ports

from . import (
    Context,
    Offer,
    Request,
    _kept,
    _oidc,
    _oidc_accounts,
    _oidc_grants,
    _oidc_key,
    _web,
)

if typing.TYPE_CHECKING:
    from collections.abc import Mapping

REMOTE = "hydra"

_FIRST_WORDS = 5.0
"""Seconds within which a provider elsewhere has to say where its endpoints are."""


class OAuth:
    """The provider; the application is its one client, under the same name in every run."""

    def __init__(self, web: _web.Web, provider: _oidc.Provider, context: Context) -> None:
        self._web = web
        self._provider = provider
        self._accounts = context.folder / "accounts.json"
        self._id = _kept.text(context.folder / "client-id")
        self._secret = _kept.text(context.folder / "client-secret")
        self.alive = web.alive
        self.stop = web.stop

    @property
    def description(self) -> str:
        """What runs where."""
        return f"OpenID provider on {self._web.url}, accounts in {self._accounts}"

    def offer(self, request: Request) -> Offer:
        """Tell where everything is; register the client that is asked for, and tell its secret."""
        self._provider.client = client_for(request, name=self._id, secret=self._secret)
        client = (self._id, self._secret) if self._provider.client else None
        return publish(_oidc.endpoints(self._web.url), client)

    def withdraw(self, relation_id: int) -> None:  # noqa: ARG002  there is one relation at a time
        """Forget the client."""
        self._provider.client = None


def client_for(request: Request, *, name: str, secret: str) -> _oidc_grants.Client | None:
    """Return the client that a request describes; None while it is incomplete."""
    uris = _listed(request.app.get("redirect_uri", ""))
    scope = request.app.get("scope")
    if not uris or not scope:
        return None
    return _oidc_grants.Client(
        id=name,
        secret=secret,
        redirect_uris=uris,
        scopes=frozenset(scope.split()),
        authentication=request.app.get("token_endpoint_auth_method") or _oidc_grants.BASIC,
    )


def publish(found: Mapping[str, str], client: tuple[str, str] | None) -> Offer:
    """Return what a provider's charm publishes, from what its discovery says."""
    app = {
        "issuer_url": found["issuer"],
        "authorization_endpoint": found["authorization_endpoint"],
        "token_endpoint": found["token_endpoint"],
        "introspection_endpoint": found["introspection_endpoint"],
        "userinfo_endpoint": found["userinfo_endpoint"],
        "jwks_endpoint": found["jwks_uri"],
        "scope": " ".join(_oidc.SCOPES),
        "jwt_access_token": "False",
    }
    if client is None:
        return Offer(app=app)
    name, secret = client
    return Offer(app={**app, "client_id": name}, secrets={"client_secret_id": {"secret": secret}})


class _Discovered(pydantic.BaseModel):
    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    introspection_endpoint: str = ""
    userinfo_endpoint: str
    jwks_uri: str


def elsewhere(url: urllib.parse.SplitResult, request: Request) -> Offer:  # noqa: ARG001
    """Return what leads to the provider at `http[s]://CLIENT:SECRET@HOST[:PORT][/PATH]`.

    The application is registered there by hand, with its redirect URI. Raises LocalError.
    """
    issuer = f"{url.scheme}://{url.netloc.rpartition('@')[2]}{url.path}".rstrip("/")
    name, secret = (urllib.parse.unquote(part or "") for part in (url.username, url.password))
    return publish(_discovered(issuer), (name, secret) if name and secret else None)


@functools.lru_cache
def _discovered(issuer: str) -> dict[str, str]:
    try:
        with urllib.request.urlopen(issuer + _oidc.DISCOVERY, timeout=_FIRST_WORDS) as answer:  # noqa: S310
            found = _Discovered.model_validate_json(answer.read())
    except (OSError, ValueError) as error:
        raise errors.LocalError(
            f"{issuer}{_oidc.DISCOVERY} does not tell where the provider is: {error}"
        ) from None
    introspection = found.introspection_endpoint or f"{issuer}/introspect"
    return {**found.model_dump(), "introspection_endpoint": introspection}


def start(context: Context) -> OAuth:
    """Start it; at once, the first time about 0.2 s."""
    if importlib.util.find_spec("cryptography") is None:
        raise errors.LocalError(
            "cryptography is needed: `pip install cryptography` beside paas-app-charmer. "
            "Or name a provider that runs already with --url."
        )
    context.folder.mkdir(parents=True, exist_ok=True)
    port = ports.remembered(context.folder / "port")
    provider = _oidc.Provider(
        f"http://{ports.LOOPBACK}:{port}",
        _oidc_key.Key(context.folder / "key.pem"),
        _oidc_accounts.Accounts(context.folder / "accounts.json"),
        context.log,
    )
    return OAuth(_web.Web(port, provider.respond), provider, context)


def _listed(text: str) -> tuple[str, ...]:
    """Return one URI, or those in a JSON list, as newer libraries write several."""
    try:
        value: object = json.loads(text)
    except ValueError:
        return (text,) if text else ()
    if not isinstance(value, list):
        return ()
    found = typing.cast("list[object]", value)
    return tuple(uri for uri in found if isinstance(uri, str))
