"""YAML documents, read with libyaml where the machine has it: every hook reads some."""

from __future__ import annotations

import pathlib
from collections.abc import Mapping
from typing import Any, TypeGuard

import yaml

Error = yaml.YAMLError

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def parse(text: str) -> Any:
    """Return the document.

    Raises:
        documents.Error: it is not YAML.
    """
    return yaml.load(text, Loader=_LOADER)  # noqa: S506 - one of the two safe loaders


def read(path: pathlib.Path) -> Any:
    """Return the document in a file, None if there is no such file."""
    try:
        return parse(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None


def is_mapping(value: object) -> TypeGuard[Mapping[str, Any]]:
    """Return whether a part of a document is a mapping."""
    return isinstance(value, Mapping)


def mapping(value: object) -> Mapping[str, Any]:
    """Return the value if it is a mapping, an empty one for anything else."""
    return value if is_mapping(value) else {}
