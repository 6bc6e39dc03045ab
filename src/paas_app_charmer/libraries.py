"""Libraries that speak for us on an endpoint, kept from ending a hook by an exception."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from typing import Any, TypeVar

import ops

logger = logging.getLogger(__name__)

T = TypeVar("T")


def guarded(charm: ops.CharmBase, requirer: T) -> T:
    """Make the handlers of all that a library has attached to a charm harmless.

    Handlers of a library run before ours and on data that a neighbour wrote. What one raises is
    logged by its kind only, for the text may quote the data; the endpoint then has nothing to
    give until the data are mended.
    """
    for one in _attached(charm, requirer):
        for name in dir(type(one)):
            if name.startswith("_on_") and callable(getattr(type(one), name)):
                setattr(one, name, _harmless(getattr(one, name)))
    return requirer


def _attached(charm: ops.CharmBase, requirer: object) -> list[ops.Object]:
    """Return the library's objects that a requirer holds, and those that these hold."""
    found: list[ops.Object] = []
    wanted = [requirer]
    while wanted:
        holder = wanted.pop()
        for value in vars(holder).values():
            if isinstance(value, ops.Object) and value is not charm and value not in found:
                found.append(value)
                wanted.append(value)
    return found


def _harmless(handler: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(handler)
    def handle(event: ops.EventBase) -> None:
        try:
            handler(event)
        except Exception as error:  # noqa: BLE001 - whatever a neighbour's data made of it
            logger.error("%s: %s", handler.__qualname__, type(error).__name__)  # noqa: TRY400

    return handle
