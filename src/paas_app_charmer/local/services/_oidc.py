"""An OpenID provider with one client: the authorization code flow, as far as applications use it.

What real providers are strict about is refused here too: another redirect URI, a scope that was
not registered, a wrong secret, a code that is used twice.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import http
import json
import time
import typing
import urllib.parse

from . import _oidc_accounts, _oidc_grants, _oidc_key, _oidc_login, _web

if typing.TYPE_CHECKING:
    from collections.abc import Callable, Mapping

SCOPES = ("openid", "profile", "email")

AUTHORIZE = "/oauth2/auth"
TOKEN = "/oauth2/token"  # noqa: S105  a path
INTROSPECT = "/oauth2/introspect"
USERINFO = "/userinfo"
JWKS = "/.well-known/jwks.json"
DISCOVERY = "/.well-known/openid-configuration"


class Provider:
    """Answers requests; `client` is set by whoever registers the application."""

    client: _oidc_grants.Client | None = None

    def __init__(
        self,
        issuer: str,
        key: _oidc_key.Key,
        accounts: _oidc_accounts.Accounts,
        log: Callable[[str], None],
    ) -> None:
        self._issuer = issuer
        self._key = key
        self._log = log
        self._grants = _oidc_grants.Grants()
        self._login = _oidc_login.Login(self._grants, accounts, log)

    def respond(self, asked: _web.Asked) -> _web.Answer:
        """Answer one request."""
        answers: dict[tuple[str, str], Callable[[_web.Asked], _web.Answer]] = {
            ("GET", DISCOVERY): lambda _: _json(self._discovery()),
            ("GET", JWKS): lambda _: _json(self._key.public()),
            ("GET", AUTHORIZE): lambda asked: self._login.respond(asked, self.client),
            ("POST", AUTHORIZE): lambda asked: self._login.respond(asked, self.client),
            ("POST", TOKEN): self._token,
            ("POST", INTROSPECT): self._introspect,
            ("GET", USERINFO): self._userinfo,
            ("POST", USERINFO): self._userinfo,
        }
        answer = answers.get((asked.method, asked.path))
        if answer is None:
            return _web.Answer(status=http.HTTPStatus.NOT_FOUND)
        try:
            return answer(asked)
        except _oidc_grants.RefusedError as refusal:
            self._log(f"{asked.path} refused: {refusal}")
            told = {"error": refusal.code, "error_description": str(refusal)}
            return _json(told, refusal.status)

    def _discovery(self) -> dict[str, object]:
        return {
            **endpoints(self._issuer),
            "response_types_supported": ["code"],
            "grant_types_supported": ["authorization_code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": [_oidc_key.ALGORITHM],
            "token_endpoint_auth_methods_supported": [_oidc_grants.BASIC, _oidc_grants.POST],
            "code_challenge_methods_supported": ["S256"],
            "scopes_supported": SCOPES,
        }

    def _token(self, asked: _web.Asked) -> _web.Answer:
        client = self._authenticated(asked)
        form = asked.form()
        if form.get("grant_type") != "authorization_code":
            told = "only authorization_code is supported"
            raise _oidc_grants.RefusedError("unsupported_grant_type", told)
        grant = self._grants.redeem(form.get("code", ""))
        if grant.redirect_uri != form.get("redirect_uri"):
            told = "the redirect URI is another than at the login"
            raise _oidc_grants.RefusedError("invalid_grant", told)
        if grant.challenge and grant.challenge != _challenge(form.get("code_verifier", "")):
            raise _oidc_grants.RefusedError("invalid_grant", "the code verifier does not fit")
        return _json(
            {
                "access_token": self._grants.token(grant),
                "token_type": "bearer",
                "expires_in": _oidc_grants.TOKEN_LIFE,
                "scope": grant.scope,
                "id_token": self._key.signed(self._claims(grant, client)),
            }
        )

    def _claims(self, grant: _oidc_grants.Grant, client: _oidc_grants.Client) -> dict[str, object]:
        now = int(time.time())
        return {
            **grant.told(),
            "iss": self._issuer,
            "aud": client.id,
            "iat": now,
            "exp": now + _oidc_grants.TOKEN_LIFE,
            **({"nonce": grant.nonce} if grant.nonce else {}),
        }

    def _introspect(self, asked: _web.Asked) -> _web.Answer:
        client = self._authenticated(asked)
        grant = self._grants.of_token(asked.form().get("token", ""))
        if grant is None:
            return _json({"active": False})
        return _json(
            {
                "active": True,
                "client_id": client.id,
                "exp": int(grant.until),
                "iss": self._issuer,
                "scope": grant.scope,
                "sub": grant.claims["sub"],
            }
        )

    def _userinfo(self, asked: _web.Asked) -> _web.Answer:
        kind, _, token = asked.headers.get("authorization", "").partition(" ")
        grant = self._grants.of_token(token) if kind.lower() == "bearer" else None
        if grant is None:
            raise _oidc_grants.RefusedError(
                "invalid_token", "no valid token", http.HTTPStatus.UNAUTHORIZED
            )
        return _json(grant.told())

    def _authenticated(self, asked: _web.Asked) -> _oidc_grants.Client:
        """Return the client that asks, if it proves that it is."""
        form = asked.form()
        basic = _basic(asked.headers.get("authorization", ""))
        name, secret = basic or (form.get("client_id", ""), form.get("client_secret", ""))
        if self.client is None:
            raise _oidc_grants.RefusedError("invalid_client", "no client is registered")
        way = _oidc_grants.BASIC if basic else _oidc_grants.POST
        self.client.check(name, secret, way)
        return self.client


def endpoints(issuer: str) -> dict[str, str]:
    """Return the addresses under the names that discovery gives them."""
    return {
        "issuer": issuer,
        "authorization_endpoint": issuer + AUTHORIZE,
        "token_endpoint": issuer + TOKEN,
        "introspection_endpoint": issuer + INTROSPECT,
        "userinfo_endpoint": issuer + USERINFO,
        "jwks_uri": issuer + JWKS,
    }


def _json(value: Mapping[str, object], status: int = http.HTTPStatus.OK) -> _web.Answer:
    refused = status == http.HTTPStatus.UNAUTHORIZED
    return _web.Answer(
        status=status,
        type="application/json",
        body=json.dumps(value).encode(),
        headers={
            "Cache-Control": "no-store",
            **({"WWW-Authenticate": "Bearer, Basic"} if refused else {}),
        },
    )


def _basic(header: str) -> tuple[str, str] | None:
    kind, _, text = header.partition(" ")
    if kind.lower() != "basic":
        return None
    try:
        user, _, password = base64.b64decode(text).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    # RFC 6749, 2.3.1: both are encoded as in a form first.
    return urllib.parse.unquote_plus(user), urllib.parse.unquote_plus(password)


def _challenge(verifier: str) -> str:
    return _oidc_key.encoded(hashlib.sha256(verifier.encode()).digest())
