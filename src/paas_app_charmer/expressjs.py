"""Express applications, and others that `npm start` starts."""

from __future__ import annotations

from typing import Annotated

import pydantic

from . import charm, framework, options, place
from .servers import native

__all__ = ["SPEC", "Charm", "ExpressJSOptions"]


class ExpressJSOptions(place.PortOptions):
    """Where the application is found, and which of its habits Node.js libraries choose."""

    node_env: Annotated[str | None, options.Shown(first=False, second=False)] = pydantic.Field(
        "production",
        alias="node-env",
        min_length=1,
        description="Name of the environment, by which libraries choose their habits.",
    )


SPEC: framework.FrameworkSpec[ExpressJSOptions] = framework.FrameworkSpec(
    name="expressjs",
    options=ExpressJSOptions,
    server=native.Native(),
    base_dir="/app",
    app_dir="/app",
    prefix="APP_",
    settings_prefix="",
    port=8080,
    # The exporters of Node.js libraries listen there unless they are told otherwise.
    metrics=framework.Metrics(port=9464),
    tells=place.Variables(port="PORT", metrics_port="METRICS_PORT", metrics_path="METRICS_PATH"),
)


class Charm(charm.PaasCharm):
    """Runs an Express application."""

    spec = SPEC
