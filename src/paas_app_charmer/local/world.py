"""What all units share: the state and its lock, the store, the agent, and the observers."""

from __future__ import annotations

import os
import pathlib
import threading
from collections.abc import Callable, Mapping
from typing import Any

from . import agent, api, charmdir, charmmeta, model, snapshot, store
from .hook import JUJU_VERSION


class World:
    """The state may be touched only while `lock` is held."""

    def __init__(
        self,
        *,
        store_dir: pathlib.Path,
        application: str,
        model_name: str,
        charm_dir: pathlib.Path,
        python: str,
        on_log: Callable[[api.LogLine], None],
        on_relation_data: Callable[[api.RelationView], None],
        on_change: Callable[[], None],
    ) -> None:
        store_dir.mkdir(parents=True, exist_ok=True)
        self.lock = threading.Condition(threading.RLock())
        self.log = on_log
        self._store = store_dir
        self._state_file = store_dir / "state.json"
        self._charm_dir = charm_dir
        self._charmcraft: Mapping[str, Any] = {}
        self._python = python
        self._on_relation_data = on_relation_data
        self._on_change = on_change
        self._save_lock = threading.Lock()
        self._gaps: dict[str, None] = {}
        self._resources: dict[str, str] = {}
        self._told: dict[int, tuple[tuple[str, int], ...]] = {}
        self.state = store.load(self._state_file) or model.Model(
            application=application, name=model_name
        )
        if self.state.application != application:
            raise api.EngineError(
                f"{self._state_file} belongs to {self.state.application}, not to {application}; "
                "remove it to begin anew"
            )
        self.agent = agent.Agent(
            directory=store_dir,
            python=python,
            lock=self.lock,
            on_change=self.noted,
        )

    def use_charm(self, charmcraft: Mapping[str, Any]) -> None:
        """Take (new) metadata; units see it with their next copy of the charm."""
        self._charmcraft = charmcraft
        self.state.charm = charmmeta.parse(charmcraft)
        folder = self._store / "resources"
        folder.mkdir(exist_ok=True)
        for name, image in self.state.charm.resources.items():
            path = folder / f"{name}.yaml"
            path.write_text(f"registrypath: {image}\n")
            self._resources[name] = str(path)

    @property
    def resources(self) -> Mapping[str, str]:
        """Resource name -> file, with what Juju writes for an image."""
        return self._resources

    def charm_copy(self, unit: str) -> pathlib.Path:
        return self._store / "units" / unit.replace("/", "-") / "charm"

    def refresh(self, unit: model.Unit) -> bool:
        """Bring the unit's copy of the charm up to date; says whether it changed."""
        return charmdir.refresh(
            self._charm_dir,
            self.charm_copy(unit.name),
            charmcraft=self._charmcraft,
            paas_config=unit.paas_config,
        )

    def variables(self, unit: model.Unit) -> dict[str, str]:
        """Return the variables that every hook of the unit has; nothing of ours leaks in."""
        charm = str(self.charm_copy(unit.name))
        programs = (
            str(self.agent.tools),
            str(pathlib.Path(self._python).parent),
            os.environ.get("PATH", os.defpath),
        )
        return {
            "PATH": os.pathsep.join(programs),
            "HOME": os.environ.get("HOME", "/"),
            "LANG": "C.UTF-8",
            "PYTHONPATH": f"{charm}/lib{os.pathsep}{charm}/src",
            "CHARM_DIR": charm,
            "JUJU_CHARM_DIR": charm,
            "JUJU_AGENT_SOCKET_ADDRESS": self.agent.address,
            "JUJU_AGENT_SOCKET_NETWORK": "unix",
            "JUJU_MODEL_NAME": self.state.name,
            "JUJU_MODEL_UUID": self.state.uuid,
            "JUJU_UNIT_NAME": unit.name,
            "JUJU_PRINCIPAL_UNIT": "",
            "JUJU_AVAILABILITY_ZONE": "",
            "JUJU_API_ADDRESSES": "",
            "JUJU_VERSION": JUJU_VERSION,
            "JUJU_CHARM_HTTP_PROXY": "",
            "JUJU_CHARM_HTTPS_PROXY": "",
            "JUJU_CHARM_FTP_PROXY": "",
            "JUJU_CHARM_NO_PROXY": "",
            "CLOUD_API_VERSION": "",
        }

    def gap(self, text: str) -> None:
        """Note what the charm asked for that is not modelled; once is enough."""
        if text not in self._gaps:
            self._gaps[text] = None
            line = f"local agent gap: {text}"
            self.log(
                api.LogLine(
                    unit=self.state.application, source="uniter", level="WARNING", text=line
                )
            )

    @property
    def gaps(self) -> tuple[str, ...]:
        return tuple(self._gaps)

    def noted(self) -> None:
        """Save, and tell that the snapshot has changed; called without the lock."""
        with self._save_lock:
            with self.lock:
                content = store.dump(self.state)
            store.save(self._state_file, content)
        self._on_change()

    def changed(self) -> None:
        """Do that, and tell providers what our side has published; they may call the engine."""
        self.noted()
        with self.lock:
            views = [snapshot.relation_view(self.state, relation) for relation in self._news()]
        for view in views:
            self._on_relation_data(view)

    def _news(self) -> list[model.Relation]:
        """Return the relations where our own databags are not as their provider was told last."""
        ours = (self.state.application, *self.state.units)
        found: list[model.Relation] = []
        for relation in self.state.relations.values():
            versions = tuple((name, relation.versions.get(name, 0)) for name in ours)
            published = tuple(version for version in versions if version[1])
            if not relation.peer and self._told.get(relation.id, ()) != published:
                self._told[relation.id] = published
                found.append(relation)
        return found
