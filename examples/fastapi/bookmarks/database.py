"""PostgreSQL, found by the variable that the integration gives."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator
from typing import Any

import psycopg
import sqlalchemy
from sqlalchemy import orm

CONNECT_TIMEOUT = 3  # seconds


class NotIntegratedError(RuntimeError):
    """There is no database to talk to."""


class Base(orm.DeclarativeBase):
    """What the tables are declared in."""


class Bookmark(Base):
    """An address that is worth coming back to."""

    __tablename__ = "bookmark"

    id: orm.Mapped[int] = orm.mapped_column(sqlalchemy.Identity(always=True), primary_key=True)
    url: orm.Mapped[str] = orm.mapped_column(unique=True)
    title: orm.Mapped[str]
    kept_at: orm.Mapped[dt.datetime] = orm.mapped_column(
        sqlalchemy.DateTime(timezone=True), server_default=sqlalchemy.func.now()
    )


def _connect() -> psycopg.Connection[Any]:
    # As it is given: it may name several hosts, which no URL of SQLAlchemy's can.
    address = os.environ.get("POSTGRESQL_DB_CONNECT_STRING")
    if not address:
        raise NotIntegratedError("POSTGRESQL_DB_CONNECT_STRING is not set")
    return psycopg.connect(address, connect_timeout=CONNECT_TIMEOUT)


engine = sqlalchemy.create_engine("postgresql+psycopg://", creator=_connect, pool_pre_ping=True)


def session() -> Iterator[orm.Session]:
    """Give a request its session, which ends with it."""
    with orm.Session(engine) as opened:
        yield opened
