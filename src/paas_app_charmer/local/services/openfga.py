"""`openfga`: an OpenFGA server, with a store for the application."""

from __future__ import annotations

import http.client
import json
import os
import pathlib
import shutil
import subprocess
import threading
import time
import typing
import urllib.error
import urllib.parse
import urllib.request

from paas_app_charmer.local import errors, gotool, ports

from . import Context, Offer, Request, _kept, _server

if typing.TYPE_CHECKING:
    from collections.abc import Mapping

REMOTE = "openfga-k8s"

_PROGRAM = gotool.Program(
    name="openfga",
    module="github.com/openfga/openfga",
    package="github.com/openfga/openfga/cmd/openfga",
    version="v1.22.1",
)
_DATA = "openfga.db"
_TIMEOUT = 5.0
_GRPC_PORT = 8081


class OpenFga:
    """An OpenFGA server on loopback that keeps its data in a file."""

    def __init__(
        self, context: Context, server: _server.Server, token: str, *, web: str, grpc: str
    ) -> None:
        self._context = context
        self._token = token
        self._web = web
        self._grpc = grpc
        self._stores: dict[str, str] = {}
        self._making = threading.Lock()
        self.alive = server.alive
        self.stop = server.stop

    @property
    def description(self) -> str:
        """What runs where."""
        return f"OpenFGA on {self._web}"

    def offer(self, request: Request) -> Offer:
        """Make the store that is asked for, and tell where it is."""
        name = request.app.get("store_name")
        if not name:
            return Offer()
        with self._making:
            try:
                store = self._stores.get(name) or self._store(name)
            except ValueError as error:
                self._context.log(f"{request.endpoint}: no store {name!r}: {error}")
                return Offer()
            self._stores[name] = store
        return _published(self._web, self._grpc, store, self._token)

    def withdraw(self, relation_id: int) -> None:
        """Keep the store."""

    def _store(self, name: str) -> str:
        """Return the id of the store of that name, made if there is none."""
        query = urllib.parse.urlencode({"name": name})
        found = _call(f"{self._web}/stores?{query}", self._token)["stores"]
        same = next((store for store in found if store["name"] == name), None)
        made = same or _call(f"{self._web}/stores", self._token, {"name": name})
        return made["id"]


def elsewhere(url: urllib.parse.SplitResult, request: Request) -> Offer:  # noqa: ARG001
    """Return what leads to a store at `http://[:TOKEN@]HOST[:PORT]/STORE_ID[?grpc=HOST:PORT]`."""
    store = url.path.strip("/")
    if url.scheme not in {"http", "https"} or not store:
        raise errors.LocalError(
            "the URL of an OpenFGA store looks like http://[:TOKEN@]HOST[:PORT]/STORE_ID"
        )
    grpc = dict(urllib.parse.parse_qsl(url.query)).get("grpc", f"{url.hostname}:{_GRPC_PORT}")
    return _published(
        f"{url.scheme}://{url.netloc.rpartition('@')[2]}",
        f"{url.scheme}://{grpc}",
        store,
        urllib.parse.unquote(url.password or ""),
    )


def _published(web: str, grpc: str, store: str, token: str) -> Offer:
    return Offer(
        app={"grpc_api_url": grpc, "http_api_url": web, "store_id": store},
        secrets={"token_secret_id": {"token": token}} if token else {},
    )


def start(context: Context) -> OpenFga:
    """Start it; about 0.3 s, but the first time on a machine it has to be built."""
    context.folder.mkdir(parents=True, exist_ok=True)
    program = find(context)
    token = _kept.text(context.folder / "token")
    web, grpc = (
        f"{ports.LOOPBACK}:{ports.remembered(context.folder / f'{kind}-port')}"
        for kind in ("http", "grpc")
    )
    environment = {
        **os.environ,
        "OPENFGA_DATASTORE_ENGINE": "sqlite",
        "OPENFGA_DATASTORE_URI": f"file:{_DATA}?_pragma=busy_timeout(5000)",
        "OPENFGA_AUTHN_METHOD": "preshared",
        "OPENFGA_AUTHN_PRESHARED_KEYS": token,
        "OPENFGA_HTTP_ADDR": web,
        "OPENFGA_GRPC_ADDR": grpc,
        "OPENFGA_METRICS_ENABLED": "false",
        "OPENFGA_PLAYGROUND_ENABLED": "false",
        "OPENFGA_LOG_FORMAT": "json",
    }
    _migrate(program, environment, context.folder)
    process = subprocess.Popen(
        [program, "run"],
        cwd=context.folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    server = _server.Server("OpenFGA", process, ready="starting HTTP server", log=context.log)
    server.wait_ready()
    _wait_healthy(f"http://{web}", server)
    return OpenFga(context, server, token, web=f"http://{web}", grpc=f"http://{grpc}")


def find(context: Context) -> str:
    """Return the program, built if need be. Raises LocalError."""
    installed = shutil.which("openfga")
    if installed:
        return installed
    if not gotool.cached(_PROGRAM):
        context.progress("OpenFGA has to be built from source, which takes some minutes")
    try:
        return str(gotool.ensure(_PROGRAM, context.progress))
    except errors.LocalError as error:
        raise errors.LocalError(
            f"OpenFGA is needed and cannot be built: {error}\n"
            "Put the program openfga on the path (https://github.com/openfga/openfga/releases), "
            "or name a server that runs already: --url http://:TOKEN@HOST:PORT/STORE_ID"
        ) from error


def _migrate(program: str, environment: Mapping[str, str], folder: pathlib.Path) -> None:
    """Make the tables, or bring those of an older version up to date."""
    done = subprocess.run(
        [program, "migrate"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        last = "".join(f"{done.stdout}{done.stderr}".strip().splitlines()[-1:])
        raise errors.LocalError(f"OpenFGA cannot use {folder / _DATA}: {last}")


def _wait_healthy(address: str, server: _server.Server) -> None:
    """Wait until it answers, which is a moment after it says that it starts to."""
    deadline = time.monotonic() + _TIMEOUT
    while True:
        try:
            _call(f"{address}/healthz")
        except (OSError, http.client.HTTPException, ValueError) as error:
            if time.monotonic() > deadline or not server.alive():
                server.stop()
                raise errors.LocalError(f"OpenFGA does not answer: {error}") from error
            time.sleep(0.02)
        else:
            return


def _call(url: str, token: str = "", content: Mapping[str, str] | None = None) -> typing.Any:
    """Ask the server. Raises ValueError with its words if it refuses."""
    body = None if content is None else json.dumps(content).encode()
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    asked = urllib.request.Request(url, body, headers)  # noqa: S310  an address of ours
    try:
        with urllib.request.urlopen(asked, timeout=_TIMEOUT) as answer:  # noqa: S310
            return json.load(answer)
    except urllib.error.HTTPError as refusal:
        raise ValueError(refusal.read().decode(errors="replace")) from None
