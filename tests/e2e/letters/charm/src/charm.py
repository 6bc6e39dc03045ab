#!/usr/bin/env python3
"""The charm of letters."""

import ops

import paas_app_charmer.flask


class LettersCharm(paas_app_charmer.flask.Charm):
    """Everything is in the base class."""


if __name__ == "__main__":
    ops.main(LettersCharm)
