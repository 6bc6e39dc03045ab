"""The two RabbitMQ charms, by the tables of their databags: neither has a library on PyPI."""

from __future__ import annotations

from typing import Any

import ops

from paas_app_charmer.integrations import rabbitmq

ENDPOINT = "amqp"
EXAMPLE = rabbitmq.INTEGRATION.example


class RabbitMQ(ops.CharmBase):
    """Makes a user for everyone that asks by name and virtual host."""

    def __init__(self, framework: ops.Framework) -> None:
        super().__init__(framework)
        for event in (
            self.on[ENDPOINT].relation_joined,
            self.on[ENDPOINT].relation_changed,
            self.on.leader_elected,
        ):
            framework.observe(event, self._on_event)

    def say(self, data: Any) -> None:
        """Answer everyone that asked, from where this charm does."""
        for relation in self.model.relations[ENDPOINT]:
            if len(self.hears()) > 1:
                self.answer(relation, data)

    def hears(self) -> list[str]:
        """Return what is asked for."""
        asked = [relation.data[relation.app] for relation in self.model.relations[ENDPOINT]]
        return [bag[key] for bag in asked for key in ("username", "vhost") if key in bag]

    def answer(self, relation: ops.Relation, data: Any) -> None:
        raise NotImplementedError

    def forget(self, *keys: str) -> None:
        """Take some of it back, as a charm that was restarted with less."""
        for relation in self.model.relations[ENDPOINT]:
            for entity in (self.app, self.unit):
                if entity is self.unit or self.unit.is_leader():
                    for key in keys:
                        relation.data[entity][key] = ""

    def _on_event(self, _: ops.EventBase) -> None:
        self.say(EXAMPLE)


class OnKubernetes(RabbitMQ):
    """The leader answers for the application."""

    def answer(self, relation: ops.Relation, data: Any) -> None:
        if self.unit.is_leader():
            relation.data[self.app].update(
                {"hostname": data.host if data else "", "password": data.password if data else ""}
            )


class OnMachines(RabbitMQ):
    """Every unit answers for itself, and the application says nothing."""

    def answer(self, relation: ops.Relation, data: Any) -> None:
        host = f"{self.unit.name.replace('/', '-')}.example"
        relation.data[self.unit].update(
            {"hostname": host if data else "", "password": data.password if data else ""}
        )
