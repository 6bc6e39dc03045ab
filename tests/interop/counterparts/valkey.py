"""A Valkey charm: the library's provider, and what the charm behind it publishes."""

from __future__ import annotations

import warnings
from typing import Any

import ops

from paas_app_charmer import urls

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # its models say to pydantic what pydantic does not use
    from dpcharmlibs import interfaces

ENDPOINT = "valkey-client"
JUJU = "3.6.9"
"""The library needs 3.6.2; our side does not."""

_STATE: dict[str, Any] = {
    "endpoints": "valkey-0.valkey-endpoints:6379",
    "read_only_endpoints": "valkey-1.valkey-endpoints:6379,valkey-2.valkey-endpoints:6379",
    "sentinel_endpoints": "valkey-0.valkey-endpoints:26379,valkey-1.valkey-endpoints:26379",
    "mode": "sentinel",
    "tls": False,
    "tls_ca": None,
    "version": "9.0.1",
    "password": "first",
}


class Valkey(ops.CharmBase):
    """Gives everyone that asks a user of its own."""

    def __init__(self, framework: ops.Framework) -> None:
        super().__init__(framework)
        self.provides = interfaces.ResourceProviderEventHandler(
            self, ENDPOINT, interfaces.RequirerCommonModel, bulk_event=True
        )
        framework.observe(self.provides.on.bulk_resources_requested, self._on_requested)

    def say(self, data: Any) -> None:
        """Answer with this, or as a server that is not up again."""
        for relation in self.model.relations[ENDPOINT] if self.unit.is_leader() else ():
            self.publish(relation.id, **self._answer(data))

    def hears(self) -> list[str]:
        """Return what is asked for."""
        relations = self.model.relations[ENDPOINT]
        return [one.resource for relation in relations for one in self.requests(relation.id)]

    def _answer(self, data: Any) -> dict[str, Any]:
        if data is None:
            return {"endpoints": None}
        url = urls.parse(data.uri)
        parts = url.properties()
        return {
            "endpoints": url.netloc.rpartition("@")[2],
            "username": parts["username"],
            "password": parts["password"],
            "read_only_endpoints": data.read_only_endpoints or None,
            "sentinel_endpoints": data.sentinel_endpoints or None,
            "mode": data.mode or None,
            "version": data.version or None,
        }

    def publish(self, number: int, **changes: Any) -> None:
        """Answer each request that there is, with some of it changed."""
        answers = [
            interfaces.ValkeyResponseModel(
                request_id=request.request_id,
                resource=request.resource,
                salt=request.salt,
                **{"username": f"relation-{number}-{request.request_id}", **_STATE, **changes},
            )
            for request in self.requests(number)
        ]
        self.provides.set_responses(number, answers)

    def requests(self, number: int) -> Any:
        """Return what is asked for on a relation."""
        return self.provides.requests(self._relation(number))

    def move_to_another_secret(self, number: int, password: str) -> None:
        """Keep the credentials in a new secret, beside the one that they were in."""
        (request,) = self.requests(number)
        answer = self.provides.responses(self._relation(number), interfaces.ValkeyResponseModel)[0]
        user = {"username": f"relation-{number}-{request.request_id}", "password": password}
        secret = self.app.add_secret(user)
        secret.grant(self._relation(number))
        bag = self._relation(number).data[self.app]
        bag["requests"] = bag["requests"].replace(str(answer.secret_user), str(secret.id))

    def _relation(self, number: int) -> ops.Relation:
        relation = self.model.get_relation(ENDPOINT, number)
        assert relation is not None
        return relation

    def _on_requested(self, event: ops.RelationEvent) -> None:
        self.publish(event.relation.id)


class Starting(Valkey):
    """Is not up yet when it is asked."""

    def _on_requested(self, event: ops.RelationEvent) -> None:
        pass
