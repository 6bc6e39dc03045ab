"""Flask applications."""

from __future__ import annotations

from typing import Annotated

import pydantic

from . import charm, framework, place
from .servers import gunicorn

__all__ = ["SPEC", "Charm", "FlaskOptions"]

_Text = Annotated[str, pydantic.Field(min_length=1)]


class FlaskOptions(gunicorn.GunicornOptions):
    """Flask's own settings: each field is the ``FLASK_`` variable of its name."""

    env: _Text | None = pydantic.Field(
        None,
        alias="flask-env",
        description="A name for where the application runs, for example staging; "
        "production by default.",
    )
    debug: bool | None = pydantic.Field(
        None,
        alias="flask-debug",
        description="Whether errors are shown to the browser with their traceback. Not for "
        "production.",
    )
    permanent_session_lifetime: int | None = pydantic.Field(
        None,
        alias="flask-permanent-session-lifetime",
        gt=0,
        description="How many seconds the cookie of a permanent session stays valid; "
        "31 days by default.",
    )
    application_root: _Text | None = pydantic.Field(
        None,
        alias="flask-application-root",
        description="Path that the application is mounted at, for example /shop; / by default.",
    )
    session_cookie_secure: bool | None = pydantic.Field(
        None,
        alias="flask-session-cookie-secure",
        description="Whether browsers send the session cookie over HTTPS only; by default they "
        "send it over HTTP too.",
    )
    preferred_url_scheme: str | None = pydantic.Field(
        "HTTPS",
        alias="flask-preferred-url-scheme",
        description="Scheme of the external URLs that the application makes outside a request: "
        "HTTP or HTTPS.",
    )

    @pydantic.field_validator("preferred_url_scheme")
    @classmethod
    def _scheme_is_known(cls, scheme: str | None) -> str | None:
        if scheme is None or scheme.upper() in {"HTTP", "HTTPS"}:
            return scheme and scheme.upper()
        raise ValueError("should be HTTP or HTTPS")


SPEC: framework.FrameworkSpec[FlaskOptions] = framework.FrameworkSpec(
    name="flask",
    options=FlaskOptions,
    server=gunicorn.Gunicorn(),
    base_dir="/flask",
    app_dir="/flask/app",
    prefix="FLASK_",
    port=8000,
    metrics=framework.Metrics(port=9102),
    tells=place.Variables(metrics_port="FLASK_METRICS_PORT", metrics_path="FLASK_METRICS_PATH"),
    tells_first=place.Variables(),
    own_names=True,
)


class Charm(charm.PaasCharm):
    """Runs a Flask application."""

    spec = SPEC
