#!/usr/bin/env python3
"""The charm of polls."""

import ops
import paas_app_charmer.expressjs


class PollsCharm(paas_app_charmer.expressjs.Charm):
    """Everything that a ExpressJS application needs is in the base class."""


if __name__ == "__main__":
    ops.main(PollsCharm)
