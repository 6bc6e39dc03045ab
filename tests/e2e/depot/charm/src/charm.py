#!/usr/bin/env python3
"""The charm of depot."""

import ops

import paas_app_charmer.flask


class DepotCharm(paas_app_charmer.flask.Charm):
    """Everything is in the base class."""


if __name__ == "__main__":
    ops.main(DepotCharm)
