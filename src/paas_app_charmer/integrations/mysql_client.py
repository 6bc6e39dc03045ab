"""MySQL."""

from __future__ import annotations

from . import _database

INTEGRATION = _database.of(
    "mysql_client", scheme="mysql", port=3306, ecosystem=_database.url("mysql")
)
