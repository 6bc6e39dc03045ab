"""Database charms: the library's provider, and what the charm behind each one publishes."""

from __future__ import annotations

from typing import Any, ClassVar

import ops
from charms.data_platform_libs.v0 import data_interfaces

from paas_app_charmer import urls

ENDPOINT = "database"

_GROUPS = (
    ("username", "password", "uris", "read-only-uris"),
    ("tls", "tls-ca"),
    ("database", "endpoints", "read-only-endpoints", "version", "replset"),
)
"""What stands in one secret, in another, and in none."""


class Database(ops.CharmBase):
    """Gives every application that asks a user of its own."""

    scheme: ClassVar[str]
    hosts: ClassVar[str]
    query: ClassVar[str] = ""
    sends_uris: ClassVar[bool] = True
    replset: ClassVar[str] = ""

    def __init__(self, framework: ops.Framework) -> None:
        super().__init__(framework)
        self.provides = data_interfaces.DatabaseProvides(self, ENDPOINT)
        framework.observe(self.provides.on.database_requested, self._on_database_requested)

    def say(self, data: Any) -> None:
        """Publish this and nothing else."""
        if not self.unit.is_leader():
            return
        told = {} if data is None else self._fields(data)
        for relation in self.provides.relations:
            had = self.provides.fetch_my_relation_data([relation.id]).get(relation.id, {})
            for group in _GROUPS:
                gone = [field for field in group if field in had and field not in told]
                if gone:  # the library forgets fields of one secret at a time
                    self.provides.delete_relation_data(relation.id, gone)
            self.provides.update_relation_data(relation.id, told)

    def hears(self) -> list[str | None]:
        """Return what the library reads of what is asked for."""
        relations = self.provides.relations
        return [self.provides.fetch_relation_field(one.id, "database") for one in relations]

    def _fields(self, data: Any) -> dict[str, str]:
        parts = urls.parse(data.uri).properties()
        fields = {
            "username": parts["username"],
            "password": parts["password"],
            "database": parts["name"],
            "uris": data.uri if self.sends_uris else None,
            "read-only-uris": data.read_only_uri,
            "tls": data.tls,
            "tls-ca": data.tls_ca,
            "endpoints": data.endpoints,
            "read-only-endpoints": data.read_only_endpoints,
            "version": data.version,
            "replset": data.replset,
        }
        return {field: value for field, value in fields.items() if value}

    def publish(self, number: int, database: str, password: str) -> None:
        """Publish what there is to know, under this password."""
        self.provides.set_database(number, database)
        self.provides.set_credentials(number, f"relation-{number}", password)
        self.provides.set_endpoints(number, self.hosts)
        self.provides.set_version(number, "16.9")
        if self.sends_uris:
            self.provides.set_uris(number, self.uri(number, database, password, self.hosts))
        if self.replset:
            self.provides.set_replset(number, self.replset)

    def uri(self, number: int, database: str, password: str, hosts: str) -> str:
        """Return the URL of a relation's user."""
        return f"{self.scheme}://relation-{number}:{password}@{hosts}/{database}{self.query}"

    def _on_database_requested(self, event: data_interfaces.DatabaseRequestedEvent) -> None:
        self.publish(event.relation.id, event.database or "", "first")


class PostgreSQL(Database):
    """Sends ready URLs."""

    scheme = "postgresql"
    hosts = "pg-primary.newsroom.svc.cluster.local:5432"


class MySQL(Database):
    """Sends no URL: the application puts it together from the parts."""

    scheme = "mysql"
    hosts = "mysql-primary.newsroom.svc.cluster.local:3306"
    sends_uris = False


class MongoDB(Database):
    """Sends one URL with several hosts, and the name of its replica set."""

    scheme = "mongodb"
    hosts = "mongo-0.mongo-endpoints:27017,mongo-1.mongo-endpoints:27017"
    query = "?replicaSet=mongo&authSource=admin"
    replset = "mongo"
