"""The keys of a project file, from the schema that checks it."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping
from typing import Any

from paas_app_charmer import documents
from paas_app_charmer.suites import words

from . import found

Schema = Mapping[str, Any]

_WORDS = {
    "object": "mapping",
    "array": "list",
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
}
_SINGULAR = {
    "platforms": "platform",
    "parts": "part",
    "services": "service",
    "options": "option",
    "actions": "action",
    **dict.fromkeys(("requires", "provides"), "endpoint"),
}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Key:
    """One key, by its path."""

    path: str
    kind: str
    required: bool
    refused: bool
    instead: str


def of(schema: str) -> list[Key]:
    """Return the keys that a schema knows, in its order."""
    path = found.SUITES / "schemas" / f"{schema}.json"
    whole: Schema = json.loads(path.read_text(encoding="utf-8"))
    return list(_keys(whole, whole, ""))


def _keys(whole: Schema, schema: Schema, prefix: str) -> Iterator[Key]:
    for name, given in schema.get("properties", {}).items():
        declared = _resolved(whole, given)
        path = prefix + name
        yield Key(
            path=path,
            kind=_kind(whole, declared),
            required=name in schema.get("required", ()),
            refused=declared.get("not") is True,
            instead=declared.get("instead", ""),
        )
        if name in _SINGULAR:
            inner = _resolved(whole, declared.get("additionalProperties"))
            yield from _keys(whole, inner, f"{path}.<{_SINGULAR[name]}>.")
        yield from _keys(whole, declared, f"{path}.")


def _resolved(whole: Schema, schema: object) -> Schema:
    """Return what a reference names. A schema may be `true`: anything goes."""
    given = documents.mapping(schema)
    if "$ref" in given:
        return whole["$defs"][given["$ref"].rpartition("/")[2]]
    return given


def _kind(whole: Schema, schema: Schema) -> str:
    """Return what an author calls the type, with its limits."""
    if "enum" in schema:
        return words.listed((one for one in schema["enum"] if one is not None), "or")
    told = " or ".join(
        _listed(whole, schema) if name == "array" else _WORDS[name] for name in _types(schema)
    )
    limits = {"minLength": "at least {} characters", "maxLength": "at most {} characters"}
    limits["minimum"] = "at least {}"
    more = [text.format(schema[key]) for key, text in limits.items() if schema.get(key, 1) != 1]
    return ", ".join([told, *more])


def _types(schema: Schema) -> list[str]:
    """Return the types of a value; nothing stands for an absent key and is none of them."""
    types: Any = schema.get("type", [])
    names: list[str] = [types] if isinstance(types, str) else types
    return [name for name in names if name != "null"]


def _listed(whole: Schema, schema: Schema) -> str:
    names = _types(_resolved(whole, schema.get("items")))
    return f"list of {' or '.join(f'{_WORDS[name]}s' for name in names)}" if names else "list"
