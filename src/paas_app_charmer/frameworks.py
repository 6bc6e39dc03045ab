"""Frameworks by name: the module of that name holds the ``SPEC``, nothing is registered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from . import errors, framework, metadata, modules

_SUFFIX = "-framework"


def of_project(project: Mapping[str, Any]) -> framework.FrameworkSpec[Any]:
    """Return the framework whose extension a project file names.

    Raises:
        OptionError: it names none that this library has.
    """
    named = project.get("extensions")
    names = [str(name) for name in cast("list[object]", named)] if isinstance(named, list) else []
    for name in names:
        spec = find(name.removesuffix(_SUFFIX)) if name.endswith(_SUFFIX) else None
        if spec is not None:
            return spec
    told = ", ".join(names) or "none"
    raise errors.OptionError(
        f"extensions names no framework of this library ({told}); "
        "write for example: extensions: [flask-framework]"
    )


def find(name: str) -> framework.FrameworkSpec[Any] | None:
    """Return a framework by its name, None if there is none."""
    module = modules.find(f"{__package__}", name.replace("-", ""))
    return getattr(module, "SPEC", None)


def expand(project: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``charmcraft.yaml`` in full.

    Raises:
        OptionError: it names no framework of this library.
    """
    return metadata.expand(project, of_project(project))
