"""Modules that are found by their file name, so that nothing has to be registered."""

from __future__ import annotations

import importlib
import re
import types


def find(package: str, name: str) -> types.ModuleType | None:
    """Return a public module of a package, None if there is none of that name.

    The name may come from a project file or a charm's metadata; ``-`` counts as ``_``.
    """
    name = name.replace("-", "_")
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        return None
    path = f"{package}.{name}"
    try:
        return importlib.import_module(path)
    except ModuleNotFoundError as error:
        if error.name != path:
            raise
        return None
