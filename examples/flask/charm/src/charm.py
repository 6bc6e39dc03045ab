#!/usr/bin/env python3
"""The charm of postcards."""

import ops
import paas_app_charmer.flask


class PostcardsCharm(paas_app_charmer.flask.Charm):
    """Everything that a Flask application needs is in the base class."""


if __name__ == "__main__":
    ops.main(PostcardsCharm)
