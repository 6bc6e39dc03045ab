"""`ingress`: one address for the application, as Traefik gives it, by a small relay of our own."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import typing

from paas_app_charmer.local import errors, ports

from . import Context, Offer, Request, _server

REMOTE = "traefik-k8s"


class Ingress:
    """The relay, in a process of its own so that it does not wait for the runner."""

    def __init__(
        self, process: subprocess.Popen[bytes], server: _server.Server, context: Context, port: int
    ) -> None:
        self._orders = process.stdin
        self._telling = threading.Lock()
        self._context = context
        self._port = port
        self.alive = server.alive
        self.stop = server.stop

    @property
    def description(self) -> str:
        """What runs where."""
        return f"relay on http://{ports.LOOPBACK}:{self._port}"

    def offer(self, request: Request) -> Offer:
        """Lead the application's path to its units, and tell its URL."""
        route = route_for(request, model=self._context.model)
        if route is None:
            return Offer()
        self._tell([route])
        url = f"http://{ports.LOOPBACK}:{self._port}{route['prefix']}"
        return Offer(app={"ingress": json.dumps({"url": url})})

    def withdraw(self, relation_id: int) -> None:  # noqa: ARG002  there is one application
        """Lead nowhere."""
        self._tell([])

    def _tell(self, routes: list[dict[str, typing.Any]]) -> None:
        assert self._orders  # noqa: S101  for the type checker
        with self._telling:
            self._orders.write(json.dumps(routes).encode() + b"\n")
            self._orders.flush()


def route_for(request: Request, *, model: str) -> dict[str, typing.Any] | None:
    """Return the route that a request asks for; None while it is incomplete.

    The requested port is that of a pod; here every unit has an address of its own.
    """
    try:
        asked = {key: json.loads(value) for key, value in request.app.items()}
    except ValueError:
        return None
    if "name" not in asked:
        return None
    numbered = sorted(request.addresses.items(), key=lambda item: int(item[0].rpartition("/")[2]))
    return {
        "prefix": f"/{asked.get('model', model)}-{asked['name']}",
        "strip": bool(asked.get("strip-prefix", False)),
        "units": [address for unit, address in numbered if unit in request.units],
    }


def start(context: Context) -> Ingress:
    """Start the relay; about 0.1 s."""
    context.folder.mkdir(parents=True, exist_ok=True)
    port = context.port or ports.remembered(context.folder / "port")
    process = subprocess.Popen(
        [sys.executable, "-m", f"{__package__}._relay", str(port)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    server = _server.Server("The ingress relay", process, ready="listening", log=context.log)
    try:
        server.wait_ready()
    except errors.LocalError as error:
        raise errors.LocalError(f"{error} (port {port}; another one can be chosen)") from error
    return Ingress(process, server, context, port)
