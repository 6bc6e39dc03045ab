"""The cards, their answers and their count."""

from __future__ import annotations

from typing import Any

import psycopg
import psycopg.rows

from . import jobs

Connection = psycopg.Connection[psycopg.rows.DictRow]


def add(connection: Connection, *, sender: str, message: str) -> int:
    """Keep a card and ask for an answer, in one transaction; return the card's number."""
    with connection.transaction():
        row = connection.execute(
            "INSERT INTO card (sender, message) VALUES (%s, %s) RETURNING id", (sender, message)
        ).fetchone()
        assert row is not None  # noqa: S101 - an INSERT that returns gives its one row or raises
        jobs.enqueue(connection, "reply", card_id=row["id"])
    return row["id"]


def latest(connection: Connection, limit: int = 20) -> list[dict[str, Any]]:
    return connection.execute(
        "SELECT id, sender, message, written_at, reply FROM card ORDER BY id DESC LIMIT %s",
        (limit,),
    ).fetchall()


def answer(connection: Connection, card_id: int, *, greeting: str, signed: str) -> None:
    connection.execute(
        "UPDATE card SET reply = %s || ', ' || sender || '. ' || %s WHERE id = %s",
        (greeting, signed, card_id),
    )


def count(connection: Connection) -> None:
    """Replace the summary by a fresh one."""
    connection.execute(
        "INSERT INTO summary (cards) SELECT count(*) FROM card"
        " ON CONFLICT (only_row) DO UPDATE SET cards = excluded.cards, counted_at = now()"
    )


def summary(connection: Connection) -> dict[str, Any] | None:
    """Return the latest count with its time, or None before the first one."""
    return connection.execute("SELECT cards, counted_at FROM summary").fetchone()
