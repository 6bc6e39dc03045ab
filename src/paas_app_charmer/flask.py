"""Flask applications."""

from __future__ import annotations

from typing import Annotated

import pydantic

from . import charm, framework
from .servers import gunicorn

__all__ = ["SPEC", "Charm", "FlaskOptions"]

_Text = Annotated[str, pydantic.Field(min_length=1)]


class FlaskOptions(gunicorn.GunicornOptions):
    """Flask's own settings: each field is the ``FLASK_`` variable of its name."""

    env: _Text | None = pydantic.Field(
        None,
        alias="flask-env",
        description="What environment the Flask app is running in; production by default.",
    )
    debug: bool | None = pydantic.Field(
        None, alias="flask-debug", description="Whether Flask debug mode is enabled."
    )
    permanent_session_lifetime: int | None = pydantic.Field(
        None,
        alias="flask-permanent-session-lifetime",
        gt=0,
        description="Seconds that the cookie of a permanent session stays valid.",
    )
    application_root: _Text | None = pydantic.Field(
        None,
        alias="flask-application-root",
        description="Path that the application is mounted at by its web server.",
    )
    session_cookie_secure: bool | None = pydantic.Field(
        None,
        alias="flask-session-cookie-secure",
        description="Whether browsers send session cookies over HTTPS only.",
    )
    preferred_url_scheme: str | None = pydantic.Field(
        "HTTPS",
        alias="flask-preferred-url-scheme",
        description="Scheme of external URLs that are built outside a request: HTTP or HTTPS.",
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
)


class Charm(charm.PaasCharm):
    """Runs a Flask application."""

    spec = SPEC
