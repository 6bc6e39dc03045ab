"""Bookmarks that are kept in PostgreSQL.

``/docs`` shows all that it answers to. ``/env`` is the environment that the application was given,
and ``/pid`` and ``/sleep`` make visible what a charm does to a running server. An application of
your own needs none of these three.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import os
from http import HTTPStatus
from typing import Annotated, Any

import fastapi
import prometheus_fastapi_instrumentator
import pydantic
import sqlalchemy
from sqlalchemy import orm

from . import database, environment, ingress, settings

app = fastapi.FastAPI(title=settings.TITLE)
app.add_middleware(ingress.Below, path=settings.ROOT_PATH)
prometheus_fastapi_instrumentator.Instrumentator().instrument(app).expose(
    app, endpoint=settings.METRICS_PATH, include_in_schema=False
)
if settings.TRACED:
    from . import tracing

    tracing.instrument(app)

Session = Annotated[orm.Session, fastapi.Depends(database.session)]


class NewBookmark(pydantic.BaseModel):
    """What somebody wants to keep."""

    url: pydantic.HttpUrl
    title: str = pydantic.Field(min_length=1, max_length=200)


class KeptBookmark(pydantic.BaseModel):
    """What is kept."""

    model_config = pydantic.ConfigDict(from_attributes=True)

    id: int
    url: str
    title: str
    kept_at: dt.datetime


@app.get("/")
def welcome() -> dict[str, str]:
    return {"title": settings.TITLE, "bookmarks": "/bookmarks", "documentation": "/docs"}


@app.get("/bookmarks")
def show_bookmarks(session: Session) -> list[KeptBookmark]:
    """Show the newest."""
    newest = sqlalchemy.select(database.Bookmark).order_by(database.Bookmark.id.desc())
    found = session.scalars(newest.limit(settings.PAGE_SIZE))
    return [KeptBookmark.model_validate(one) for one in found]


@app.post("/bookmarks", status_code=HTTPStatus.CREATED)
def keep_bookmark(wanted: NewBookmark, session: Session) -> KeptBookmark:
    bookmark = database.Bookmark(url=str(wanted.url), title=wanted.title)
    session.add(bookmark)
    try:
        session.commit()
    except sqlalchemy.exc.IntegrityError:
        raise fastapi.HTTPException(HTTPStatus.CONFLICT, "it is kept already") from None
    return KeptBookmark.model_validate(bookmark)


@app.delete("/bookmarks/{number}", status_code=HTTPStatus.NO_CONTENT)
def forget_bookmark(number: int, session: Session) -> None:
    bookmark = session.get(database.Bookmark, number)
    if bookmark is None:
        raise fastapi.HTTPException(HTTPStatus.NOT_FOUND, "there is no such bookmark")
    session.delete(bookmark)
    session.commit()


@app.get("/health")
def health(session: Session) -> dict[str, str]:
    session.execute(sqlalchemy.text("SELECT 1"))
    return {"database": "ok"}


@app.get("/env")
def show_environment() -> dict[str, str]:
    return environment.variables()


@app.get("/env/{name}")
def show_variable(name: str) -> dict[str, str | None]:
    """Answer with null, not with 404, for a variable that is not set: both are good news."""
    return {"name": name, "value": environment.variable(name)}


@app.get("/pid")
def show_process_ids() -> dict[str, int]:
    return {"pid": os.getpid(), "parent": os.getppid()}


@app.get("/sleep")
async def sleep(s: Annotated[float, fastapi.Query(ge=0, le=25)] = 1.0) -> dict[str, float]:
    """Take a while to answer, to see that a restart lets a request finish."""
    await asyncio.sleep(s)
    return {"slept": s}


@app.exception_handler(database.NotIntegratedError)
@app.exception_handler(sqlalchemy.exc.OperationalError)
def database_is_away(_request: fastapi.Request, _error: Exception) -> Any:
    told = {"detail": "The database does not answer. Try again in a moment."}
    return fastapi.responses.JSONResponse(told, HTTPStatus.SERVICE_UNAVAILABLE)
