"""`mongodb_client`: FerretDB, which speaks MongoDB's protocol and keeps its data in SQLite."""

from __future__ import annotations

import os
import shutil
import subprocess
import typing
import urllib.parse

from paas_app_charmer.local import errors, gotool, ports

from . import Context, Offer, Request, _kept, _server, postgresql_client

if typing.TYPE_CHECKING:
    from collections.abc import Callable

REMOTE = "mongodb-k8s"

_VERSION = "v1.24.2"
"""The last release that needs no PostgreSQL with an extension of its own."""
_PROGRAM = gotool.Program(
    name="ferretdb",
    module="github.com/FerretDB/FerretDB",
    package="github.com/FerretDB/FerretDB/cmd/ferretdb",
    version=_VERSION,
    files={"build/version/version.txt": f"{_VERSION}\n"},
)
_CHATTER = ('msg="Connection started"', 'msg="Connection stopped"')


class MongoDB:
    """A FerretDB on loopback."""

    def __init__(self, context: Context, server: _server.Server, port: int, password: str) -> None:
        self._user = context.application
        self._address = f"{ports.LOOPBACK}:{port}"
        self._password = password
        self.alive = server.alive
        self.stop = server.stop

    @property
    def description(self) -> str:
        """What runs where."""
        return f"FerretDB {_VERSION} on {self._address}"

    def offer(self, request: Request) -> Offer:
        """Tell where it is; a database is there as soon as something is written to it."""
        database = request.app.get("database")
        if not database:
            return Offer()
        login = ":".join(
            urllib.parse.quote(text, safe="") for text in (self._user, self._password)
        )
        uri = f"mongodb://{login}@{self._address}/{urllib.parse.quote(database, safe='')}"
        if database != self._user:
            uri += f"?authSource={urllib.parse.quote(self._user, safe='')}"
        return postgresql_client.publish(
            request.app,
            {"database": database, "endpoints": self._address, "version": _VERSION[1:]},
            {"username": self._user, "password": self._password, "uris": uri},
        )

    def withdraw(self, relation_id: int) -> None:
        """Keep the data."""


def start(context: Context) -> MongoDB:
    """Start it; about 0.2 s, but the first time on a machine it has to be built."""
    program = find(context)
    (context.folder / "data").mkdir(parents=True, exist_ok=True)
    password = _kept.text(context.folder / "password")
    port = ports.remembered(context.folder / "port")
    process = subprocess.Popen(
        [
            *(program, "--handler=sqlite", "--sqlite-url=file:data/", "--state-dir=."),
            *(f"--listen-addr={ports.LOOPBACK}:{port}", "--debug-addr=-", "--telemetry=disable"),
            # Users with passwords, as MongoDB has them; it makes the one that is named here.
            *("--test-enable-new-auth", "--log-format=text"),
        ],
        cwd=context.folder,
        env={
            **os.environ,
            "FERRETDB_SETUP_DATABASE": context.application,
            "FERRETDB_SETUP_USERNAME": context.application,
            "FERRETDB_SETUP_PASSWORD": password,
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    log = _without_chatter(context.log)
    server = _server.Server("FerretDB", process, ready="Listening on TCP", log=log)
    server.wait_ready()
    return MongoDB(context, server, port, password)


def _without_chatter(log: Callable[[str], None]) -> Callable[[str], None]:
    def take(line: str) -> None:
        if not any(words in line for words in _CHATTER):
            log(line)

    return take


def find(context: Context) -> str:
    """Return the program, built if need be. Raises LocalError."""
    installed = shutil.which(_PROGRAM.file_name)
    if installed:
        return installed
    if not gotool.cached(_PROGRAM):
        context.progress("FerretDB has to be built from source, which takes a minute or two")
    try:
        return str(gotool.ensure(_PROGRAM, context.progress))
    except errors.LocalError as error:
        raise errors.LocalError(
            f"FerretDB is needed and cannot be built: {error}\n"
            f"Put its program on the path as {_PROGRAM.file_name} "
            "(https://github.com/FerretDB/FerretDB/releases), "
            "or name a MongoDB that runs already: --url mongodb://USER:PASSWORD@HOST/DATABASE"
        ) from error
