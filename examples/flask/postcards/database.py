"""PostgreSQL, found by the variable that the integration gives."""

from __future__ import annotations

import os

import psycopg
import psycopg.rows

CONNECT_TIMEOUT = 3  # seconds


class NotIntegratedError(RuntimeError):
    """There is no database to talk to."""


def connect() -> psycopg.Connection[psycopg.rows.DictRow]:
    """Open a connection; as a context manager it commits at the end and closes.

    Raises:
        NotIntegratedError: if the application was given no connect string.
        psycopg.OperationalError: if the server does not answer.
    """
    url = os.environ.get("POSTGRESQL_DB_CONNECT_STRING")
    if not url:
        raise NotIntegratedError("POSTGRESQL_DB_CONNECT_STRING is not set")
    return psycopg.connect(url, connect_timeout=CONNECT_TIMEOUT, row_factory=psycopg.rows.dict_row)
