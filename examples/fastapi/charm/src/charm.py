#!/usr/bin/env python3
"""The charm of bookmarks."""

import ops
import paas_app_charmer.fastapi


class BookmarksCharm(paas_app_charmer.fastapi.Charm):
    """Everything that a FastAPI application needs is in the base class."""


if __name__ == "__main__":
    ops.main(BookmarksCharm)
