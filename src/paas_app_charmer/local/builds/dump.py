"""Files of the project as they are: live, so that what changes in them is seen at once."""

from __future__ import annotations

import pathlib
import posixpath
import typing

from paas_app_charmer.local import builds

if typing.TYPE_CHECKING:
    from collections.abc import Iterator


def build(order: builds.Order) -> builds.Made:
    """Show each file and folder where the part puts it."""
    return builds.Made(readable=dict(_placed(order)))


def _placed(order: builds.Order) -> Iterator[tuple[str, pathlib.Path]]:
    for pattern, target in order.organize.items():
        for found in sorted(order.source.glob(pattern)):
            path = posixpath.join(target, found.name if target.endswith("/") else "")
            yield f"/{path.strip('/')}", found.resolve()
