"""A server that runs elsewhere, known by its URL alone."""

from __future__ import annotations

import dataclasses
import importlib
import json
import typing
import urllib.parse

from paas_app_charmer.local import errors

from . import (
    Context,
    Offer,
    Request,
    ingress,
    interfaces,
    loki_push_api,
    postgresql_client,
    redis,
)

if typing.TYPE_CHECKING:
    from collections.abc import Callable

    from . import Service

_REMOTES = {
    "postgresql_client": postgresql_client.REMOTE,
    "mysql_client": "mysql-k8s",
    "mongodb_client": "mongodb-k8s",
    "redis": redis.REMOTE,
    "ingress": ingress.REMOTE,
    "loki_push_api": loki_push_api.REMOTE,
}


@dataclasses.dataclass(frozen=True)
class _Elsewhere:
    """The service of one interface, with the names that a module has."""

    interface: str
    REMOTE: str

    def start(self, context: Context) -> Known:
        """Take note of the URL. Raises LocalError if it is none."""
        return Known(self.interface, context)


class Known:
    """A server that we neither start nor stop."""

    def __init__(self, interface: str, context: Context) -> None:
        self._interface = interface
        self._url = context.url or ""
        offer(interface, self._url, Request(relation_id=0, endpoint="", app={}, units={}))

    @property
    def description(self) -> str:
        """Where it is; without user and password."""
        parts = urllib.parse.urlsplit(self._url)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"

    def offer(self, request: Request) -> Offer:
        """Publish what the URL says."""
        return offer(self._interface, self._url, request)

    def withdraw(self, relation_id: int) -> None:
        """Leave it alone."""

    def alive(self) -> bool:
        """Say yes: whether it answers is the application's matter."""
        return True

    def stop(self, timeout: float = 1.5) -> None:
        """Leave it alone."""


def find(interface: str) -> Service:
    """Return the service that stands for a URL. Raises LocalError."""
    if interface in _REMOTES:
        return _Elsewhere(interface, _REMOTES[interface])
    if interface in interfaces() and _elsewhere(interface):
        return _Elsewhere(interface, _module(interface).REMOTE)
    enough = [*_REMOTES, *(own for own in interfaces() if _elsewhere(own))]
    raise errors.LocalError(
        f"a URL is not enough for the interface {interface}; it is for {', '.join(enough)}"
    )


def _module(interface: str) -> typing.Any:
    return importlib.import_module(f"{__package__}.{interface}")


def _elsewhere(interface: str) -> Callable[[urllib.parse.SplitResult, Request], Offer] | None:
    """Return what a service knows about URLs of its kind, in its function `elsewhere`."""
    return getattr(_module(interface), "elsewhere", None)


def offer(interface: str, url: str, request: Request) -> Offer:
    """Return what a provider at this URL would publish. Raises LocalError if it is no such URL."""
    parts = urllib.parse.urlsplit(url)
    try:
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
    if not parts.scheme or not host:
        raise errors.LocalError(
            f"this is no URL for {interface}: it should look like SCHEME://[USER:PASSWORD@]HOST[:PORT][/NAME]"
        )
    own = None if interface in _REMOTES else _elsewhere(interface)
    if own is not None:
        return own(parts, request)
    match interface:
        case "redis":
            return redis.address(host, port or 6379)
        case "ingress":
            return Offer(app={"ingress": json.dumps({"url": url})})
        case "loki_push_api":
            return loki_push_api.address(url)
        case _:
            return _database(parts, url, request)


def _database(parts: urllib.parse.SplitResult, url: str, request: Request) -> Offer:
    server = {
        "endpoints": parts.netloc.rpartition("@")[2],
        "database": urllib.parse.unquote(parts.path.lstrip("/"))
        or request.app.get("database", ""),
    }
    secret = {
        "username": urllib.parse.unquote(parts.username or ""),
        "password": urllib.parse.unquote(parts.password or ""),
        "uris": url,
    }
    return postgresql_client.publish(request.app, server, {k: v for k, v in secret.items() if v})
