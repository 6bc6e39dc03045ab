"""Environment variables: their values, their names, and where each comes from."""

from __future__ import annotations

import json
import urllib.parse
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

_TELLING = 8
"""A line of a secret that is as long as this tells something of it."""
_GUESSABLE = 3
"""Shorter values are parts of ordinary words; to hide them would say what they are."""

Properties = Mapping[str, str]
"""What an integration knows, in neutral names: ``{"access_key": "..."}``."""


@dataclass(frozen=True, kw_only=True)
class Named:
    """A value under the name that a framework has for it."""

    property: str
    """What it is in neutral words; empty for what the framework adds by itself."""
    value: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Given:
    """What one relation gives, before a framework has names for it."""

    interface: str
    endpoint: str
    namespaces: tuple[str, ...]
    """Prefixes of the contract's names; more than one where it knows more than one spelling."""
    properties: Properties = field(repr=False)
    options: Mapping[str, str] = field(default_factory=dict[str, str])
    """Values of the options that the endpoint brings along, by their names without its own."""
    base_url: str = ""
    """Of the application, without a slash at its end."""
    is_main: bool = True
    """Whether it is the one of its interface that names mean in which no endpoint stands."""


def _as_it_is(value: str) -> str:
    return value


@dataclass(frozen=True, kw_only=True)
class Alias:
    """What stands under a name of the ecosystem."""

    of: str
    """The property of the integration."""
    spelled: Callable[[str], str] = _as_it_is
    """Makes of its value what those who read the name understand."""


Dialect = Callable[[Given], Mapping[str, Named]]
"""Names what a relation gives for a framework."""

Kind = Literal[
    "rock",
    "option",
    "secret",
    "setting",
    "place",
    "application",
    "url",
    "framework",
    "secret key",
    "model proxy",
    "proxy",
    "peers",
    "integration",
]
"""What gives a variable: ``secret`` is an author's option of that type, ``setting`` an option of
the framework; ``place`` is where the application has to be found; ``url`` and ``proxy`` are
integrations that give those for the whole application."""
_WORDS: Mapping[str, str] = {
    **dict.fromkeys(("secret", "setting"), "option"),
    **dict.fromkeys(("url", "proxy"), "integration"),
    "framework": "",
}


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where a variable comes from, of which nothing is secret."""

    kind: Kind
    name: str = ""
    """Of the option, the endpoint or the framework."""
    property: str = ""
    """What the variable is of that: a property, a key of a secret, a field of the options."""
    ecosystem: bool = False
    """Whether it has a name of the ecosystem, beside the contract's."""

    def __str__(self) -> str:
        """Return it in the operator's words: ``option flask-debug``."""
        return f"{_WORDS.get(self.kind, self.kind)} {self.name}".strip()


@dataclass(frozen=True, kw_only=True)
class Variable:
    """A value together with what an operator asks about it."""

    value: str = field(repr=False)
    origin: Origin
    secret: bool = False
    """Show it to nobody who does not insist."""
    overrides: tuple[Origin, ...] = ()
    """What else would give it a value, the strongest last."""

    @property
    def origins(self) -> tuple[Origin, ...]:
        """All that would give it a value, the strongest last."""
        return (*self.overrides, self.origin)

    @property
    def source(self) -> str:
        """Where it comes from, in the operator's words."""
        return str(self.origin)


Environment = Mapping[str, Variable]


def merge(environment: dict[str, Variable], later: Iterable[tuple[str, Variable]]) -> None:
    """Let later variables win, and know over what."""
    for name, variable in later:
        earlier = environment.get(name)
        if earlier is None:
            environment[name] = variable
        else:
            beaten = (*earlier.origins, *variable.overrides)
            environment[name] = replace(variable, overrides=beaten)


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


def mechanical(given: Given) -> dict[str, Named]:
    """Name properties as most frameworks want them: ``<NAMESPACE>_<PROPERTY>``."""
    return {
        f"{prefix}_{upper_snake(key)}".lstrip("_"): Named(property=key, value=value)
        for prefix in given.namespaces
        for key, value in given.properties.items()
    }


def conceals(value: str, hidden: Iterable[str]) -> bool:
    """Return whether a secret stands in the value, as it is or percent-encoded."""
    # Encoders differ in what they let through, so the value is decoded and not the secret encoded.
    plain = urllib.parse.unquote(value)
    return any(secret in value or secret in plain for secret in hidden if secret)


def redact(text: str, environment: Environment) -> str:
    """Return the text without any secret value of the environment, nor a line of one."""
    hidden: set[str] = set()
    for variable in environment.values():
        if variable.secret:
            lines = [line.strip() for line in variable.value.splitlines()]
            hidden |= {variable.value, *(line for line in lines if len(line) >= _TELLING)}
    spelled = {spelling for value in hidden for spelling in _spellings(value)}
    for value in sorted(spelled, key=len, reverse=True):
        if len(value) >= _GUESSABLE:
            text = text.replace(value, "***")
    return text


def _spellings(value: str) -> Iterable[str]:
    """Yield a value as it is, as in a URL, and as Python and JSON would show it."""
    yield value
    yield urllib.parse.quote(value, safe="")
    yield repr(value)[1:-1]
    yield json.dumps(value)[1:-1]
    yield json.dumps(value, ensure_ascii=False)[1:-1]
