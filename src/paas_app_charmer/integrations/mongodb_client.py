"""MongoDB."""

from __future__ import annotations

from .. import env
from . import _database

INTEGRATION = _database.of(
    "mongodb_client",
    scheme="mongodb",
    port=27017,
    # All its clients take several hosts, and find the one that leads among them.
    ecosystem={"MONGODB_URI": env.Alias(of="connect_string")},
)
