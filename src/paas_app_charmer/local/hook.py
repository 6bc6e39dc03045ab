"""One hook to run, and the JUJU_* variables that tell the charm about it."""

from __future__ import annotations

import dataclasses

JUJU_VERSION = "3.6.9"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Hook:
    kind: str
    """`install`, `relation-changed`, `pebble-ready`, `secret-changed`, `action`, ..."""
    name: str = ""
    """The endpoint, container or action that the kind is about."""
    relation_id: int | None = None
    remote_app: str = ""
    remote_unit: str = ""
    departing_unit: str = ""
    version: int = 0
    """The databag version that a relation event is about."""
    secret_id: str = ""
    secret_label: str = ""
    secret_revision: int | None = None
    notice: tuple[str, str, str] | None = None
    """Id, type and key of a Pebble notice."""
    check: str = ""
    action_id: str = ""
    artificial: bool = False
    """Fired by hand: what it reports has not happened, so nothing is recorded as seen."""

    @property
    def dispatch_name(self) -> str:
        """`config-changed`, `database-relation-joined`, `flask-app-pebble-ready`."""
        return f"{self.name}-{self.kind}" if self.name else self.kind

    @property
    def title(self) -> str:
        """How logs and errors call it."""
        return f"{self.name} action" if self.kind == "action" else self.dispatch_name

    def variables(self) -> dict[str, str]:
        """The variables that belong to this hook and not to every hook of the unit."""
        if self.kind == "action":
            return {
                "JUJU_DISPATCH_PATH": f"actions/{self.name}",
                "JUJU_HOOK_NAME": "",
                "JUJU_ACTION_NAME": self.name,
                "JUJU_ACTION_UUID": self.action_id,
                "JUJU_ACTION_TAG": f"action-{self.action_id}",
            }
        found = {
            "JUJU_DISPATCH_PATH": f"hooks/{self.dispatch_name}",
            "JUJU_HOOK_NAME": self.dispatch_name,
        }
        if self.relation_id is not None:
            found["JUJU_RELATION"] = self.name
            found["JUJU_RELATION_ID"] = f"{self.name}:{self.relation_id}"
            found["JUJU_REMOTE_UNIT"] = self.remote_unit
            found["JUJU_REMOTE_APP"] = self.remote_app
        if self.departing_unit:
            found["JUJU_DEPARTING_UNIT"] = self.departing_unit
        if self.kind.startswith("pebble-"):
            found["JUJU_WORKLOAD_NAME"] = self.name
        if self.notice:
            identifier, kind, key = self.notice
            found["JUJU_NOTICE_ID"] = identifier
            found["JUJU_NOTICE_TYPE"] = kind
            found["JUJU_NOTICE_KEY"] = key
        if self.check:
            found["JUJU_PEBBLE_CHECK_NAME"] = self.check
        return {**found, **self._secret_variables()}

    def _secret_variables(self) -> dict[str, str]:
        if not self.secret_id:
            return {}
        found = {"JUJU_SECRET_ID": f"secret:{self.secret_id}"}
        if self.secret_label:
            found["JUJU_SECRET_LABEL"] = self.secret_label
        if self.kind in ("secret-remove", "secret-expired"):
            found["JUJU_SECRET_REVISION"] = str(self.secret_revision)
        return found
