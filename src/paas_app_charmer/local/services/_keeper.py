"""A provider without a server: it keeps what was published, for whoever wants to look at it."""

from __future__ import annotations

import json
import typing

from . import Context, Offer, Request

if typing.TYPE_CHECKING:
    from collections.abc import Callable

FILE = "published.json"


class Keeper:
    """Writes the databags of our side to a file."""

    def __init__(self, context: Context) -> None:
        context.folder.mkdir(parents=True, exist_ok=True)
        self._path = context.folder / FILE

    @property
    def description(self) -> str:
        """Where to look."""
        return f"no server; what was published is in {self._path}"

    def offer(self, request: Request) -> Offer:
        """Note the request, publish nothing."""
        published = {"app": dict(request.app), "units": {**request.units}}
        text = json.dumps(published, indent=1, sort_keys=True, default=dict)
        self._path.write_text(text, encoding="utf-8")
        return Offer()

    def withdraw(self, relation_id: int) -> None:  # noqa: ARG002  there is one relation at a time
        """Forget the request."""
        self._path.unlink(missing_ok=True)

    def alive(self) -> bool:
        """Say yes: nothing can end."""
        return True

    def stop(self, timeout: float = 1.5) -> None:
        """Keep the file for whoever looks later."""


start: Callable[[Context], Keeper] = Keeper
