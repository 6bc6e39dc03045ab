"""What Juju's controller does for a model: config, integrations and secrets, without any hook."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Generator, Mapping
from typing import Any

from . import api, ledger, model, remote, secretstate, settings, snapshot, world


class Controller:
    """Changes the model; the units' agents see the difference and act on it."""

    def __init__(self, shared: world.World) -> None:
        self._world = shared
        self._lock: threading.Condition = shared.lock

    @property
    def _state(self) -> model.Model:
        return self._world.state

    @contextlib.contextmanager
    def _changing(self) -> Generator[model.Model]:
        """Change the state under the lock; wake the units, save and tell observers afterwards."""
        with self._lock:
            yield self._state
            self._lock.notify_all()
        self._world.changed()

    def config(self) -> dict[str, dict[str, Any]]:
        """Every option: `type`, `default`, `value`, `source` (default, user), `description`."""
        with self._lock:
            state = self._state
            return {
                name: {
                    "type": option.type,
                    "default": option.default,
                    "value": state.config.get(name, option.default),
                    "source": "user" if name in state.config else "default",
                    "description": option.description,
                }
                for name, option in state.charm.options.items()
            }

    def set_config(self, values: Mapping[str, Any]) -> None:
        """Set options; text is converted to the option's type. All or none."""
        with self._changing() as state:
            state.config.update(settings.config_values(state, values))

    def reset_config(self, *options: str) -> None:
        with self._changing() as state:
            for name in options:
                settings.known_option(state, name)
            for name in options:
                state.config.pop(name, None)

    # --- relations -------------------------------------------------------------------------------
    def integrate(
        self,
        endpoint: str,
        remote_app: str,
        *,
        units: int = 1,
        app: Mapping[str, str] | None = None,
        unit_data: Mapping[str, Mapping[str, str]] | None = None,
    ) -> int:
        """Add a relation and return its id."""
        with self._changing() as state:
            identifier = remote.add_relation(state, endpoint, remote_app, units=units)
            remote.publish(state, identifier, app=app or {}, units=unit_data or {})
            return identifier

    def remove_relation(self, endpoint: str, remote_app: str | None = None) -> None:
        """Depart and break a relation on every unit."""
        with self._changing() as state:
            remote.remove_relation(state, endpoint, remote_app)
            ledger.prune(state)

    def provider_set(
        self,
        relation_id: int,
        *,
        app: Mapping[str, str] | None = None,
        units: Mapping[str, Mapping[str, str]] | None = None,
    ) -> bool:
        """Merge into the remote databags ("" removes a key); says whether anything changed.

        A unit name that is not in the relation yet joins it.
        """
        with self._changing() as state:
            return remote.publish(state, relation_id, app=app or {}, units=units or {})

    def relations(self) -> tuple[api.RelationView, ...]:
        """Relations to remote applications, by id."""
        with self._lock:
            return tuple(
                snapshot.relation_view(self._state, relation)
                for relation in self._state.relations.values()
                if not relation.peer
            )

    def provider_secret(self, relation_id: int, content: Mapping[str, str], *, label: str) -> str:
        """Make a secret owned by the remote application and granted to ours; returns its id.

        The same label again adds a revision if the content differs.
        """
        with self._changing() as state:
            return remote.provider_secret(state, relation_id, content, label=label)

    # --- user secrets ----------------------------------------------------------------------------
    def add_secret(self, name: str, content: Mapping[str, str]) -> str:
        """Return `secret:ID`, which is what a secret-typed option wants."""
        with self._changing() as state:
            return remote.add_user_secret(state, name, content)

    def update_secret(self, name: str, content: Mapping[str, str]) -> None:
        with self._changing() as state:
            secretstate.add_revision(remote.user_secret(state, name), content)

    def grant_secret(self, name: str) -> None:
        """Grant a user secret to the application."""
        with self._changing() as state:
            remote.grant(state, remote.user_secret(state, name))
