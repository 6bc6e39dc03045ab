"""What a service makes up once and keeps from run to run: passwords, keys, names of accounts."""

from __future__ import annotations

import os
import secrets
import typing

if typing.TYPE_CHECKING:
    import pathlib
    from collections.abc import Callable


def password() -> str:
    """Make one up that needs no quotes in URLs and shells."""
    return secrets.token_urlsafe(18)


def text(path: pathlib.Path, make: Callable[[], str] = password) -> str:
    """Return what the file holds; if there is none, make it, readable for this user alone."""
    if path.exists():
        return path.read_text(encoding="utf-8")
    made = make()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(made)
    return made
