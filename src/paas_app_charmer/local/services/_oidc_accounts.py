"""The people who can log in at an OpenID provider: a file for the developer to change."""

from __future__ import annotations

import json
import typing
import uuid

import pydantic

from . import _kept

if typing.TYPE_CHECKING:
    import pathlib

_FIRST = {
    "ada": {"password": "ada", "name": "Ada Lovelace", "email": "ada@example.com"},
    "grace": {"password": "grace", "name": "Grace Hopper", "email": "grace@example.com"},
}
_OF_SCOPE = {
    "profile": ("name", "preferred_username"),
    "email": ("email", "email_verified"),
}
"""Claims that an application is told only if it asks for the scope."""


class Account(pydantic.BaseModel):
    """One person; what is not listed here is a claim that every application is told."""

    model_config = pydantic.ConfigDict(extra="allow")

    password: str = pydantic.Field(repr=False, exclude=True)
    name: str
    email: str


class AccountsError(Exception):
    """The file cannot be read; the text says why."""


class Accounts:
    """The file, read anew for each login."""

    def __init__(self, path: pathlib.Path) -> None:
        self.path = path
        _kept.text(path, lambda: json.dumps(_FIRST, indent=2) + "\n")

    def find(self, user: str, password: str) -> dict[str, object] | None:
        """Return the claims about a user, if that is the password.

        Raises:
            AccountsError: nobody can log in, for the file is broken.
        """
        account = self._all().get(user)
        if account is None or account.password != password:
            return None
        return {
            # As real providers do: not a name, and nothing to be shown to people.
            "sub": str(uuid.uuid5(uuid.NAMESPACE_URL, f"accounts/{user}")),
            "preferred_username": user,
            "email_verified": True,
            **account.model_dump(),
        }

    def names(self) -> list[str]:
        """Name the users, nobody if the file is broken."""
        try:
            return sorted(self._all())
        except AccountsError:
            return []

    def _all(self) -> dict[str, Account]:
        try:
            text = self.path.read_text(encoding="utf-8")
            return pydantic.TypeAdapter(dict[str, Account]).validate_json(text)
        except pydantic.ValidationError as error:
            # Its own text would quote the file, passwords and all.
            found = error.errors(include_input=False, include_url=False)
            reason = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in found)
        except (OSError, UnicodeDecodeError) as error:
            reason = str(error)
        raise AccountsError(f"{self.path} cannot be read: {reason}")


def told(claims: dict[str, object], scopes: frozenset[str]) -> dict[str, object]:
    """Return the claims that somebody with these scopes may know."""
    hidden = {
        claim for scope, names in _OF_SCOPE.items() if scope not in scopes for claim in names
    }
    return {name: value for name, value in claims.items() if name not in hidden}
