"""A charm that asks what the Flask example asks at an event, and does nothing with the answers."""

import ops

APPLICATION, CONTAINER, PEERS, KEY = "postcards", "flask-app", "secret-storage", "key"


class Asking(ops.CharmBase):
    """Asks Juju and Pebble. At first it brings about that there is something to be told."""

    def __init__(self, framework: ops.Framework) -> None:
        super().__init__(framework)
        for event in self.on.events().values():
            if issubclass(event.event_type, ops.HookEvent):
                framework.observe(event, self._on_event)

    def _on_event(self, _: ops.EventBase) -> None:
        self._look(self.config.get("greeting"))
        self._look(self.model.get_binding(PEERS).network.bind_address)
        if self.unit.is_leader():
            self._ask_for_key()
        for endpoint in self.meta.relations:
            for relation in self.model.relations[endpoint]:
                self._ask_for_databags(relation)
        self._look(self.unit.opened_ports())
        self._ask_for_status()
        self._ask_pebble()

    def _look(self, *answers: object) -> None:
        """Do nothing with answers that ops asks for when they are looked at."""

    def _ask_for_key(self) -> None:
        try:
            self.model.get_secret(label=KEY).get_content(refresh=True)
        except ops.SecretNotFoundError:
            self.app.add_secret({"value": "something"}, label=KEY)

    def _ask_for_databags(self, relation: ops.Relation) -> None:
        entities = {
            PEERS: (self.app,),
            "postgresql": (relation.app, self.app),
            "redis": (relation.app, *relation.units),
            "ingress": (relation.app, self.app, self.unit),
        }
        bags = [dict(relation.data[entity]) for entity in entities.get(relation.name, ())]
        if relation.name != "postgresql":
            return
        login, request = bags
        if not request:
            fields = {"database": APPLICATION, "requested-secrets": '["username", "password"]'}
            relation.data[self.app].update(fields)
        if "secret-user" in login:
            self.model.get_secret(id=login["secret-user"]).get_content(refresh=True)

    def _ask_for_status(self) -> None:
        try:
            self._look(self.app.status, self.unit.status)
        except KeyError:  # of an application that never had one
            self.app.status = self.unit.status = ops.ActiveStatus()

    def _ask_pebble(self) -> None:
        container = self.unit.get_container(CONTAINER)
        try:
            container.get_services()
            container.get_checks()
            container.exists("/flask/complaint")
            container.exists("/tmp/flask/state/release.json")  # noqa: S108  where it is
        except ops.pebble.ConnectionError:
            pass  # it comes later


if __name__ == "__main__":
    ops.main(Asking)
