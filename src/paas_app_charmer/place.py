"""Where an application is found: the port that it listens on, and its metrics."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated

import pydantic

from . import options

_PATH = re.compile(r"/[^/\s?#][^\s?#]*")


class Options(options.Options):
    """The place by options, for charms whose author does not settle it in ``paas-config.yaml``.

    A framework that calls one of them otherwise has a field of the same name. They reach the
    application under the names in :class:`Variables`.
    """

    port: Annotated[int | None, options.Shown(second=False, default=8080)] = pydantic.Field(
        None,
        alias="app-port",
        ge=1,
        le=65535,
        exclude=True,
        description="Port that the application listens on.",
    )
    metrics_port: Annotated[int | None, options.Shown(second=False, default=8080)] = (
        pydantic.Field(
            None,
            alias="metrics-port",
            ge=1,
            le=65535,
            exclude=True,
            description="Port that Prometheus scrapes.",
        )
    )
    metrics_path: Annotated[str | None, options.Shown(second=False, default="/metrics")] = (
        pydantic.Field(
            None,
            alias="metrics-path",
            exclude=True,
            description="Path that Prometheus scrapes.",
        )
    )

    @pydantic.field_validator("metrics_path")
    @classmethod
    def _path_can_be_scraped(cls, path: str | None) -> str | None:
        # Charms in the field may have it without the slash, which Prometheus adds.
        full = path and f"/{path.removeprefix('/')}"
        if full is None or _PATH.fullmatch(full):
            return full
        raise ValueError("should be a path below /, for example /metrics")


class PortOptions(Options):
    """The same, where an author who declares an option `port` means the application's."""

    port: Annotated[int | None, options.Shown(second=False, default=8080)] = pydantic.Field(
        None,
        alias="app-port",
        # No extension has the second.
        validation_alias=pydantic.AliasChoices("app-port", "port"),
        ge=1,
        le=65535,
        exclude=True,
        description="Port that the application listens on.",
    )


@dataclass(frozen=True, kw_only=True)
class Variables:
    """By which variables an application learns its place; empty for what it is not told."""

    port: str = ""
    metrics_port: str = ""
    metrics_path: str = ""


def is_optional(model: type[options.Options], declared: Iterable[str]) -> bool:
    """Return whether an operator may choose the place of a charm that has these options."""
    chosen = {f.alias for name, f in model.model_fields.items() if name in Options.model_fields}
    return not chosen.isdisjoint(declared)
