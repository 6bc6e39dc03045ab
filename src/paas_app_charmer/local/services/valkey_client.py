"""`valkey_client`: a Valkey server, or a Redis that does for one, with a user for the application.

The protocol answers each request in one databag key, and the id of the secret stands in there.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import typing
import urllib.parse

from paas_app_charmer.local import ports

from . import Context, Databag, Offer, Request, _kept, _server, redis

if typing.TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Asked: typing.TypeAlias = Mapping[str, typing.Any]

REMOTE = "valkey"

_CONTRACT = "v1"
_SECRET = "secret-user"  # noqa: S105  the name of a key
_ECHOED = ("resource", "request-id", "salt")
"""By which whoever asked knows the answer."""


class Valkey:
    """A server on loopback that lets in nobody but one user."""

    def __init__(
        self, context: Context, server: _server.Server, server_facts: Databag, password: str
    ) -> None:
        self._context = context
        self._facts = server_facts
        self._password = password
        self.alive = server.alive
        self.stop = server.stop

    @property
    def description(self) -> str:
        """What runs where."""
        return f"Valkey (or Redis) {self._facts['version']} on {self._facts['endpoints']}"

    def offer(self, request: Request) -> Offer:
        """Answer each request with the same user."""
        try:
            asked = _asked(request.app)
        except ValueError as error:
            self._context.log(f"{request.endpoint}: {error}")
            return Offer()
        user = {"username": self._context.application, "password": self._password}
        return answer(asked, self._facts, user)

    def withdraw(self, relation_id: int) -> None:
        """Keep the data."""


def answer(asked: Sequence[Asked], server: Databag, user: Databag) -> Offer:
    """Return what a provider publishes to these requests."""
    if not asked:
        return Offer()
    echoes = [{key: one[key] for key in _ECHOED if key in one} for one in asked]

    def compose(ids: Mapping[str, str]) -> Databag:
        return {"requests": json.dumps([{**echo, **server, **ids} for echo in echoes])}

    app = {"version": _CONTRACT}
    if not user:
        return Offer(app={**app, **compose({})})
    login = ":".join(urllib.parse.quote(user[key], safe="") for key in ("username", "password"))
    secret = {**user, "uris": f"valkey://{login}@{server['endpoints']}"}
    return Offer(app=app, secrets={_SECRET: secret}, compose=compose)


def elsewhere(url: urllib.parse.SplitResult, request: Request) -> Offer:
    """Return what leads to a server at `valkey://[USER:PASSWORD@]HOST[:PORT]`."""
    user = {"username": url.username or "default", "password": url.password or ""}
    decoded = {key: urllib.parse.unquote(text) for key, text in user.items()}
    server = {"endpoints": f"{url.hostname}:{url.port or 6379}"}
    return answer(_asked(request.app), server, decoded if url.password else {})


def _asked(app: Databag) -> Sequence[Asked]:
    """Return the requests in a databag; none while they are still arriving.

    Raises:
        ValueError: they are not of the protocol.
    """
    requests: typing.Any = json.loads(app.get("requests") or "[]")
    if requests and app.get("version") != _CONTRACT:
        raise ValueError(f"only version {_CONTRACT} of the protocol is spoken here")
    if not isinstance(requests, list) or not all(isinstance(one, dict) for one in requests):  # pyright: ignore[reportUnknownVariableType]  JSON
        raise ValueError("requests is not a list of objects")
    return typing.cast("Sequence[Asked]", requests)


def start(context: Context) -> Valkey:
    """Start it; about 20 ms."""
    context.folder.mkdir(parents=True, exist_ok=True)
    program = find(context)
    port = ports.remembered(context.folder / "port")
    password = _kept.text(context.folder / "password")
    accounts = context.folder / "users.acl"
    accounts.write_text(_accounts(context.application, password), encoding="utf-8")
    process = subprocess.Popen(
        [
            *(program, "--bind", ports.LOOPBACK, "--port", str(port)),
            *("--aclfile", accounts.name, "--dir", "."),
            # Every write goes to a file, so that not even a killed run loses one.
            *("--appendonly", "yes", "--save", ""),
        ],
        cwd=context.folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    ready = "Ready to accept connections"
    server = _server.Server("Valkey", process, ready=ready, log=context.log)
    server.wait_ready()
    facts = {
        "endpoints": f"{ports.LOOPBACK}:{port}",
        "mode": "standalone",
        "version": _version(program),
    }
    return Valkey(context, server, facts, password)


def find(context: Context) -> str:
    """Return the server. Raises LocalError."""
    return shutil.which("valkey-server") or redis.find(context)


def _accounts(user: str, password: str) -> str:
    digest = hashlib.sha256(password.encode()).hexdigest()
    return f"user default off\nuser {user} on #{digest} ~* &* +@all\n"


def _version(program: str) -> str:
    told = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
    found = re.search(r"v=(\S+)", told.stdout)
    return found[1] if found else ""
