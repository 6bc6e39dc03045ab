"""The Redis charm, by the table of its databags: no wheel has its library."""

from __future__ import annotations

from typing import Any

import ops

ENDPOINT = "redis"


class Redis(ops.CharmBase):
    """Every unit says where it listens, and the leader who takes writes."""

    def say(self, data: Any) -> None:
        """Say where it is; a unit that is still starting says None."""
        for relation in self.model.relations[ENDPOINT]:
            relation.data[self.unit].update(
                {
                    "hostname": f"{self.unit.name.replace('/', '-')}.example",
                    "port": str(data.port if data else None),
                }
            )
            if self.unit.is_leader():
                relation.data[self.app]["leader-host"] = data.host if data else ""

    def hears(self) -> list[str]:
        """Return nothing: nobody asks."""
        return []
