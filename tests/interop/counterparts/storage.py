"""Object storage charms: the libraries' providers of both generations."""

from __future__ import annotations

import json
from typing import Any

import object_storage
import ops
from charms.data_platform_libs.v0 import s3

from paas_app_charmer.integrations import s3 as s3_integration

ENDPOINT = "s3-credentials"

CHAIN = ["-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----\n"]
PLACE: dict[str, Any] = {
    "region": "eu-1",
    "endpoint": "https://s3.newsroom.example",
    "s3-uri-style": "host",
    "tls-ca-chain": CHAIN,
}
"""What an operator told the charm about the object store."""
FIRST = {"access-key": "1234567890", "secret-key": "fir/st"}
_PLACE = {name.replace("_", "-") for name in s3_integration.S3.model_fields} - FIRST.keys()
SECOND = {"access-key": "AKIASECOND", "secret-key": "second"}


class Store(ops.CharmBase):
    """Gives every application that asks the bucket that it asks for."""

    provides: Any

    def bucket(self, number: int) -> str:
        """Return the bucket that an application asks for."""
        return self.relation(number).data[self.relation(number).app]["bucket"]

    def relation(self, number: int) -> ops.Relation:
        relation = self.model.get_relation(ENDPOINT, number)
        assert relation is not None
        return relation

    def say(self, data: Any) -> None:
        """Publish this and nothing else."""
        if not self.unit.is_leader():
            return
        given = {} if data is None else data.model_dump(mode="json", exclude_defaults=True)
        told = {name.replace("_", "-"): value for name, value in given.items()}
        for relation in self.model.relations[ENDPOINT]:
            for keys in (FIRST, _PLACE):  # the library forgets a secret's fields by themselves
                self.forget(relation.id, [key for key in keys if key not in told])
            if told:
                self.publish(relation.id, told)

    def hears(self) -> list[str]:
        """Return the buckets that are asked for."""
        return [self.bucket(relation.id) for relation in self.model.relations[ENDPOINT]]

    def forget(self, number: int, keys: list[str]) -> None:
        """Publish some things no more."""
        raise NotImplementedError

    def publish(self, number: int, data: dict[str, Any]) -> None:
        """Publish more or something else."""
        raise NotImplementedError

    def answer(self, number: int) -> None:
        if self.unit.is_leader():
            self.publish(number, {"bucket": self.bucket(number), **PLACE, **FIRST})


class FirstGeneration(Store):
    """Publishes credentials as they are."""

    def __init__(self, framework: ops.Framework) -> None:
        super().__init__(framework)
        self.provides = s3.S3Provider(self, ENDPOINT)
        framework.observe(self.provides.on.credentials_requested, self._on_requested)

    def publish(self, number: int, data: dict[str, Any]) -> None:
        self.provides.update_connection_info(number, data)

    def forget(self, number: int, keys: list[str]) -> None:
        for key in keys:
            self.relation(number).data[self.app].pop(key, None)

    def _on_requested(self, event: s3.CredentialRequestedEvent) -> None:
        self.answer(event.relation.id)


class SecondGeneration(Store):
    """Publishes credentials in a secret."""

    def __init__(self, framework: ops.Framework) -> None:
        super().__init__(framework)
        self.provides = object_storage.S3Provider(self, ENDPOINT)
        framework.observe(self.provides.on.storage_connection_info_requested, self._on_requested)

    def publish(self, number: int, data: dict[str, Any]) -> None:
        # The library makes JSON of one list only.
        attributes = data.get("attributes")
        more = {"attributes": json.dumps(attributes)} if attributes else {}
        self.provides.set_storage_connection_info(number, {**data, **more})

    def forget(self, number: int, keys: list[str]) -> None:
        self.provides.delete_relation_data(number, keys)

    def replace_secret(self, number: int, content: dict[str, str]) -> None:
        """Publish another secret, and leave the one before as it is."""
        secret = self.app.add_secret(content)
        secret.grant(self.relation(number))
        self.relation(number).data[self.app]["secret-extra"] = secret.id or ""

    def asked(self, number: int) -> list[str]:
        """Return what the application wants to have in secrets."""
        relation = self.relation(number)
        return json.loads(relation.data[relation.app]["requested-secrets"])

    def _on_requested(self, event: object_storage.StorageConnectionInfoRequestedEvent) -> None:
        relation = event.relation
        # It asks again in every hook; only the first time there is something to answer.
        if "bucket" not in relation.data[self.app]:
            self.answer(relation.id)
