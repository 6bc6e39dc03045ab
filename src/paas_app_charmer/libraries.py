"""Libraries that speak for us on an endpoint, kept from ending a hook by an exception."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from typing import Any

import ops

from . import integration

logger = logging.getLogger(__name__)


def attach(
    charm: ops.CharmBase, endpoint: str, one: integration.Integration[Any]
) -> integration.Requirer[Any] | None:
    """Return the library's requirer for an endpoint, None if it cannot be had.

    Its handlers run before ours and on data that a neighbour wrote, so they are made harmless:
    what one raises is logged by its kind only, for the text may quote the data, and the endpoint
    has nothing to give until the data are mended.
    """
    if one.connect is None:
        return None
    try:
        requirer = one.connect(charm, endpoint)
    except Exception as error:  # noqa: BLE001 - whatever a neighbour's data made of it
        logger.error("nothing attached to %s: %s", endpoint, type(error).__name__)  # noqa: TRY400
        return None
    for held in _attached(charm, requirer):
        for name in dir(type(held)):
            if name.startswith("_on_") and callable(getattr(type(held), name)):
                setattr(held, name, _harmless(getattr(held, name)))
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
