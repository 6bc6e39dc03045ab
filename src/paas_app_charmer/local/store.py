"""The state as a JSON file, replaced whole or not at all."""

from __future__ import annotations

import os
import pathlib

import pydantic

from . import api, model

_ADAPTER = pydantic.TypeAdapter(model.Model)


def load(path: pathlib.Path) -> model.Model | None:
    """Return the stored state, or None when there is none."""
    try:
        text = path.read_bytes()
    except FileNotFoundError:
        return None
    try:
        return _ADAPTER.validate_json(text)
    except pydantic.ValidationError as error:
        raise api.EngineError(
            f"{path} is not a state that this version understands "
            f"({error.error_count()} problems); remove it to begin anew"
        ) from error


def dump(state: model.Model) -> bytes:
    return _ADAPTER.dump_json(state, indent=1)


def save(path: pathlib.Path, content: bytes) -> None:
    """Write by rename, so that a reader or a crash never sees half a file.

    Secrets are in it, so only its owner may read it.
    """
    temporary = path.with_suffix(".new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    temporary.replace(path)
