"""What all fetched libraries have in common: they may be missing, or of another version."""

from __future__ import annotations

import dataclasses
import functools
import importlib
from collections.abc import Callable
from typing import Any, Protocol

import pydantic

from .. import errors, integration


class Client(Protocol):
    """A library's object on one endpoint."""

    def publish(self, site: integration.Site, /) -> None:
        """Let the library tell the other sides what they need to know."""
        ...

    def read(self) -> integration.RemoteData:
        """Return what the library read, under the keys of the databags that it comes from."""
        ...


Attach = Callable[[Any, Any, str], Client]
"""Makes the client from the library's module, the charm and the endpoint."""


def spoken(module: str, library: str, attach: Attach) -> integration.Integration[Any]:
    """Return the integration of the interface that a module is named after, with a library in it.

    All but the conversation itself stays built-in: what was read goes through the same checks
    into the same model, so that names, variables and statuses are the same.
    """
    one = builtin(module)
    return dataclasses.replace(one, connect=functools.partial(_connect, one, library, attach))


def builtin(module: str) -> integration.Integration[Any]:
    """Return the built-in integration of the interface that a module is named after."""
    found = integration.find(module.rpartition(".")[2])
    if found is None:
        raise LookupError(module)
    return found


def _connect(
    one: integration.Integration[Any], library: str, attach: Attach, charm: Any, endpoint: str
) -> integration.Requirer[Any]:
    try:
        module = importlib.import_module(library)
        return _Spoken(one, attach(module, charm, endpoint))
    except ModuleNotFoundError as error:
        wanted = _missing(library, error.name or "")
    except (AttributeError, ImportError, TypeError):
        wanted = f"another {library}: fetch it and pack again"
    raise errors.NeedError(f"{endpoint} needs {wanted}")


def _missing(library: str, name: str) -> str:
    if name != library and not library.startswith(f"{name}."):
        return f"the Python module {name}, for {library}"
    return f"{library}: add it to charm-libs, fetch it and pack again"


class _Spoken:
    def __init__(self, one: integration.Integration[Any], client: Client) -> None:
        self._one = one
        self._client = client

    def publish(self, site: integration.Site) -> None:
        self._client.publish(site)

    def read(self, site: integration.Site) -> pydantic.BaseModel | None:
        return self._one.read(dataclasses.replace(self._client.read(), site=site))
