"""The shape of project files: which keys there are and what sort of value each takes."""

from __future__ import annotations

import importlib
import json
import pathlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal

from . import finding, words

Schema = Literal["rockcraft", "charmcraft"]

_SCHEMAS = pathlib.Path(__file__).parent / "schemas"
_TYPES = {
    "object": "a mapping",
    "array": "a list",
    "string": "a text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
}


def check(content: Mapping[str, Any], schema: Schema, file: str) -> tuple[finding.Finding, ...]:
    """Return what has the wrong shape in a project file, in the order of its keys.

    A key that nothing knows is a warning: the packing tool decides about it.
    """
    # It takes longer to import than all else that expands a file.
    validators: Any = importlib.import_module("jsonschema.validators")
    rules = json.loads((_SCHEMAS / f"{schema}.json").read_text(encoding="utf-8"))
    # A number with a fraction of zero is no whole number to Juju.
    types = validators.Draft202012Validator.TYPE_CHECKER.redefine("integer", _is_whole)
    validator = validators.extend(validators.Draft202012Validator, type_checker=types)(rules)
    places = {key: place for place, key in enumerate(content)}
    errors: Iterator[Any] = validator.iter_errors(content)
    told = [one for error in errors for one in _told(error, file)]
    told.sort(key=lambda one: places.get(one.key.partition(".")[0], -1))
    return tuple(dict.fromkeys(told))


def _is_whole(_checker: object, value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _told(error: Any, file: str) -> Iterator[finding.Finding]:
    path = list(error.absolute_path)
    if error.validator == "required":
        for name in error.validator_value:
            if name not in error.instance:
                yield finding.Finding(
                    file=file,
                    key=words.path(*path, name),
                    what="is missing",
                    instead=error.schema["properties"].get(name, {}).get("instead", ""),
                )
    elif error.validator == "additionalProperties":
        known = error.schema["properties"]
        for name in (str(one) for one in error.instance if one not in known):
            yield finding.Finding(
                file=file,
                key=words.path(*path, name),
                what="is no key that means something here",
                instead=words.meant(name, known),
                severity="warning",
            )
    else:
        helps = error.validator not in {"minimum", "minLength", "maxLength"}
        instead = (error.schema.get("instead") if helps else "") or _instead(error)
        what = error.schema.get("told") if error.validator == "pattern" else _what(error)
        yield finding.Finding(file=file, key=words.path(*path), what=what, instead=instead)


def _what(error: Any) -> str:
    value, limit = error.instance, error.validator_value
    if value is None and error.validator in {"type", "enum"}:
        return "has no value"
    return _SAYS.get(error.validator, _not_allowed)(value, limit)


def _type(value: object, limit: str | list[str]) -> str:
    return f"should be {_TYPES[_first(limit)]}, not {words.kind(value)}"


def _choice(value: object, limit: list[object]) -> str:
    allowed = words.listed((str(one) for one in limit if one is not None), "or")
    return f"should be {allowed}, not {words.shown(value)}"


def _short(value: object, limit: int) -> str:
    return f"should have at least {limit} characters" if value else "should not be empty"


def _long(value: str, limit: int) -> str:
    return f"should have at most {limit} characters, and has {len(value)}"


def _not_allowed(_value: object, _limit: object) -> str:
    return "is not allowed here"


_SAYS: Mapping[str, Callable[[Any, Any], str]] = {
    "type": _type,
    "enum": _choice,
    "minimum": lambda value, limit: f"should be at least {limit}, not {value}",
    "minLength": _short,
    "minProperties": _short,
    "maxLength": _long,
}


def _first(types: str | list[str]) -> str:
    return types if isinstance(types, str) else types[0]


def _instead(error: Any) -> str:
    value, written = error.instance, json.dumps(error.instance, default=str)
    match error.validator == "type" and _first(error.validator_value), value:
        case "string", bool() | int() | float():
            return f"put it into quotes: '{written}'"
        case "boolean" | "integer" | "number", str():
            return "write it without quotes" if _is_quoted(value) else ""
        case "array", str():
            return f"write `- {words.plain(value)}` below it"
        case "object", list():
            return "write its entries as `key: value`, without dashes"
        case _:
            return ""


def _is_quoted(value: str) -> bool:
    return value in {"true", "false"} or value.isdecimal()
