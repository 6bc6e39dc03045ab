"""A charm that writes down what it sees, and does the same few things whatever the event."""

from __future__ import annotations

import json
import os
import pathlib

import ops

SEEN = ".seen"
"""Hidden, so that a refresh of the charm's files leaves it."""


class Probe(ops.CharmBase):
    def __init__(self, framework: ops.Framework) -> None:
        super().__init__(framework)
        for name in self.on.events():
            if name not in ("collect_app_status", "collect_unit_status", "pre_commit", "commit"):
                framework.observe(
                    self.on[name] if "-" in name else getattr(self.on, name), self._on_any
                )

    def _on_any(self, event: ops.EventBase) -> None:
        hook = os.environ["JUJU_DISPATCH_PATH"].rpartition("/")[2]
        self._write_down(hook)
        if isinstance(event, ops.ActionEvent):
            self._act(event)
            return
        if isinstance(event, ops.LifecycleEvent):
            return
        if isinstance(event, ops.SecretChangedEvent):
            event.secret.get_content(refresh=True)
        if isinstance(event, ops.SecretRemoveEvent):
            event.remove_revision()
        self.unit.status = ops.MaintenanceStatus(f"on {hook}")
        self._publish()
        if self.config.get("fail-on") == hook:
            raise RuntimeError(f"asked to fail on {hook}")
        self.unit.status = ops.ActiveStatus(str(self.config["greeting"]))

    def _write_down(self, hook: str) -> None:
        variables = {key: value for key, value in os.environ.items() if key.startswith("JUJU_")}
        seen = pathlib.Path(os.environ["JUJU_CHARM_DIR"], SEEN)
        with seen.open("a") as file:
            file.write(json.dumps({"hook": hook, "env": variables}) + "\n")

    def _publish(self) -> None:
        for relation in self.model.relations["database"]:
            relation.data[self.unit]["greeting"] = str(self.config["greeting"])
            if self.unit.is_leader():
                relation.data[self.app]["database"] = self.app.name
        peers = self.model.get_relation("peers")
        if peers is None:
            return
        if self.unit.is_leader():
            peers.data[self.app]["secret"] = self._secret()
        peers.data[self.unit]["port"] = str(self.config["port"])
        if key := self.config.get("key"):
            secret = self.model.get_secret(id=str(key))
            peers.data[self.unit]["key"] = secret.get_content()["token"]
        self.unit.set_ports(int(self.config["port"]))
        self.unit.set_workload_version("1.2")
        container = self.unit.get_container("app")
        if container.can_connect():
            environment = {"GREETING": str(self.config["greeting"])}
            service = {"override": "replace", "command": "sleep 1000", "environment": environment}
            container.add_layer("probe", {"services": {"app": service}}, combine=True)

    def _secret(self) -> str:
        try:
            return str(self.model.get_secret(label="probe").get_info().id)
        except ops.SecretNotFoundError:
            return str(self.app.add_secret({"token": "first"}, label="probe").id)

    def _act(self, event: ops.ActionEvent) -> None:
        name = event.handle.kind.removesuffix("_action")
        if name == "crash":
            raise RuntimeError("the action crashed")
        if name == "rotate":
            secret = self.model.get_secret(label="probe")
            secret.set_content({"token": "second"})
            secret.get_content(refresh=True)
            return
        if name == "refuse":
            event.fail("not today")
            return
        event.log("echoing")
        event.set_results({"text": event.params["text"] * event.params["times"], "deep": {"a": 1}})


if __name__ == "__main__":
    ops.main(Probe)
