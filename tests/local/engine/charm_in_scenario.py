"""Play the story of test_fidelity_charms under ops-scenario.

`python charm_in_scenario.py PROJECT UUID`. The steps are read from standard input; what came of
each is printed, in the words of charm_in_sandbox.
"""

from __future__ import annotations

import dataclasses
import importlib
import json
import pathlib
import sys

import ops
from ops import testing

from paas_app_charmer import project as projects
from paas_app_charmer.local import hook, rock, runner_framework, runner_project
from paas_app_charmer.suites import halves

JUJUS_OWN = {"egress-subnets", "ingress-address", "private-address"}
METADATA = ("containers", "resources", "peers", "requires", "provides")
OUT_OF_DATE = "leader-settings-changed"
"""Juju still runs it, and ops-scenario does not know it."""


class Unit:
    """One unit: its context, and the state that its last event has left."""

    def __init__(self, number: int, project: runner_project.Project, uuid: str) -> None:
        self.number = number
        text = (project.charm / runner_project.CHARM_FILE).read_text()
        seen = projects.read(project.charm)
        expanded = halves.expand("charm", seen, text, file="charmcraft.yaml").content
        named = runner_project.CHARM_FILE
        self.framework = runner_framework.of(expanded, project.charm, named=named)
        self.folder = project.state / f"unit-{number}"
        (self.folder / "charm").mkdir(parents=True)
        self.context = testing.Context(
            importlib.import_module(f"paas_app_charmer.{self.framework}").Charm,
            meta={"name": expanded["name"], **{key: expanded[key] for key in METADATA}},
            config=expanded["config"],
            actions=expanded["actions"],
            charm_root=self.folder / "charm",
            juju_version=hook.JUJU_VERSION,
            app_name=expanded["name"],
            unit_id=number,
        )
        (self.container,) = expanded["containers"]
        (self.peers,) = expanded["peers"]
        here = testing.BindAddress([testing.Address("127.0.0.1")])
        self.state = testing.State(
            leader=number == 0,
            model=testing.Model("local", uuid=uuid, type="kubernetes"),
            containers=[self._container(project)],
            relations=[testing.PeerRelation(self.peers, peers_data={})],
            networks=[testing.Network(self.peers, bind_addresses=[here])],
        )

    def _container(self, project: runner_project.Project) -> testing.Container:
        image = rock.read(project.folder, exporter=False)
        root = self.folder / "container"
        base = root / self.framework
        for folder in (root / "tmp", base):
            folder.mkdir(parents=True)
        (base / "app").symlink_to(project.folder / image.source)
        settings = f"/{self.framework}/gunicorn.conf.py"
        (root / settings[1:]).write_text(image.files[settings].text)
        return testing.Container(
            self.container,
            layers={"001-rock": ops.pebble.Layer(dict(image.layer))},
            mounts={
                name: testing.Mount(location=f"/{name}", source=root / name)
                for name in ("tmp", self.framework)
            },
            execs={testing.Exec([], return_code=0)},
        )

    def change(self, **changes: object) -> None:
        self.state = dataclasses.replace(self.state, **changes)

    def swap(self, old: testing.RelationBase, **changes: object) -> testing.RelationBase:
        """Put a changed relation in the place of one that is there."""
        new = dataclasses.replace(old, **changes)
        others = [one for one in self.state.relations if one.id != old.id]
        self.change(relations=[*others, new])
        return new

    def relation(self, endpoint: str) -> testing.RelationBase:
        (found,) = self.state.get_relations(endpoint)
        return found

    def show(self, secret: testing.Secret, content: dict[str, str]) -> None:
        """Let the unit find a secret as one it may read; what it tracks of it stays.

        For ops-scenario a unit owns its application's secret, and owners are not told of changes;
        in Juju the units that do not lead are.
        """
        known = {one.id: one for one in self.state.secrets}
        tracked = known[secret.id].tracked_content if secret.id in known else content
        known[secret.id] = testing.Secret(
            tracked, latest_content=content, id=secret.id, label=secret.label
        )
        self.change(secrets=list(known.values()))

    def run(self, name: str, peer: int) -> None:
        """Run the event of that name, on the state as Juju would have it then."""
        endpoint, relational, kind = name.rpartition("-relation-")
        if relational:
            self._run_relational(endpoint, kind, peer)
        elif name.endswith("-pebble-ready"):
            container = dataclasses.replace(
                self.state.get_container(self.container), can_connect=True
            )
            self.change(containers=[container])
            self._emit(self.context.on.pebble_ready(container))
        elif name.endswith(" action"):
            self._emit(self.context.on.action(name.removesuffix(" action")))
        elif name == "secret-changed":
            (changed,) = (s for s in self.state.secrets if _is_news(s))
            self._emit(self.context.on.secret_changed(changed))
        elif name == "secret-remove":
            (ours,) = (secret for secret in self.state.secrets if secret.owner)
            self._emit(self.context.on.secret_remove(ours, revision=1))
        elif name != OUT_OF_DATE:
            self._emit(getattr(self.context.on, name.replace("-", "_"))())

    def _run_relational(self, endpoint: str, kind: str, peer: int) -> None:
        relation = self.relation(endpoint)
        if kind == "joined" and endpoint == self.peers:
            relation = self.swap(relation, peers_data={peer: {}})
        remote = {"remote_unit": peer if endpoint == self.peers else 0}
        event = getattr(self.context.on, f"relation_{kind}")
        self._emit(event(relation, **({} if kind in ("created", "broken") else remote)))
        if kind == "broken":
            others = [one for one in self.state.relations if one.id != relation.id]
            self.change(relations=others)

    def _emit(self, event: object) -> None:
        self.state = self.context.run(event, self.state)

    def seen(self) -> dict:
        container = self.state.get_container(self.container)
        root = self.folder / "container"
        notes = root / f"tmp/{self.framework}/state/release.json"
        status, application = self.state.unit_status, self.state.app_status
        return {
            "plan": container.plan.to_dict(),
            "running": sorted(
                name for name, s in container.service_statuses.items() if s.value == "active"
            ),
            "gunicorn": (root / self.framework / "gunicorn.conf.py").read_text(),
            "notes": json.loads(notes.read_text()) if notes.exists() else {},
            "status": [status.name, status.message],
            "app-status": [application.name, application.message] if self.state.leader else None,
            "ports": sorted(f"{port.port}/{port.protocol}" for port in self.state.opened_ports),
            "databags": {
                one.endpoint: [one.local_app_data, _own(one.local_unit_data)]
                for one in self.state.relations
                if one.endpoint != self.peers
            },
            "secrets": {s.label: s.latest_content for s in self.state.secrets if s.owner},
        }


class Stage:
    """One application of two units at most."""

    def __init__(self, folder: pathlib.Path, uuid: str) -> None:
        self.project = runner_project.find(folder)
        self.uuid = uuid
        self.units: list[Unit] = []
        self.provided: dict[str, testing.Secret] = {}

    def play(self, step) -> dict:
        """Do what a step says, run its events, and return what there is then."""
        getattr(self, step["verb"])(**step["arguments"])
        for unit in self.units:
            unit.context.action_results = None
            for event in step["events"][unit.number]:
                unit.run(event, peer=1 - unit.number)
            self._hand_on()
        results = [unit.context.action_results for unit in self.units]
        result = next((["completed", result] for result in results if result), None)
        return {"result": result, "units": [unit.seen() for unit in self.units]}

    def _hand_on(self) -> None:
        """Show the follower what the leader has written for the application."""
        leader, *followers = self.units
        for follower in followers:
            for relation in leader.state.relations:
                for own in follower.state.get_relations(relation.endpoint):
                    follower.swap(own, local_app_data=relation.local_app_data)
            for secret in leader.state.secrets:
                if secret.owner == "app":
                    follower.show(secret, secret.latest_content)

    # --- the verbs of the story ------------------------------------------------------------------
    def add_unit(self) -> None:
        self.units.append(Unit(len(self.units), self.project, self.uuid))
        self.units[-1].change(config=self.units[0].state.config)
        self._hand_on()

    def configure(self, **options) -> None:
        for unit in self.units:
            unit.change(config={**unit.state.config, **options})

    def integrate(self, endpoint, app=None, unit=None) -> None:
        relation = testing.Relation(
            endpoint,
            remote_app_name=f"the-{endpoint}",
            remote_app_data=app or {},
            remote_units_data={0: unit or {}},
        )
        for one in self.units:
            one.change(relations=[*one.state.relations, relation])

    def answer(self, endpoint, secrets, app=None) -> None:
        found = dict(app or {})
        for key, content in secrets.items():
            secret = self.provided.setdefault(f"{endpoint} {key}", testing.Secret(content))
            found[key] = secret.id
            for unit in self.units:
                unit.show(secret, content)
        for unit in self.units:
            relation = unit.relation(endpoint)
            unit.swap(relation, remote_app_data={**relation.remote_app_data, **found})

    def act(self, action: str) -> None:
        """Its event does it."""

    def separate(self, endpoint: str) -> None:
        """Its events do it."""


def _is_news(secret: testing.Secret) -> bool:
    return secret.owner is None and secret.tracked_content != secret.latest_content


def _own(databag: dict[str, str]) -> dict[str, str]:
    return {key: value for key, value in databag.items() if key not in JUJUS_OWN}


def main(folder: str, uuid: str) -> None:
    stage = Stage(pathlib.Path(folder), uuid)
    played = [stage.play(step) for step in json.load(sys.stdin)]
    sys.stdout.write(json.dumps(played))


if __name__ == "__main__":
    main(*sys.argv[1:])
