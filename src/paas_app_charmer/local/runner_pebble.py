"""What the runner itself asks of a unit's Pebble: its plan, its logs, its notices, a signal.

This is Pebble's HTTP API over its socket; `ops.pebble` has no call for logs and none that waits
for notices, and importing ops would cost the runner a tenth of a second.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import socket
import typing
import urllib.parse

import yaml

from . import errors

if typing.TYPE_CHECKING:
    import pathlib
    from collections.abc import Generator, Iterator

TIMEOUT = 10.0
"""Seconds for a plain answer."""
NOTICE_WAIT = 30
"""Seconds that Pebble holds a request for notices before it answers with none."""


class _Connection(http.client.HTTPConnection):
    def __init__(self, path: pathlib.Path, timeout: float | None) -> None:
        super().__init__("pebble", timeout=timeout)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        with short_name(self._path) as name:
            self.sock.connect(name)


@contextlib.contextmanager
def short_name(path: pathlib.Path) -> Generator[str]:
    """Name a socket by its folder's descriptor: an address holds 107 bytes, a path may not."""
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)


def plan(pebble: pathlib.Path) -> dict[str, typing.Any]:
    """Return the combined layers."""
    return yaml.safe_load(_call(pebble, "GET", "/v1/plan?format=yaml")) or {}


def services(pebble: pathlib.Path) -> dict[str, str]:
    """Return every service with its state, for example `active` or `backoff`."""
    return {entry["name"]: entry["current"] for entry in _call(pebble, "GET", "/v1/services")}


def send_signal(pebble: pathlib.Path, signal: str, service: str) -> None:
    """Send a signal, for example `SIGHUP`, to a running service."""
    _call(pebble, "POST", "/v1/signals", {"signal": signal, "services": [service]})


def restart(pebble: pathlib.Path, services: list[str]) -> None:
    """Begin to restart services, without waiting for it."""
    _call(pebble, "POST", "/v1/services", {"action": "restart", "services": services})


def has_written(pebble: pathlib.Path, service: str) -> bool:
    """Tell whether a service has written anything yet."""
    with contextlib.closing(_Connection(pebble, TIMEOUT)) as connection:
        connection.request("GET", f"/v1/logs?n=1&services={urllib.parse.quote(service)}")
        return bool(connection.getresponse().read())


def logs(pebble: pathlib.Path, service: str) -> Iterator[dict[str, typing.Any]]:
    """Yield `{"time", "message"}` for all that a service has written and will write."""
    query = urllib.parse.urlencode({"follow": "true", "n": -1, "services": service})
    with contextlib.closing(_Connection(pebble, None)) as connection:
        connection.request("GET", f"/v1/logs?{query}")
        for record in connection.getresponse():
            yield json.loads(record)


def notices(pebble: pathlib.Path) -> Iterator[dict[str, typing.Any]]:
    """Yield every notice, as Pebble's API spells it, until Pebble ends."""
    after = "1970-01-01T00:00:00Z"
    while True:
        query = urllib.parse.urlencode({"timeout": f"{NOTICE_WAIT}s", "after": after})
        found: list[dict[str, typing.Any]] | None = _call(
            pebble, "GET", f"/v1/notices?{query}", timeout=NOTICE_WAIT + TIMEOUT
        )
        for notice in found or []:
            after = notice["last-repeated"]
            yield notice


def change(pebble: pathlib.Path, identity: str) -> dict[str, typing.Any]:
    """Return a change by its id."""
    return _call(pebble, "GET", f"/v1/changes/{identity}")


def _call(
    pebble: pathlib.Path,
    method: str,
    path: str,
    body: object = None,
    *,
    timeout: float = TIMEOUT,
) -> typing.Any:
    with contextlib.closing(_Connection(pebble, timeout)) as connection:
        content = None if body is None else json.dumps(body)
        connection.request(method, path, content, {"Content-Type": "application/json"})
        answer = json.loads(connection.getresponse().read())
    if answer["type"] == "error":
        raise errors.LocalError(f"Pebble refused: {answer['result']['message']}")
    return answer["result"]
