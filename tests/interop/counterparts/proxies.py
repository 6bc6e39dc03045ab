"""A proxy's charm. Its library is not to be had, so it speaks by the tables of the protocol."""

from __future__ import annotations

import json
from typing import Any

import ops

from paas_app_charmer import urls

ENDPOINT = "proxy"


class Proxy(ops.CharmBase):
    """Answers every request, first that it is at it and with a user when it is told to."""

    def __init__(self, framework: ops.Framework) -> None:
        super().__init__(framework)
        framework.observe(self.on[ENDPOINT].relation_changed, self._on_relation_changed)

    def say(self, data: Any) -> None:
        """Let everyone through that asked, or take back what was answered."""
        for relation in self.model.relations[ENDPOINT] if self.unit.is_leader() else ():
            if data is None:
                self.forget(relation.id)
            else:
                parts = urls.parse(data.http_proxy).properties()
                self.open(relation.id, parts["hostname"], parts["password"], parts["username"])

    def hears(self) -> list[str]:
        """Return for which domains and logins is asked."""
        numbers = [relation.id for relation in self.model.relations[ENDPOINT]]
        asked = [one for number in numbers for one in self.requests(number)]
        return [json.dumps([one["domains"], one["auth"]]) for one in asked]

    def requests(self, number: int) -> list[dict[str, Any]]:
        """Return what the other side asks for."""
        relation = self._relation(number)
        return json.loads(relation.data[relation.app].get("requests", "[]"))

    def open(
        self,
        number: int,
        host: str = "squid.example",
        password: str = "first/1",
        username: str = "blog",
    ) -> None:
        """Let the other side through, with a user of its own."""
        content = {"username": username, "password": password}
        try:
            secret = self.model.get_secret(label="user")
            secret.set_content(content)
        except ops.SecretNotFoundError:
            secret = self.app.add_secret(content, label="user")
        secret.grant(self._relation(number))
        url = f"http://{host}:3128"
        self._answer(
            number,
            status="ready",
            auth="userpass",
            http_proxy=url,
            https_proxy=url,
            user=secret.get_info().id,
        )

    def reject(self, number: int) -> None:
        """Let the other side through no more."""
        self._answer(number, status="rejected")

    def forget(self, number: int) -> None:
        """Take back what was answered."""
        del self._relation(number).data[self.app]["responses"]

    def _answer(self, number: int, **answer: Any) -> None:
        answers = [{"requirer": one["requirer"], **answer} for one in self.requests(number)]
        self._relation(number).data[self.app]["responses"] = json.dumps(answers, sort_keys=True)

    def _relation(self, number: int) -> ops.Relation:
        relation = self.model.get_relation(ENDPOINT, number)
        assert relation is not None
        return relation

    def _on_relation_changed(self, event: ops.RelationChangedEvent) -> None:
        if self.unit.is_leader() and not event.relation.data[self.app].get("responses"):
            self._answer(event.relation.id, status="pending")
