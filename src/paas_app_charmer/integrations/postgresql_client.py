"""PostgreSQL."""

from __future__ import annotations

from . import _database

INTEGRATION = _database.of(
    "postgresql_client", scheme="postgresql", port=5432, ecosystem=_database.url("postgresql")
)
