"""Play the story of test_fidelity_charms on the engine, each unit with a real Pebble.

`python charm_in_sandbox.py PROJECT UUID PEBBLE zygote|plain`, in namespaces of its own. The steps
are read from standard input; what came of each is printed.
"""

from __future__ import annotations

import concurrent.futures
import json
import pathlib
import sys

import ops

from paas_app_charmer import project as projects
from paas_app_charmer.local import (
    engine,
    logs,
    runner_blueprint,
    runner_framework,
    runner_pebble,
    runner_pod,
    runner_project,
    sandbox,
    venv,
)
from paas_app_charmer.local.builds import python
from paas_app_charmer.suites import halves

JUJUS_OWN = {"egress-subnets", "ingress-address", "private-address"}
UNITS = (0, 1)


class Stage:
    """One application of two units at most."""

    def __init__(self, folder: pathlib.Path, program: pathlib.Path, dispatch: str) -> None:
        project = runner_project.find(folder)
        text = (project.charm / runner_project.CHARM_FILE).read_text()
        seen = projects.read(project.charm)
        expanded = halves.expand("charm", seen, text, file="charmcraft.yaml").content
        tools: concurrent.futures.Future[runner_blueprint.Tools] = concurrent.futures.Future()
        environment = venv.Environment(folder=pathlib.Path(sys.prefix), is_ours=False)
        tools.set_result(
            runner_blueprint.Tools(made=python.of(environment), pebble=program, exporter=None)
        )
        blueprint = runner_blueprint.Blueprint(
            project=project,
            framework=runner_framework.of(expanded, project.charm, named=str(project.charm)),
            charmcraft=expanded,
            tools=tools,
        )
        self.framework = blueprint.framework
        self.application = blueprint.application
        self.ran: dict[str, list[str]] = {}
        self.relations: dict[str, int] = {}
        self.pods = {name: self._pod(blueprint, name) for name in map(self.name, UNITS)}
        self.engine = engine.Engine(
            store_dir=project.state,
            application=self.application,
            charm=blueprint.charmcraft,
            charm_dir=project.charm,
            spawn_for_unit=lambda unit: self.pods[unit].spawn_charm,
            on_log=self.hear,
            dispatch=dispatch,
        )

    def begin(self, uuid: str) -> None:
        self.engine._state.uuid = uuid
        self.engine.start()

    def name(self, unit: int) -> str:
        return f"{self.application}/{unit}"

    @staticmethod
    def _pod(blueprint: runner_blueprint.Blueprint, name: str) -> runner_pod.Pod:
        state = blueprint.project.state
        return runner_pod.Pod(
            unit=name,
            folder=state / "pods" / name.replace("/", "-"),
            blueprint=blueprint,
            ports={"statsd": 9125},
            environment={},
            journal=logs.Journal(state),
        )

    def hear(self, line) -> None:
        if line.source == "uniter" and line.text.startswith("running "):
            self.ran[line.unit].append(line.text.removeprefix("running "))
        if line.level == "ERROR":
            sys.stderr.write(f"{line}\n")

    def play(self, step) -> dict:
        """Do what a step says, wait for its hooks, and return what there is then."""
        self.ran = {name: [] for name in self.pods}
        result = getattr(self, step["verb"])(**step["arguments"])
        assert self.engine.wait_idle(60), self.engine.snapshot()
        units = [self.seen(unit) for unit in UNITS]
        return {"result": result, "units": units, "gaps": list(self.engine.gaps())}

    # --- the verbs of the story ------------------------------------------------------------------
    def add_unit(self) -> None:
        unit = self.engine.add_unit()
        assert self.engine.wait_idle(60), self.engine.snapshot()
        self.pods[unit].start(self.engine)

    def integrate(self, endpoint, app=None, unit=None) -> None:
        units = {f"the-{endpoint}/0": unit} if unit else {}
        self.relations[endpoint] = self.engine.integrate(
            endpoint, f"the-{endpoint}", app=app, unit_data=units
        )

    def answer(self, endpoint, secrets, app=None) -> None:
        relation = self.relations[endpoint]
        found = {
            key: self.engine.provider_secret(relation, content, label=key)
            for key, content in secrets.items()
        }
        self.engine.provider_set(relation, app={**(app or {}), **found})

    def configure(self, **options) -> None:
        self.engine.set_config(options)

    def act(self, action: str) -> object:
        result = self.engine.run_action(action)
        return [result.status, result.results]

    def separate(self, endpoint: str) -> None:
        self.engine.remove_relation(endpoint)

    # --- what there is ---------------------------------------------------------------------------
    def seen(self, unit: int) -> dict | None:
        name = self.name(unit)
        shown = self.engine.snapshot()["applications"][self.application]
        if name not in shown["units"]:
            return None
        state = self.engine._state
        application = [state.status.status, state.status.message]
        status = shown["units"][name]["workload-status"]
        return {
            **self.workload(self.pods[name]),
            "events": self.ran[name],
            "status": [status["current"], status["message"]],
            "app-status": application if state.leader == name else None,
            "ports": shown["units"][name]["open-ports"],
            "databags": {
                view.endpoint: [view.app_data, self.own(view.unit_data.get(name, {}))]
                for view in self.engine.relations()
            },
            "secrets": {
                secret.label: secret.revisions[secret.latest]
                for secret in state.secrets.values()
                if secret.owner_kind == "application" and state.leader == name
            },
        }

    def workload(self, pod: runner_pod.Pod) -> dict:
        with runner_pebble.short_name(pod.socket) as socket:
            pebble = ops.pebble.Client(socket)
            return {
                "plan": pebble.get_plan().to_dict(),
                "running": sorted(s.name for s in pebble.get_services() if s.is_running()),
                "gunicorn": pebble.pull(f"/{self.framework}/gunicorn.conf.py").read(),
                "notes": pod.release(),
            }

    @staticmethod
    def own(databag: dict[str, str]) -> dict[str, str]:
        return {key: value for key, value in databag.items() if key not in JUJUS_OWN}

    def end(self) -> None:
        self.engine.stop()
        for pod in self.pods.values():
            pod.stop()


def main(folder: str, uuid: str, program: str, dispatch: str) -> int:
    stage = Stage(pathlib.Path(folder), pathlib.Path(program), dispatch)
    stage.begin(uuid)
    played = [stage.play(step) for step in json.load(sys.stdin)]
    stage.end()
    sys.stdout.write(json.dumps(played))
    return 0


if __name__ == "__main__":
    sys.exit(sandbox.enter(lambda: main(*sys.argv[1:])))
