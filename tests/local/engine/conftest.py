"""An engine that runs the probe charm, and a live agent that answers this very process."""

from __future__ import annotations

import contextlib
import json
import pathlib
import subprocess
import sys
import typing

import pytest
import yaml

from paas_app_charmer.local import api, context, engine, ledger, model, remote, world
from paas_app_charmer.local import hook as hooks

if typing.TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PROBE = pathlib.Path(__file__).parent / "probe"
SEEN = ".seen"


def spawn(argv, environment):
    return subprocess.Popen(
        list(argv),
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


class Deployment:
    """An engine, what it logged, what it published, and where its units' charms are."""

    def __init__(self, folder: pathlib.Path, charm_dir: pathlib.Path, **options: typing.Any):
        self.log: list[api.LogLine] = []
        self.published: list[api.RelationView] = []
        self.folder = folder
        self.charm_dir = charm_dir
        self.engine = engine.Engine(
            store_dir=folder,
            application="probe",
            charm=yaml.safe_load((charm_dir / "charmcraft.yaml").read_text()),
            charm_dir=charm_dir,
            spawn_for_unit=lambda _unit: spawn,
            on_log=self.log.append,
            on_relation_data=options.pop("on_relation_data", self.published.append),
            **{"retry_seconds": (60, 60), **options},
        )
        self.engine.start()

    def events(self, unit: str = "probe/0") -> list[str]:
        """The events that the charm has seen, in their order."""
        return [entry["hook"] for entry in self.seen(unit)]

    def seen(self, unit: str = "probe/0") -> list[dict[str, typing.Any]]:
        path = self.folder / "units" / unit.replace("/", "-") / "charm" / SEEN
        if not path.exists():
            return []
        return [json.loads(line) for line in path.read_text().splitlines()]

    def settle(self) -> None:
        assert self.engine.wait_idle(20), self.engine.snapshot()

    def unit(self, name: str = "probe/0") -> dict[str, typing.Any]:
        return self.engine.snapshot()["applications"]["probe"]["units"][name]

    def logged(self, source: str) -> list[str]:
        return [line.text for line in self.log if line.source == source]


@pytest.fixture
def deploy(tmp_path) -> Iterator[Callable[..., Deployment]]:
    """Deploy the probe with no unit yet; everything is stopped at the end of the test."""
    made: list[Deployment] = []

    def make(
        folder: pathlib.Path | None = None, charm_dir: pathlib.Path = PROBE, **options
    ) -> Deployment:
        deployment = Deployment(folder or tmp_path / "store", charm_dir, **options)
        made.append(deployment)
        return deployment

    yield make
    for deployment in made:
        deployment.engine.stop()


@pytest.fixture
def running(deploy) -> Deployment:
    """A probe with one unit that has started."""
    deployment = deploy()
    deployment.engine.add_unit()
    deployment.settle()
    return deployment


class Bench:
    """A model of two units with a database, and hooks that are open as long as a test wants."""

    def __init__(self, folder: pathlib.Path, monkeypatch: pytest.MonkeyPatch):
        self.log: list[api.LogLine] = []
        self.world = world.World(
            store_dir=folder,
            application="probe",
            model_name="local",
            charm_dir=PROBE,
            python=sys.executable,
            on_log=self.log.append,
            on_relation_data=lambda _view: None,
            on_change=lambda: None,
        )
        self._monkeypatch = monkeypatch
        self.world.use_charm(yaml.safe_load((PROBE / "charmcraft.yaml").read_text()))
        remote.add_peers(self.state)
        self.database = remote.add_relation(self.state, "database", "postgresql", units=1)
        for number in range(2):
            unit = model.Unit(name=f"probe/{number}", installed=True)
            self.state.units[unit.name] = unit
            ledger.enter_scopes(self.state, unit)
        for unit in self.state.units.values():
            unit.relations[self.database].members["postgresql/0"] = 0
        self.state.leader = "probe/0"
        self.world.agent.start()

    @property
    def state(self) -> model.Model:
        return self.world.state

    @property
    def relation(self) -> model.Relation:
        return self.state.relations[self.database]

    @property
    def peers(self) -> model.Relation:
        return next(relation for relation in self.state.relations.values() if relation.peer)

    @contextlib.contextmanager
    def hook(
        self,
        unit: str = "probe/0",
        hook: hooks.Hook | None = None,
        *,
        action: context.ActionRun | None = None,
        fails: bool = False,
    ) -> Iterator[context.Context]:
        """Make this process a hook: tools on PATH and the JUJU_* variables."""
        found = hook or hooks.Hook(kind="config-changed")

        def log(level: str, text: str, *, source: str = "juju-log") -> None:
            self.log.append(api.LogLine(unit=unit, source=source, level=level, text=text))

        running = context.Context(
            identifier=f"{unit}-test",
            state=self.state,
            unit=unit,
            hook=found,
            log=log,
            gap=self.world.gap,
            resources=self.world.resources,
            action=action,
        )
        variables = self.world.variables(self.state.units[unit])
        with self._monkeypatch.context() as patch:
            for key, value in {**variables, **found.variables()}.items():
                patch.setenv(key, value)
            patch.delenv("PYTHONPATH")
            patch.setenv("JUJU_CONTEXT_ID", running.id)
            self.world.agent.open(running)
            yield running
            self.world.agent.close(running)
        if not fails:
            running.commit()


@pytest.fixture
def bench(tmp_path, monkeypatch) -> Iterator[Bench]:
    made = Bench(tmp_path / "store", monkeypatch)
    yield made
    made.world.agent.stop()
