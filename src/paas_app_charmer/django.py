"""Django applications."""

from __future__ import annotations

import dataclasses
import json
import secrets
import urllib.parse
from collections.abc import Iterable, Mapping

import pydantic

from . import addresses, charm, env, facts, framework, place, readiness
from .servers import gunicorn

__all__ = ["SPEC", "Charm", "DjangoOptions"]

_PASSWORD_BYTES = 16


class DjangoOptions(gunicorn.GunicornOptions):
    """Django's own settings: each field is the ``DJANGO_`` variable of its name."""

    debug: bool | None = pydantic.Field(
        False,  # noqa: FBT003 - the default value of the option
        alias="django-debug",
        description="Whether errors are shown to the browser with traceback and settings. Not for "
        "production.",
    )
    allowed_hosts: str | None = pydantic.Field(
        None,
        alias="django-allowed-hosts",
        exclude=True,
        description="Host names that the site answers for, separated by commas, beside those of "
        "the unit, of the application in its model and of the ingress.",
    )


def _allowed_hosts(seen: facts.Facts[DjangoOptions], base_url: str) -> Mapping[str, str]:
    chosen = (seen.options and seen.options.allowed_hosts) or ""
    hosts = [
        *(host.strip() for host in chosen.split(",")),
        addresses.of_unit(seen.app, seen.model, seen.unit),
        addresses.of_service(seen.app, seen.model),
        seen.address,
        urllib.parse.urlsplit(base_url).hostname or "",
    ]
    return {"DJANGO_ALLOWED_HOSTS": json.dumps(list(dict.fromkeys(filter(None, hosts))))}


def _ecosystem(given: env.Environment) -> Iterable[tuple[str, env.Variable]]:
    """What settings read that were written for django-environ or python-decouple."""
    hosts = given["DJANGO_ALLOWED_HOSTS"]
    if hosts.origin.kind == "framework":  # an integration of the author's may give another text
        yield "ALLOWED_HOSTS", dataclasses.replace(hosts, value=",".join(json.loads(hosts.value)))
    if "DJANGO_DEBUG" in given:
        yield "DEBUG", given["DJANGO_DEBUG"]


def _create_superuser(parameters: Mapping[str, str]) -> framework.AdminProcess:
    password = secrets.token_urlsafe(_PASSWORD_BYTES)
    return framework.AdminProcess(
        argv=("python3", "manage.py", "createsuperuser", "--noinput"),
        environment={
            "DJANGO_SUPERUSER_PASSWORD": password,
            "DJANGO_SUPERUSER_USERNAME": parameters["username"],
            "DJANGO_SUPERUSER_EMAIL": parameters["email"],
        },
        results={"password": password},
    )


SPEC: framework.FrameworkSpec[DjangoOptions] = framework.FrameworkSpec(
    name="django",
    options=DjangoOptions,
    server=gunicorn.Gunicorn(),
    base_dir="/django",
    app_dir="/django/app",
    prefix="DJANGO_",
    port=8000,
    metrics=framework.Metrics(port=9102),
    tells=place.Variables(metrics_port="DJANGO_METRICS_PORT", metrics_path="DJANGO_METRICS_PATH"),
    tells_first=place.Variables(),
    own_names=True,
    checks=(readiness.needs("database", "Django requires a database integration to work"),),
    actions=(
        framework.Action(
            name="create-superuser",
            description="Create a Django superuser with a random password.",
            parameters=(
                framework.Parameter(name="username", description="Name of the superuser."),
                framework.Parameter(name="email", description="E-mail address."),
            ),
            process=_create_superuser,
        ),
    ),
    extra_environment=_allowed_hosts,
    ecosystem=_ecosystem,
)


class Charm(charm.PaasCharm):
    """Runs a Django application."""

    spec = SPEC
