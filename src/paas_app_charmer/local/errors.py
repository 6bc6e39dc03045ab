"""The one exception by which the parts of the local runner refuse."""

from __future__ import annotations


class LocalError(Exception):
    """This machine or this project cannot do what was asked.

    Its text is one sentence or a few lines for the person at the terminal: what is wrong, and what
    to do about it. It never holds a secret.
    """
