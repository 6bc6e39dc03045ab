"""Why a variable is called as it is, and what takes it away again, in words."""

from __future__ import annotations

import dataclasses
import typing

from paas_app_charmer import env

if typing.TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_OURS = "paas-app-charmer"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Deployment:
    """What commands about an application have to name."""

    application: str
    interfaces: Mapping[str, str]
    """By endpoint, related or not."""
    neighbours: Mapping[str, str]
    """The application on the other side of each endpoint."""
    options: Mapping[str, Mapping[str, typing.Any]] = dataclasses.field(repr=False)
    """The charm's options, with `source` and `default`."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Removal:
    """What takes a variable away."""

    by: str = ""
    """A command here, or what else; empty if that is not known."""
    juju: str = ""
    """The same command for a charm in Juju; empty if there is none."""
    then: str = ""
    """What the same source gives after that; empty for nothing."""


def rule(name: str, origin: env.Origin) -> str:
    """Return what made the variable's name, or its value where the name says nothing."""
    tell = _RULES.get(origin.kind)
    told = tell(name, origin) if tell else ""
    return f"environment.names adds it: {told}" if origin.ecosystem else told


def removal(origin: env.Origin, deployment: Deployment) -> Removal:
    """Return what takes the variable away; weaker sources of it come to light then."""
    tell = _REMOVALS.get(origin.kind)
    told = tell(origin, deployment) if tell else Removal()
    if origin.ecosystem and not told.juju:
        return Removal(by="environment.names: contract in paas-config.yaml")
    return told


def _integration_rule(name: str, origin: env.Origin) -> str:
    of = f"of {origin.name}"
    if not origin.property:
        return f"the framework adds it to the properties {of}"
    if origin.ecosystem:
        return f"the ecosystem's name for the property {origin.property} {of}"
    stem = name.removesuffix(env.upper_snake(origin.property))
    if stem == name:
        return f"the framework's name for the property {origin.property} {of}"
    older = ", as older charms spell it" if "-" in stem else ""
    return f"properties {of} become {stem}<PROPERTY>{older}"


def _secret_rule(name: str, origin: env.Origin) -> str:
    stem = name.removesuffix(env.upper_snake(origin.property))
    return f"each key of the secret in an author's option {origin.name} becomes {stem}<KEY>"


_RULES: Mapping[str, Callable[[str, env.Origin], str]] = {
    "rock": lambda _name, _origin: "what the rock's service declares is kept",
    "option": lambda name, origin: f"an author's option {origin.name} becomes {name}",
    "secret": _secret_rule,
    "setting": lambda name, origin: f"the framework's option {origin.name} becomes {name}",
    "place": lambda _name, origin: (
        f"the {origin.property.replace('_', '-')} by paas-config.yaml, or by default"
    ),
    "application": lambda _name, _origin: "without an ingress it is the address in the model",
    "url": lambda _name, origin: f"the URL that {origin.name} gives is the application's",
    "framework": lambda _name, origin: f"the charm makes it for every {origin.name} application",
    "secret key": lambda _name, _origin: "the charm makes a key unless an option has one",
    "model proxy": lambda _name, _origin: "the model's proxies, in lower and in upper case",
    "proxy": lambda _name, origin: f"the proxies of {origin.name}, in lower and in upper case",
    "peers": lambda _name, _origin: "the addresses of the other units, in numeric order",
    "integration": _integration_rule,
}


def _relation(origin: env.Origin, deployment: Deployment) -> Removal:
    neighbour = deployment.neighbours.get(origin.name, "<application>")
    return Removal(
        by=f"{_OURS} remove-relation {origin.name}",
        juju=f"juju remove-relation {deployment.application}:{origin.name} {neighbour}",
        then="it is the address in the model" if origin.kind == "url" else "",
    )


def _option(origin: env.Origin, deployment: Deployment) -> Removal:
    option = deployment.options.get(origin.name, {})
    if option.get("source") == "default":
        return Removal(by="nothing: it is the option's default")
    then = "it is the option's default" if option.get("default") is not None else ""
    if (origin.kind, origin.property) == ("setting", "secret_key"):
        then = "it is a key that the charm makes"
    return Removal(
        by=f"{_OURS} config --reset {origin.name}",
        juju=f"juju config {deployment.application} --reset {origin.name}",
        then=then,
    )


def _model_proxy(origin: env.Origin, _deployment: Deployment) -> Removal:
    command = f"juju model-config --reset juju-{origin.property.replace('_', '-')}"
    return Removal(by="a model without it", juju=command)


def _peers(_origin: env.Origin, deployment: Deployment) -> Removal:
    juju = f"juju scale-application {deployment.application} 1"
    return Removal(by=f"{_OURS} scale 1", juju=juju)


def _nothing(_origin: env.Origin, _deployment: Deployment) -> Removal:
    return Removal(by="nothing: every unit has it")


_REMOVALS: Mapping[str, Callable[[env.Origin, Deployment], Removal]] = {
    "rock": lambda _origin, _deployment: Removal(by="a rock that does not declare it"),
    **dict.fromkeys(("option", "secret", "setting"), _option),
    **dict.fromkeys(("url", "proxy", "integration"), _relation),
    "model proxy": _model_proxy,
    "peers": _peers,
    **dict.fromkeys(("place", "application", "framework", "secret key"), _nothing),
}
