"""One unit and all that Juju, Pebble, its operator and its neighbours may do to it."""

from __future__ import annotations

import dataclasses
import pathlib
import shutil
import time
import unittest.mock
from typing import Any

import conftest
import ops
import ops.testing

from . import kinds, listening, neighbours, outcome, processes, refusals

KNOWN = {"active", "waiting", "blocked"}
LONGEST = 500
"""Characters of a status that can still be read."""


class World:
    """Changes what the charm finds, lets events happen, and looks at what came of each."""

    def __init__(
        self, kind: kinds.Kind, folder: pathlib.Path, present: list[listening.Ear], **state: Any
    ) -> None:
        self.kind = kind
        self.vault = neighbours.Vault()
        self.late = 0.0
        """Seconds by which the unit's clock is ahead of the machine's."""
        self._folder = folder
        self._present = present
        self.unit: conftest.Deployment = kind.deploy(folder, **state)
        self.settings = self.unit.folder / kind.framework / "gunicorn.conf.py"
        self.running = processes.Processes(
            kind.framework, lambda: self.settings.read_text(encoding="utf-8")
        )
        self.ear = listening.Ear(processes=self.running)
        self._present.append(self.ear)

    def close(self) -> None:
        self._present.remove(self.ear)
        shutil.rmtree(self._folder)

    # --- what there is ---------------------------------------------------------------------------
    @property
    def state(self) -> ops.testing.State:
        return self.unit.state

    @property
    def container(self) -> ops.testing.Container:
        return self.state.get_container(self.unit.container)

    @property
    def app(self) -> pathlib.Path:
        """The application's folder."""
        return self.unit.folder / self.kind.framework / "app"

    @property
    def on(self) -> Any:
        return self.unit.context.on

    def relations(self, endpoint: str | None = None) -> list[ops.testing.Relation]:
        """Return those to other applications, in the order of their numbers."""
        found = [one for one in self.state.relations if isinstance(one, ops.testing.Relation)]
        mine = [one for one in found if endpoint in {None, one.endpoint}]
        return sorted(mine, key=lambda one: one.id)

    def peers(self) -> ops.testing.PeerRelation | None:
        found = (one for one in self.state.relations if isinstance(one, ops.testing.PeerRelation))
        return next(found, None)

    def secrets(self, owner: str | None) -> list[ops.testing.Secret]:
        """Return the application's own, or those of others, in a lasting order."""
        return sorted((s for s in self.state.secrets if s.owner == owner), key=lambda s: s.id)

    # --- what is done to it ----------------------------------------------------------------------
    def change(self, **fields: Any) -> None:
        self.unit.state = dataclasses.replace(self.state, **fields)

    def configure(self, name: str, value: object) -> None:
        """Set an option; None resets it."""
        kept = {key: one for key, one in self.state.config.items() if key != name}
        self.change(config=kept if value is None else {**kept, name: value})

    def keep(self, secret: ops.testing.Secret) -> None:
        """Add a secret, or put it in the place of the one with its id."""
        others = [one for one in self.state.secrets if one.id != secret.id]
        self.change(secrets=[*others, secret])

    def lose(self, secret: ops.testing.Secret) -> None:
        self.change(secrets=[one for one in self.state.secrets if one.id != secret.id])

    def swap(self, old: ops.testing.RelationBase, **fields: Any) -> ops.testing.RelationBase:
        """Put a changed relation in the place of one that is there."""
        new = dataclasses.replace(old, **fields)
        others = [one for one in self.state.relations if one.id != old.id]
        self.change(relations=[*others, new])
        return new

    def part(self, relation: ops.testing.RelationBase) -> None:
        """Let a relation be gone."""
        others = [one for one in self.state.relations if one.id != relation.id]
        self.change(relations=others)

    def restart_container(self, rock: ops.pebble.Layer | None = None) -> None:
        """Let the container come up as its image has it, with no service running."""
        for place in ("tmp", "var/log"):
            _empty(self.unit.folder / place)
        base = self.unit.folder / self.kind.framework
        for file in base.iterdir():
            if file.is_file():
                file.unlink()
        layer = rock or self.container.layers["001-rock"]
        self.unit.set_container(
            can_connect=True,
            layers={"001-rock": layer},
            service_statuses={},
            check_infos=frozenset(),
        )
        self.running.clear()

    def bring_down(self, service: str, status: ops.pebble.ServiceStatus) -> None:
        """Let a process end by itself."""
        statuses = {**self.container.service_statuses, service: status}
        self.unit.set_container(service_statuses=statuses)
        self.running.pop(service, None)

    # --- what happens ----------------------------------------------------------------------------
    def happen(self, event: Any, fault: refusals.Fault | None = None) -> None:
        """Let an event happen, and check what always holds."""
        context, before = self.unit.context, self.state
        was_read = self._is_read()
        for seen in (context.juju_log, context.unit_status_history, context.app_status_history):
            seen.clear()
        context.exec_history.clear()
        self.ear.begin(fault)
        answer = ""
        try:
            with self._clock():
                self.unit.state = context.run(event, before)
        except ops.testing.ActionFailed as failed:
            answer, self.unit.state = failed.message, failed.state
        except refusals.Killed:
            # What a hook asked of Juju counts when it ends well; what Pebble did is done.
            self.unit.set_container(**_of(self.ear.left))
            return
        answer += str(context.action_results or "") + str(context.action_logs)
        self._check(answer if event.action else "", acted=bool(event.action))
        assert self.ear.has_struck or not was_read or self._is_read()

    def _clock(self) -> Any:
        real = time.time

        def shown() -> float:
            return real() + self.late

        return unittest.mock.patch("time.time", shown)

    def _is_read(self) -> bool:
        """Return whether gunicorn, if it runs, would read the same settings when it starts again.

        What a refused check or a failed migration was for must not stay in the file.
        """
        process = self.running.get(self.kind.framework)
        return process is None or process.text == self.settings.read_text(encoding="utf-8")

    def _check(self, answer: str, *, acted: bool) -> None:
        status = self.state.unit_status
        assert status.name in KNOWN, status
        assert len(status.message) <= LONGEST, status
        assert status.message.isprintable(), status
        assert status.name == "active" or status.message, status
        self._keeps_secrets(answer)
        if status.name == "active" and not acted:
            outcome.runs_as_planned(self.container, self.running, self.kind.framework)

    def _keeps_secrets(self, answer: str) -> None:
        context = self.unit.context
        told = [answer, *self.ear.spoken, *(line.message for line in context.juju_log)]
        statuses = [self.state.unit_status, self.state.app_status]
        statuses += [*context.unit_status_history, *context.app_status_history]
        told += [status.message for status in statuses]
        for one in self.state.relations:
            bags = [one.local_unit_data]
            if self.kind.has_secrets or not isinstance(one, ops.testing.PeerRelation):
                bags.append(one.local_app_data)
            told += [text for bag in bags for text in bag.values()]
        own = [one for s in self.secrets("app") for one in (s.latest_content or {}).values()]
        for text in told:
            assert not neighbours.is_told(text), text
            assert not any(key in text for key in own), text


def _of(container: ops.testing.Container | None) -> dict[str, Any]:
    """Return what Pebble keeps when a hook ends in the middle."""
    if container is None:
        return {}
    return {
        "layers": container.layers,
        "service_statuses": container.service_statuses,
        "check_infos": container.check_infos,
    }


def _empty(folder: pathlib.Path) -> None:
    shutil.rmtree(folder)
    folder.mkdir()
