"""Go applications."""

from __future__ import annotations

from . import charm, framework, place
from .servers import native

__all__ = ["SPEC", "Charm", "GoOptions"]


class GoOptions(place.PortOptions):
    """Where the application is found. Go itself has nothing to set."""


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
