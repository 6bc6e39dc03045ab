"""What an OpenID provider remembers: its client, and what people have allowed it."""

from __future__ import annotations

import dataclasses
import hmac
import http
import secrets
import time

from . import _oidc_accounts

CODE_LIFE = 60
TOKEN_LIFE = 3600
"""Both in seconds."""
BASIC = "client_secret_basic"
POST = "client_secret_post"


class RefusedError(Exception):
    """A request of the application's is refused; the text says why."""

    def __init__(
        self, code: str, reason: str, status: http.HTTPStatus = http.HTTPStatus.BAD_REQUEST
    ) -> None:
        super().__init__(reason)
        self.code = code
        self.status = status


@dataclasses.dataclass(frozen=True, kw_only=True)
class Client:
    """The application, as it is registered."""

    id: str
    secret: str = dataclasses.field(repr=False)
    redirect_uris: tuple[str, ...]
    scopes: frozenset[str]
    authentication: str = BASIC

    def check(self, name: str, secret: str, way: str) -> None:
        """Refuse who is somebody else, or proves it in another way than was registered."""
        unauthorized = http.HTTPStatus.UNAUTHORIZED
        if name != self.id or not hmac.compare_digest(secret.encode(), self.secret.encode()):
            raise RefusedError("invalid_client", "wrong client or secret", unauthorized)
        if way != self.authentication:
            told = f"the client is registered for {self.authentication} and came by {way}"
            raise RefusedError("invalid_client", told, unauthorized)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Grant:
    """What a person has allowed, and until when it can be used."""

    claims: dict[str, object]
    scope: str
    redirect_uri: str
    nonce: str = ""
    challenge: str = ""
    until: float = 0

    def told(self) -> dict[str, object]:
        """Return the claims that the application may know."""
        return _oidc_accounts.told(self.claims, frozenset(self.scope.split()))


class Grants:
    """The codes and tokens of one run."""

    def __init__(self) -> None:
        self._codes: dict[str, Grant] = {}
        self._tokens: dict[str, Grant] = {}

    def code(self, grant: Grant) -> str:
        """Return a code by which the application fetches a token."""
        code = secrets.token_urlsafe()
        self._codes[code] = dataclasses.replace(grant, until=time.time() + CODE_LIFE)
        return code

    def redeem(self, code: str) -> Grant:
        """Take a code, which is good for once."""
        grant = self._codes.pop(code, None)
        if grant is None or grant.until < time.time():
            raise RefusedError("invalid_grant", "the code is unknown, used or too old")
        return grant

    def token(self, grant: Grant) -> str:
        """Return an access token."""
        token = secrets.token_urlsafe()
        self._tokens[token] = dataclasses.replace(grant, until=time.time() + TOKEN_LIFE)
        return token

    def of_token(self, token: str) -> Grant | None:
        """Return what an access token is good for."""
        grant = self._tokens.get(token)
        return grant if grant is not None and grant.until > time.time() else None
