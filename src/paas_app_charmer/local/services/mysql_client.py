"""`mysql_client`: a MariaDB server, with a database and a user for the application."""

from __future__ import annotations

import threading
import urllib.parse

from paas_app_charmer.local import ports

from . import Context, Offer, Request, _kept, _mariadb, postgresql_client

REMOTE = "mysql-k8s"


class MySQL:
    """A MariaDB server on loopback, which speaks MySQL's protocol."""

    def __init__(self, context: Context, mariadb: _mariadb.MariaDB) -> None:
        self._context = context
        self._mariadb = mariadb
        self._made: set[str] = set()
        self._making = threading.Lock()
        self.alive = mariadb.server.alive
        self.stop = mariadb.server.stop

    @property
    def description(self) -> str:
        """What runs where."""
        return f"MariaDB {self._mariadb.version} on {ports.LOOPBACK}:{self._mariadb.port}"

    def offer(self, request: Request) -> Offer:
        """Make the database that is asked for, and tell where it is."""
        database = request.app.get("database")
        if not database:
            return Offer()
        user = self._context.application
        password = _kept.text(self._context.folder / "password")
        with self._making:
            if database not in self._made:
                self._mariadb.make_database(database, user=user, password=password)
                self._made.add(database)
        address = f"{ports.LOOPBACK}:{self._mariadb.port}"
        login = ":".join(urllib.parse.quote(text, safe="") for text in (user, password))
        name = urllib.parse.quote(database, safe="")
        return postgresql_client.publish(
            request.app,
            {
                "database": database,
                "endpoints": address,
                "version": f"{self._mariadb.version}-MariaDB",
            },
            {"username": user, "password": password, "uris": f"mysql://{login}@{address}/{name}"},
        )

    def withdraw(self, relation_id: int) -> None:
        """Keep the data."""


def start(context: Context) -> MySQL:
    """Start it; about 0.4 s, the first time on a machine 3 s."""
    return MySQL(context, _mariadb.start(context.folder, context))


def find(context: Context) -> str:  # noqa: ARG001  the same for every project
    """Return the server. Raises LocalError."""
    return _mariadb.find().server
