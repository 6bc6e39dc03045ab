"""Connection URLs: built from parts and taken apart, with any number of hosts."""

from __future__ import annotations

import ipaddress
import re
import urllib.parse
from dataclasses import dataclass, field

from . import errors

_FIRST_OF_LIST = re.compile(r",(?=[A-Za-z][A-Za-z0-9+.-]*://)")
_PORT = re.compile(r"[0-9]{1,5}")
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

    A password that its provider did not percent-encode is understood as far as it can be: if
    the URL makes no sense by the standard, the credentials end at the last ``@``.

    Raises:
        RelationDataError: there is no scheme or host, or a port is not a port.
    """
    first = _FIRST_OF_LIST.split(text.strip(), maxsplit=1)[0]
    scheme, separator, rest = first.partition("://")
    if not separator or not scheme:
        raise errors.RelationDataError("the URL has no scheme")
    netloc, path, query, fragment = _split(rest)
    path, _, params = path.partition(";")
    credentials, at, _ = netloc.rpartition("@")
    username, colon, password = credentials.partition(":")
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
        hosts=_hosts(netloc),
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
    credentials = _credentials(username, password) if username else ""
    suffix = "/" + urllib.parse.quote(path.removeprefix("/"), safe="/") if path else ""
    return parse(f"{scheme}://{credentials}{hosts}{suffix}{'?' + query if query else ''}")


def plain(text: str, scheme: str = "") -> str:
    """Return a URL as strict clients want it: encoded, with its first host, by another scheme.

    Few client libraries understand a list of hosts, and most refuse it.
    """
    url = parse(text)
    name, port = url.hosts[0]
    host = f"[{name}]" if ":" in name else name
    place = host if port is None else f"{host}:{port}"
    credentials = ""
    if url.username is not None:
        credentials = _credentials(url.username, url.password)
    rest = url.text.partition("://")[2].removeprefix(url.netloc)
    return f"{scheme or url.scheme}://{credentials}{place}{rest}"


def _credentials(username: str, password: str | None) -> str:
    parts = (username,) if password is None else (username, password)
    return ":".join(urllib.parse.quote(part, safe="") for part in parts) + "@"


def _split(rest: str) -> tuple[str, str, str, str]:
    standard = _divide(rest, 0)
    # Credentials that hold '/', '?' or '#' should have been encoded. If they were not, what the
    # standard takes for the host is a piece of them, and the last '@' tells where they end.
    netloc, path, *_ = standard
    sound = _has_hosts(netloc) and ("@" in netloc or "@" not in path)
    return standard if sound else _divide(rest, rest.rfind("@") + 1)


def _divide(rest: str, start: int) -> tuple[str, str, str, str]:
    """Return host part, path, query and fragment of what has its credentials before ``start``."""
    place, _, fragment = rest[start:].partition("#")
    place, _, query = place.partition("?")
    place, slash, path = place.partition("/")
    return rest[:start] + place, slash + path, query, fragment


def _has_hosts(netloc: str) -> bool:
    try:
        return bool(_hosts(netloc))
    except errors.RelationDataError:
        return False


def _hosts(netloc: str) -> tuple[tuple[str, int | None], ...]:
    places = netloc.rpartition("@")[2]
    hosts = tuple(_host(place) for place in places.split(",") if place)
    if not hosts or not all(name for name, _ in hosts):
        raise errors.RelationDataError("the URL has no host")
    return hosts


def _host(place: str) -> tuple[str, int | None]:
    name, colon, port = place.rpartition(":")
    if not colon or place.endswith("]"):
        name, port = place, ""
    if port and not (_PORT.fullmatch(port) and 0 < int(port) <= _HIGHEST_PORT):
        # What stands there may be a password whose host is missing, so it is not quoted.
        raise errors.RelationDataError("a port is no number from 1 to 65535")
    if "[" in name or "]" in name:
        name = _ip_version_6(name)
    if name == "None":
        raise errors.RelationDataError("the host is missing")
    return name, int(port) if port else None


def _ip_version_6(place: str) -> str:
    name = place[1:-1]
    try:
        ipaddress.IPv6Address(name)
    except ValueError:
        name = ""
    if place != f"[{name}]" or not name:
        raise errors.RelationDataError("the host in brackets is no IPv6 address")
    return name
