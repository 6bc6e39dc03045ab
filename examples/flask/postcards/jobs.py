"""A queue in PostgreSQL: no second system is needed, and a job is never lost."""

from __future__ import annotations

from typing import Any

import psycopg
import psycopg.rows

Connection = psycopg.Connection[psycopg.rows.DictRow]


def enqueue(connection: Connection, kind: str, card_id: int | None = None) -> None:
    connection.execute("INSERT INTO job (kind, card_id) VALUES (%s, %s)", (kind, card_id))


def claim(connection: Connection) -> dict[str, Any] | None:
    """Take the oldest job that nobody works on; None when there is none.

    The job is locked for as long as the caller's transaction lasts. A worker that dies half way
    loses its connection and with it the lock, so another one takes the job.
    """
    return connection.execute(
        "SELECT id, kind, card_id FROM job WHERE done_at IS NULL"
        " ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED"
    ).fetchone()


def finish(connection: Connection, job_id: int, worker: str) -> None:
    connection.execute(
        "UPDATE job SET done_at = now(), done_by = %s WHERE id = %s", (worker, job_id)
    )


def forget_old(connection: Connection) -> None:
    """Keep the table small: what was done a day ago interests nobody."""
    connection.execute("DELETE FROM job WHERE done_at < now() - interval '1 day'")


def overview(connection: Connection) -> dict[str, Any]:
    """Count the jobs: ``waiting``, ``done`` and who did how many."""
    rows = connection.execute(
        "SELECT done_by, count(*) AS jobs FROM job GROUP BY done_by ORDER BY done_by"
    ).fetchall()
    workers = {row["done_by"]: row["jobs"] for row in rows if row["done_by"]}
    waiting = sum(row["jobs"] for row in rows if not row["done_by"])
    return {"waiting": waiting, "done": sum(workers.values()), "workers": workers}
