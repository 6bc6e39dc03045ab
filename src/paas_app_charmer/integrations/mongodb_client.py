"""MongoDB."""

from __future__ import annotations

from . import _database

INTEGRATION = _database.of("mongodb_client", scheme="mongodb", port=27017)
