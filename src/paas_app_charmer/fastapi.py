"""FastAPI applications, and others that uvicorn serves."""

from __future__ import annotations

from . import charm, framework, place
from .servers import uvicorn

__all__ = ["SPEC", "Charm", "FastAPIOptions"]


class FastAPIOptions(uvicorn.UvicornOptions):
    """All settings are the server's: FastAPI has none that it takes from its environment."""


SPEC: framework.FrameworkSpec[FastAPIOptions] = framework.FrameworkSpec(
    name="fastapi",
    options=FastAPIOptions,
    server=uvicorn.Uvicorn(),
    base_dir="/app",
    app_dir="/app",
    prefix="APP_",
    settings_prefix="",
    port=8000,
    metrics=framework.Metrics(port=8000),
    tells=place.Variables(
        port="UVICORN_PORT", metrics_port="METRICS_PORT", metrics_path="METRICS_PATH"
    ),
)


class Charm(charm.PaasCharm):
    """Runs a FastAPI application."""

    spec = SPEC
