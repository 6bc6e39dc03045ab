"""Environment variables: their values, their names, and where each comes from."""

from __future__ import annotations

import json
import urllib.parse
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

_GUESSABLE = 3
"""Shorter values are parts of ordinary words; to hide them would say what they are."""

Properties = Mapping[str, str]
"""What an integration knows, in neutral names: ``{"access_key": "..."}``."""

Dialect = Callable[[str, str, Properties], Mapping[str, str]]
"""Names properties for a framework: ``(interface, namespace, properties) -> variables``."""


@dataclass(frozen=True, kw_only=True)
class Variable:
    """A value together with what an operator asks about it."""

    value: str = field(repr=False)
    source: str
    """Where it comes from, in the operator's words: ``option flask-debug``."""
    secret: bool = False
    """Show it to nobody who does not insist."""


Environment = Mapping[str, Variable]


def values(environment: Environment) -> dict[str, str]:
    """Return what a process is given."""
    return {name: variable.value for name, variable in environment.items()}


def text(value: object) -> str:
    """Return strings as they are and everything else as JSON, so that ``True`` is ``true``."""
    return value if isinstance(value, str) else json.dumps(value)


def is_text(value: str) -> bool:
    """Return whether a value can be written as UTF-8, as half of a surrogate pair cannot."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def upper_snake(name: str) -> str:
    """Return the variable name of an option, endpoint or property name."""
    return name.upper().replace("-", "_").replace(".", "_")


def mechanical(_interface: str, namespace: str, properties: Properties) -> dict[str, str]:
    """Name properties as most frameworks want them: ``<NAMESPACE>_<PROPERTY>``."""
    prefix = f"{namespace}_" if namespace else ""
    return {f"{prefix}{upper_snake(key)}": value for key, value in properties.items()}


def conceals(value: str, hidden: Iterable[str]) -> bool:
    """Return whether a secret stands in the value, as it is or percent-encoded."""
    # Encoders differ in what they let through, so the value is decoded and not the secret encoded.
    plain = urllib.parse.unquote(value)
    return any(secret in value or secret in plain for secret in hidden if secret)


def redact(text: str, environment: Environment) -> str:
    """Return the text without any secret value of the environment."""
    hidden = {v.value for v in environment.values() if v.secret and len(v.value) >= _GUESSABLE}
    for value in sorted(hidden, key=len, reverse=True):
        for spelling in (value, urllib.parse.quote(value, safe="")):
            text = text.replace(spelling, "***")
    return text
