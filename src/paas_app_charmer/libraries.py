"""Libraries that speak for us on an endpoint, kept from ending a hook by an exception."""

from __future__ import annotations

import contextlib
import functools
import logging
from collections.abc import Callable, Generator
from typing import Any

import ops
import pydantic

from . import errors, integration, options

logger = logging.getLogger(__name__)


def attach(
    charm: ops.CharmBase, endpoint: str, one: integration.Integration[Any]
) -> integration.Requirer[Any] | None:
    """Return the library's requirer for an endpoint, None if no library speaks for it.

    Whatever a neighbour's data make of the library, when it is attached, in its handlers or when
    it is asked, is not allowed out: the endpoint has a problem until the data are mended.
    """
    if one.connect is None:
        return None
    try:
        with _our_errors(), harmless(charm):
            return _Careful(one.connect(charm, endpoint))
    except (errors.PaasError, ops.ModelError) as error:
        return _Refusing(error)


@contextlib.contextmanager
def harmless(charm: ops.CharmBase) -> Generator[None]:
    """Let no exception out of the handlers that are registered meanwhile, except the charm's own.

    They run before ours. Which methods of which objects they are is noted when they are
    registered, for a library may call them anything, and hold some where nobody finds them.
    """
    framework = charm.framework
    observe = framework.observe
    registered: list[Callable[[Any], None]] = []

    def note(bound_event: ops.BoundEvent, observer: Callable[[Any], None]) -> None:
        observe(bound_event, observer)
        registered.append(observer)

    framework.observe = note
    try:
        yield
    finally:
        framework.observe = observe
        # Not before: ops takes no handler for a second event that is no method any more.
        for handler in registered:
            holder = getattr(handler, "__self__", charm)
            if holder is not charm:
                # When the event comes, ops looks the handler up by its name.
                setattr(holder, handler.__name__, _harmless(handler))


class _Careful:
    """Asks a library, and answers with our errors only."""

    def __init__(self, requirer: integration.Requirer[Any]) -> None:
        self._requirer = requirer

    def publish(self, site: integration.Site) -> None:
        with _our_errors():
            self._requirer.publish(site)

    def read(self, site: integration.Site) -> pydantic.BaseModel | None:
        with _our_errors():
            return self._requirer.read(site)


class _Refusing:
    """Stands in for a library that could not be attached, and says why."""

    def __init__(self, reason: Exception) -> None:
        self._reason = reason

    def publish(self, site: integration.Site) -> None:  # noqa: ARG002 - of the protocol
        raise self._reason

    def read(self, site: integration.Site) -> None:  # noqa: ARG002 - of the protocol
        raise self._reason


@contextlib.contextmanager
def _our_errors() -> Generator[None]:
    """Turn what a library raises into errors that their readers know."""
    try:
        yield
    except (errors.PaasError, ops.ModelError):
        raise
    except pydantic.ValidationError as error:
        reasons = [f"{one.name}: {one.reason}" for one in options.problems_of(error)]
        raise errors.RelationDataError("; ".join(reasons)) from None
    except ImportError as error:
        raise errors.NeedError(f"the charm lacks the Python module {error.name}") from None
    except Exception as error:  # noqa: BLE001 - whatever a neighbour's data made of it
        # Its text may quote the data, and these may be secret.
        kind = type(error).__name__
        raise errors.RelationDataError(f"the library for it failed with {kind}") from None


def _harmless(handler: Callable[..., Any]) -> Callable[..., Any]:
    # Libraries also call their handlers themselves, with or without an event.
    @functools.wraps(handler)
    def handle(*arguments: Any, **named: Any) -> Any:
        try:
            return handler(*arguments, **named)
        except Exception as error:  # noqa: BLE001 - whatever a neighbour's data made of it
            logger.error("%s: %s", handler.__qualname__, type(error).__name__)  # noqa: TRY400

    return handle
