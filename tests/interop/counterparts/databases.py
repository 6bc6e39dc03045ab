"""Database charms: the library's provider, and what the charm behind each one publishes."""

from __future__ import annotations

from typing import ClassVar

import ops
from charms.data_platform_libs.v0 import data_interfaces

ENDPOINT = "database"


class Database(ops.CharmBase):
    """Gives every application that asks a user of its own."""

    scheme: ClassVar[str]
    hosts: ClassVar[str]
    read_only: ClassVar[str] = ""
    query: ClassVar[str] = ""
    sends_uris: ClassVar[bool] = True
    replset: ClassVar[str] = ""
    tls: ClassVar[bool] = False

    def __init__(self, framework: ops.Framework) -> None:
        super().__init__(framework)
        self.provides = data_interfaces.DatabaseProvides(self, ENDPOINT)
        framework.observe(self.provides.on.database_requested, self._on_database_requested)

    def publish(self, number: int, database: str, password: str) -> None:
        """Publish what there is to know, under this password."""
        self.provides.set_database(number, database)
        self.provides.set_credentials(number, f"relation-{number}", password)
        self.provides.set_endpoints(number, self.hosts)
        self.provides.set_version(number, "16.9")
        if self.sends_uris:
            self.provides.set_uris(number, self.uri(number, database, password, self.hosts))
        if self.read_only:
            self.provides.set_read_only_endpoints(number, self.read_only)
            uri = self.uri(number, database, password, self.read_only)
            self.provides.set_read_only_uris(number, uri)
        if self.replset:
            self.provides.set_replset(number, self.replset)
        if self.tls:
            self.provides.set_tls(number, "True")
            self.provides.set_tls_ca(number, "-----BEGIN CERTIFICATE-----\nMII\n")

    def uri(self, number: int, database: str, password: str, hosts: str) -> str:
        """Return the URL of a relation's user."""
        return f"{self.scheme}://relation-{number}:{password}@{hosts}/{database}{self.query}"

    def revoke(self, number: int) -> None:
        """Take the right to read the credentials away."""
        relation, secret = self._credentials(number)
        secret.revoke(relation)

    def grant(self, number: int) -> None:
        """Give the right to read the credentials."""
        relation, secret = self._credentials(number)
        secret.grant(relation)

    def _credentials(self, number: int) -> tuple[ops.Relation, ops.Secret]:
        relation = self.provides.get_relation(ENDPOINT, number)
        return relation, self.model.get_secret(id=relation.data[self.app]["secret-user"])

    def _on_database_requested(self, event: data_interfaces.DatabaseRequestedEvent) -> None:
        self.publish(event.relation.id, event.database or "", "first")


class PostgreSQL(Database):
    """Sends ready URLs, also for reading only, and its certificate."""

    scheme = "postgresql"
    hosts = "pg-primary.newsroom.svc.cluster.local:5432"
    read_only = "pg-replicas.newsroom.svc.cluster.local:5432"
    tls = True


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
