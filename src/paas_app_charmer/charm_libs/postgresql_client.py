"""PostgreSQL."""

from __future__ import annotations

from . import _database

INTEGRATION = _database.of(__name__)
