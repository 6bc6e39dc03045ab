"""Go applications."""

from __future__ import annotations

from typing import Annotated

import pydantic

from . import charm, framework, options, place
from .servers import native

__all__ = ["SPEC", "Charm", "GoOptions"]


class GoOptions(place.Options):
    """Where the application is found. Go itself has nothing to set."""

    port: Annotated[int | None, options.Shown(second=False, default=8080)] = pydantic.Field(
        None,
        alias="app-port",
        # No extension has `port`. An author who declares it means this.
        validation_alias=pydantic.AliasChoices("app-port", "port"),
        ge=1,
        le=65535,
        exclude=True,
        description="Port that the application listens on.",
    )


SPEC: framework.FrameworkSpec[GoOptions] = framework.FrameworkSpec(
    name="go",
    options=GoOptions,
    server=native.Native(),
    base_dir="/app",
    app_dir="/app",
    prefix="APP_",
    port=8080,
    metrics=framework.Metrics(port=8080),
    tells=place.Variables(port="PORT", metrics_port="METRICS_PORT", metrics_path="METRICS_PATH"),
    tells_first=place.Variables(
        port="APP_PORT", metrics_port="APP_METRICS_PORT", metrics_path="APP_METRICS_PATH"
    ),
)


class Charm(charm.PaasCharm):
    """Runs a Go application."""

    spec = SPEC
