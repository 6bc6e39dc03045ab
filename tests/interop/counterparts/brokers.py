"""The two RabbitMQ charms, by the tables of their databags: neither has a library on PyPI."""

from __future__ import annotations

import ops

ENDPOINT = "amqp"


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

    def publish(self, password: str) -> None:
        """Answer everyone that asked, from where this charm does."""
        for relation in self.model.relations[ENDPOINT]:
            if {"username", "vhost"} <= relation.data[relation.app].keys():
                self.answer(relation, password)

    def answer(self, relation: ops.Relation, password: str) -> None:
        raise NotImplementedError

    def forget(self, *keys: str) -> None:
        """Take some of it back, as a charm that was restarted with less."""
        for relation in self.model.relations[ENDPOINT]:
            for entity in (self.app, self.unit):
                if entity is self.unit or self.unit.is_leader():
                    for key in keys:
                        relation.data[entity][key] = ""

    def _on_event(self, _: ops.EventBase) -> None:
        self.publish("first")


class OnKubernetes(RabbitMQ):
    """The leader answers for the application, with the name of its service."""

    def answer(self, relation: ops.Relation, password: str) -> None:
        if self.unit.is_leader():
            relation.data[self.app].update(
                {"hostname": "rabbitmq.queues.svc.cluster.local", "password": password}
            )


class OnMachines(RabbitMQ):
    """Every unit answers for itself, and the application says nothing."""

    def answer(self, relation: ops.Relation, password: str) -> None:
        number = self.unit.name.rpartition("/")[2]
        relation.data[self.unit].update({"hostname": f"10.0.0.{number}", "password": password})
