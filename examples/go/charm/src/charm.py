#!/usr/bin/env python3
"""The charm of reading-list."""

import ops
import paas_app_charmer.go


class ReadingListCharm(paas_app_charmer.go.Charm):
    """Everything that a Go application needs is in the base class."""


if __name__ == "__main__":
    ops.main(ReadingListCharm)
