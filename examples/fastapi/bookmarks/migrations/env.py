"""How Alembic reaches the database; it runs this for each of its commands."""

from __future__ import annotations

import sys

import sqlalchemy
from alembic import context

from bookmarks import database

LOCK = 7_067_284
"""Any number will do, as long as nothing else in this database takes the same advisory lock."""


def migrate() -> None:
    """Bring the schema up to date; a second call finds nothing to do.

    Each unit of the application runs this at the same time, so the first takes a lock and the
    others wait for it. All of it is one transaction: a migration that fails changes nothing.
    """
    with database.engine.connect() as connection:
        context.configure(connection=connection, target_metadata=database.Base.metadata)
        with context.begin_transaction():
            connection.execute(sqlalchemy.text(f"SELECT pg_advisory_xact_lock({LOCK})"))
            context.run_migrations()


try:
    migrate()
except (database.NotIntegratedError, sqlalchemy.exc.DBAPIError) as error:
    # The last line is what the charm shows in the unit's status; PostgreSQL says it first.
    reason = str(getattr(error, "orig", None) or error).partition("\n")[0]
    sys.exit(f"migration failed: {reason}")
