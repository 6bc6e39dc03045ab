"""Apply the SQL files of ``migrations/`` in the order of their names, each once."""

from __future__ import annotations

import logging
import pathlib

import psycopg

from . import database, process

FOLDER = pathlib.Path(__file__).parent / "migrations"

LOCK = 7_067_283
"""Any number will do, as long as nothing else in this database takes the same advisory lock."""

logger = logging.getLogger(__name__)


def migrate() -> None:
    """Bring the schema up to date; a second call finds nothing to do.

    Each unit of the application runs this at the same time, so the first takes a lock and the
    others wait for it. All of it is one transaction: a file that fails changes nothing.
    """
    with database.connect() as connection:
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
        connection.execute(
            "CREATE TABLE IF NOT EXISTS schema_migration"
            " (name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())"
        )
        applied = {row["name"] for row in connection.execute("SELECT name FROM schema_migration")}
        for file in sorted(FOLDER.glob("*.sql")):
            if file.name in applied:
                continue
            logger.info("applying %s", file.name)
            connection.execute(file.read_bytes())
            connection.execute("INSERT INTO schema_migration (name) VALUES (%s)", (file.name,))
    logger.info("the schema is up to date")


def main() -> None:
    process.log_to_stdout()
    try:
        migrate()
    except (database.NotIntegratedError, psycopg.Error) as error:
        # The last line is what the charm shows in the unit's status; PostgreSQL says it first.
        logger.error("%s", error)  # noqa: TRY400 - the text says where in the file
        raise SystemExit(f"migration failed: {str(error).partition(chr(10))[0]}") from error


if __name__ == "__main__":
    main()
