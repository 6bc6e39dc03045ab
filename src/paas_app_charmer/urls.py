"""Connection URLs: built from parts and taken apart, with any number of hosts."""

from __future__ import annotations

import re
import urllib.parse
from dataclasses import dataclass, field

from . import errors

_FIRST_OF_LIST = re.compile(r",(?=[A-Za-z][A-Za-z0-9+.-]*://)")
_HIGHEST_PORT = 65535


@dataclass(frozen=True, kw_only=True)
class Url:
    """A connection URL such as ``mongodb://u:p@h1:27017,h2:27017/db?replicaSet=rs0``."""

    text: str = field(repr=False)
    """As it was given. Of a comma-separated list of whole URLs, the first."""
    scheme: str
    netloc: str = field(repr=False)
    path: str
    params: str
    query: str = field(repr=False)
    fragment: str
    username: str | None
    """Percent-decoded, like the password."""
    password: str | None = field(repr=False)
    hosts: tuple[tuple[str, int | None], ...]
    """Host names and ports in the order given; IPv6 addresses come without brackets."""

    def properties(self) -> dict[str, str]:
        """Return the parts that every application knows by the same names.

        An absent part is left out, an empty one is kept: applications may rely on either.
        """
        host, port = self.hosts[0] if self.hosts else (None, None)
        parts = {
            "connect_string": self.text,
            "scheme": self.scheme,
            "netloc": self.netloc,
            "path": self.path,
            "params": self.params,
            "query": self.query,
            "fragment": self.fragment,
            "username": self.username,
            "password": self.password,
            "hostname": host,
            "port": None if port is None else str(port),
            "name": self.path.removeprefix("/") or None,
        }
        return {key: value for key, value in parts.items() if value is not None}


def parse(text: str) -> Url:
    """Take a connection URL apart.

    A password that its provider did not percent-encode is understood as far as it can be:
    the credentials end at the last ``@`` before the path.

    Raises:
        RelationDataError: there is no scheme or host, or a port is not a port.
    """
    first = _FIRST_OF_LIST.split(text.strip(), maxsplit=1)[0]
    scheme, separator, rest = first.partition("://")
    if not separator or not scheme:
        raise errors.RelationDataError("the URL has no scheme")
    netloc, path, query, fragment = _split(rest)
    path, _, params = path.partition(";")
    credentials, at, places = netloc.rpartition("@")
    username, colon, password = credentials.partition(":")
    hosts = tuple(_host(place) for place in places.split(",") if place)
    if not any(name for name, _ in hosts):
        raise errors.RelationDataError("the URL has no host")
    return Url(
        text=first,
        scheme=scheme.lower(),
        netloc=netloc,
        path=path,
        params=params,
        query=query,
        fragment=fragment,
        username=urllib.parse.unquote(username) if at else None,
        password=urllib.parse.unquote(password) if colon else None,
        hosts=hosts,
    )


def build(
    scheme: str,
    *,
    hosts: str,
    username: str | None = None,
    password: str | None = None,
    path: str = "",
    query: str = "",
) -> Url:
    """Put a connection URL together; ``hosts`` is ``host:port``, or several with commas.

    Raises:
        RelationDataError: the hosts are not hosts.
    """
    credentials = ""
    if username:
        credentials = urllib.parse.quote(username, safe="")
        if password is not None:
            credentials += ":" + urllib.parse.quote(password, safe="")
        credentials += "@"
    suffix = "/" + urllib.parse.quote(path.removeprefix("/"), safe="/") if path else ""
    return parse(f"{scheme}://{credentials}{hosts}{suffix}{'?' + query if query else ''}")


def _split(rest: str) -> tuple[str, str, str, str]:
    # The credentials may hold '/', '?' or '#' that should have been encoded, so the host
    # part is looked for behind the last '@' that still has a host after it.
    rest, _, fragment = _after_credentials(rest, "#")
    rest, _, query = _after_credentials(rest, "?")
    netloc, slash, path = _after_credentials(rest, "/")
    return netloc, slash + path, query, fragment


def _after_credentials(rest: str, separator: str) -> tuple[str, str, str]:
    start = rest.rfind("@") + 1
    head, found, tail = rest[start:].partition(separator)
    return rest[:start] + head, found, tail


def _host(place: str) -> tuple[str, int | None]:
    name, colon, port = place.rpartition(":")
    if not colon or place.endswith("]"):
        name, port = place, ""
    if port and not (port.isascii() and port.isdigit() and 0 < int(port) <= _HIGHEST_PORT):
        raise errors.RelationDataError(f"{port[:20]!r} is not a port")
    name = name.removeprefix("[").removesuffix("]")
    if name == "None":
        raise errors.RelationDataError("the host is missing")
    return name, int(port) if port else None
