"""Frameworks by name: the module of that name holds the ``SPEC``, nothing is registered."""

from __future__ import annotations

from typing import Any

from . import framework, modules


def find(name: str) -> framework.FrameworkSpec[Any] | None:
    """Return a framework by its name, None if there is none."""
    module = modules.find(f"{__package__}", name.replace("-", ""))
    return getattr(module, "SPEC", None)
