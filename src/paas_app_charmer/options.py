"""Charm options: what the operator set, whether it can be used, and what to say if not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import pydantic

from . import documents

Value = bool | int | float | str | Mapping[str, str]
"""A value of a Juju option; for the type ``secret`` the content of that secret."""

O = TypeVar("O", bound="Options")  # noqa: E741 - the letter that the design uses for options

_TYPES: Mapping[str, tuple[type, ...]] = {
    "boolean": (bool,),
    "int": (int,),
    "float": (float, int),
    "string": (str,),
    "secret": (Mapping,),
}


class Options(pydantic.BaseModel):
    """The options of a framework. A field's alias is the option, its name gives the variable.

    ``Field(exclude=True)`` marks an option that configures the server and not the application.
    """

    model_config = pydantic.ConfigDict(
        defer_build=True, extra="ignore", frozen=True, hide_input_in_errors=True
    )


@dataclass(frozen=True, kw_only=True)
class Shown:
    """Marks by ``Annotated`` that not all charms of the framework have an option.

    Where they do they may have another default than the field. It is read wherever it is.
    """

    first: bool = True
    """Whether charms of the first generation have it."""
    second: bool = True
    default: Value | None = None


def shown(info: pydantic.fields.FieldInfo) -> Shown:
    """Return which charms have the option of a field, and with what default."""
    marks = (mark for mark in info.metadata if isinstance(mark, Shown))
    return next(marks, Shown(default=info.default))


@dataclass(frozen=True, kw_only=True)
class Declared:
    """An option as the charm's metadata declares it, with its present value."""

    name: str
    type: str
    required: bool = False
    """``optional: false``, or ``required: true`` as the documentation spells it."""
    value: Value | None = field(default=None, repr=False)
    problem: str = ""
    """Why the value could not be read, for a secret that is missing or not granted."""


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Why an option cannot be used."""

    name: str
    reason: str
    missing: bool = False


def problems_in(declared: Iterable[Declared]) -> list[Problem]:
    """Return what is wrong with the values on their own, whatever they are for."""
    found: list[Problem] = []
    for option in declared:
        if option.type not in _TYPES:
            found.append(Problem(name=option.name, reason=f"Invalid option type: {option.type}."))
        elif option.problem:
            found.append(Problem(name=option.name, reason=option.problem))
        elif option.value is None:
            if option.required:
                found.append(Problem(name=option.name, reason="required", missing=True))
        elif not _has_type(option.value, option.type):
            found.append(Problem(name=option.name, reason=f"should be of type {option.type}"))
    return found


def parse(model: type[O], declared: Mapping[str, Declared]) -> tuple[O | None, list[Problem]]:
    """Return the framework's options, or what is wrong with them."""
    given = {option.name: option.value for option in declared.values() if option.value is not None}
    try:
        return model.model_validate(given), []
    except pydantic.ValidationError as error:
        return None, problems_of(error)


def names_of(model: type[Options]) -> frozenset[str]:
    """Return the options that the model takes."""
    return frozenset(
        info.alias or name.replace("_", "-") for name, info in model.model_fields.items()
    )


def problems_of(error: pydantic.ValidationError) -> list[Problem]:
    """Return the errors of a model in the words of whoever wrote the data.

    The input itself is left out: it may be a secret.
    """
    return [
        Problem(
            name=".".join(str(part) for part in details["loc"]).replace("_", "-"),
            reason=_reason(details["msg"]),
            missing=details["type"] == "missing",
        )
        for details in error.errors(include_url=False, include_input=False)
    ]


def message(problems: Sequence[Problem]) -> str:
    """Return one line: what is missing, then what is invalid and why, in a stable order."""
    missing = sorted({problem.name for problem in problems if problem.missing})
    invalid = sorted({(p.name, p.reason) for p in problems if not p.missing})
    parts: list[str] = []
    if missing:
        parts.append("missing options: " + ", ".join(missing))
    if invalid:
        told = [f"{name} ({reason})" if name else reason for name, reason in invalid]
        parts.append("invalid options: " + ", ".join(told))
    return ", ".join(parts)


def secret_key_names(framework: str, declared: Iterable[str]) -> tuple[str, ...]:
    """Return the options that pin the application's secret key, as this charm spells them."""
    known = (f"{framework}-secret-key", "app-secret-key")
    names = [name for stem in known for name in (stem, f"{stem}-id")]
    present = frozenset(declared)
    return tuple(name for name in names if name in present)


def secret_key(
    framework: str, declared: Mapping[str, Declared]
) -> tuple[str | None, list[Problem]]:
    """Return the key that the operator pinned, if any.

    It stands in an option of type string, or in a secret under the one key ``value``. Charms
    in the field spell the option in four ways and give it either type.
    """
    names = secret_key_names(framework, declared)
    given = [declared[name] for name in names if declared[name].value is not None]
    if len(given) > 1:
        first, *others = (option.name for option in given)
        reason = f"{first} is set at the same time; reset one of them"
        return None, [Problem(name=other, reason=reason) for other in others]
    for option in given:
        key, reason = _key_in(option.value)
        return key, [Problem(name=option.name, reason=reason)] if reason else []
    return None, []


def _key_in(value: Value | None) -> tuple[str | None, str]:
    if isinstance(value, Mapping):
        if "value" not in value:
            return None, "the secret has no key 'value'"
        if len(value) > 1:
            return None, "the secret should hold the key 'value' and no other"
        value = value["value"]
    if not isinstance(value, str) or not value:
        return None, "should have at least 1 character"
    return value, ""


def _has_type(value: Value, name: str) -> bool:
    if isinstance(value, bool) and name != "boolean":
        return False
    return isinstance(value, _TYPES[name])


def _reason(text: str) -> str:
    for prefix in ("Value error, ", "Input ", "String "):
        text = text.removeprefix(prefix)
    return text[:1].lower() + text[1:]


def required(declaration: object) -> bool:
    """Return whether an option's declaration asks for a value, in either spelling."""
    keys = documents.mapping(declaration)
    return keys.get("optional") is False or keys.get("required") is True
