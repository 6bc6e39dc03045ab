"""The path below which an ingress serves the application, and which it takes off."""

from __future__ import annotations

import dataclasses

from starlette import types


@dataclasses.dataclass
class Below:
    """Has the application's links begin with that path, as those who click on them need it."""

    app: types.ASGIApp
    path: str

    async def __call__(self, scope: types.Scope, receive: types.Receive, send: types.Send) -> None:
        if scope["type"] == "http":
            scope["root_path"] = self.path
        await self.app(scope, receive, send)
