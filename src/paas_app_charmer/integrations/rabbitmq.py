"""RabbitMQ, whose charms on Kubernetes and on machines answer in different places."""

from __future__ import annotations

import urllib.parse
from collections.abc import Mapping
from typing import Annotated

import pydantic

from .. import env, integration, urls

_PORT = 5672
_VHOST = "/"

Host = Annotated[str, pydantic.Field(pattern=r"^[^\s,/?#@\[\]]+$")]


class RabbitMQ(integration.Data):
    """The brokers, and the user that was made for this application."""

    username: str
    password: str = pydantic.Field(repr=False)
    vhost: str
    host: Host
    hosts: tuple[Host, ...]
    """Of all units in numeric order, for clients that go to another one when theirs is lost."""


def _request(site: integration.Site) -> integration.Databag:
    return integration.Databag(app={"username": site.app, "vhost": _VHOST})


def _read(remote: integration.RemoteData) -> RabbitMQ | None:
    """Take both from the application if it has both, or else from the first unit that has.

    The charm on Kubernetes speaks for the application; on machines every unit speaks for itself
    and says the same password.
    """
    places = [remote.app, *remote.units.values()]
    said = [(_host(place), place.get("password")) for place in places]
    chosen = next(((host, password) for host, password in said if host and password), None)
    if chosen is None:
        return None
    own, *units = (host for host, _ in said)
    data = RabbitMQ.model_validate(
        {
            "username": remote.site.app,
            "password": chosen[1],
            "vhost": _VHOST,
            "host": chosen[0],
            "hosts": tuple(dict.fromkeys(filter(None, units))) or (own,),
        }
    )
    for host in (data.host, *data.hosts):
        _url(data, host)  # what makes no URL is refused where its endpoint can be told
    return data


def _host(place: Mapping[str, str]) -> str:
    # A unit that is still starting may publish the text None.
    host = place.get("hostname", "")
    return "" if host == "None" else host


def _url(data: RabbitMQ, host: str) -> urls.Url:
    authority = f"[{host}]:{_PORT}" if ":" in host else f"{host}:{_PORT}"
    url = urls.build("amqp", hosts=authority, username=data.username, password=data.password)
    return urls.parse(f"{url.text}/{urllib.parse.quote(data.vhost, safe='')}")


def _properties(data: RabbitMQ) -> env.Properties:
    properties = _url(data, data.host).properties()
    del properties["name"]  # the path is a virtual host, which stands below by itself
    return {
        **properties,
        "vhost": data.vhost,
        "connect_strings": ",".join(_url(data, host).text for host in data.hosts),
    }


INTEGRATION = integration.Integration(
    interface="rabbitmq",
    category="broker",
    endpoint="rabbitmq",
    data=RabbitMQ,
    request=_request,
    read=_read,
    properties=_properties,
    secrets=("password",),
    ecosystem=dict.fromkeys(("AMQP_URL", "RABBITMQ_URL"), env.Alias(of="connect_string")),
    migrates=True,
    example=RabbitMQ(
        username="app",
        password="pass/word",  # noqa: S106 - of an example
        vhost=_VHOST,
        host="rabbitmq-0.example",
        hosts=("rabbitmq-0.example", "rabbitmq-1.example"),
    ),
)
