"""`postgresql_client`: a PostgreSQL server, with a database and a user for the application."""

from __future__ import annotations

import json
import os
import secrets
import threading
import typing
import urllib.parse

from paas_app_charmer.local import ports

from . import Context, Databag, Offer, Request, _postgresql, _postgresql_programs

if typing.TYPE_CHECKING:
    import pathlib

REMOTE = "postgresql-k8s"


class PostgreSQL:
    """A PostgreSQL server on loopback."""

    def __init__(self, context: Context, cluster: _postgresql.Cluster) -> None:
        self._context = context
        self._cluster = cluster
        self._made: dict[str, str] = {}
        self._making = threading.Lock()
        self.alive = cluster.server.alive
        self.stop = cluster.server.stop

    @property
    def description(self) -> str:
        """What runs where."""
        return f"PostgreSQL {self._cluster.version} on {ports.LOOPBACK}:{self._cluster.port}"

    def offer(self, request: Request) -> Offer:
        """Make the database that is asked for, and tell where it is."""
        database = request.app.get("database")
        if not database:
            return Offer()
        user = self._context.application
        with self._making:
            if database not in self._made:
                password = _password(self._context.folder / "password")
                self._cluster.make_database(database, user=user, password=password)
                self._made[database] = password
        server = {
            "database": database,
            "endpoints": f"{ports.LOOPBACK}:{self._cluster.port}",
            "version": self._cluster.version,
        }
        return credentials(request.app, server, user=user, password=self._made[database])

    def withdraw(self, relation_id: int) -> None:
        """Keep the data."""


def start(context: Context) -> PostgreSQL:
    """Start it; about 0.2 s, the first time on a machine 0.5 s."""
    return PostgreSQL(context, _postgresql.start(context.folder, context))


def find(context: Context) -> str:  # noqa: ARG001  the same for every project
    """Return where the programs are on this machine. Raises LocalError."""
    programs = _postgresql_programs.find()
    return str(next(iter(programs.shown.values()), programs.folder))


def credentials(asked: Databag, server: Databag, *, user: str, password: str) -> Offer:
    """Return the databag of a database that a user may use, with its whole address."""
    login = ":".join(urllib.parse.quote(text, safe="") for text in (user, password))
    uri = f"postgresql://{login}@{server['endpoints']}/{server['database']}"
    return publish(asked, server, {"username": user, "password": password, "uris": uri})


def publish(asked: Databag, server: Databag, secret: Databag) -> Offer:
    """Return what a database charm publishes: a secret if the request can read one, else text."""
    if {"username", "password"} & set(json.loads(asked.get("requested-secrets", "[]"))):
        return Offer(app=server, secrets={"secret-user": secret})
    return Offer(app={**server, **secret})


def _password(path: pathlib.Path) -> str:
    """Return the password of the last run, or a new one, readable for this user alone."""
    if path.exists():
        return path.read_text()
    password = secrets.token_urlsafe(18)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(password)
    return password
