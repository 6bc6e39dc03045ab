"""`rabbitmq`: a RabbitMQ broker, with a user for the application."""

from __future__ import annotations

import typing
import urllib.parse

from paas_app_charmer.local import errors

from . import Context, Offer, Request, _kept, _rabbitmq

if typing.TYPE_CHECKING:
    from collections.abc import Mapping

REMOTE = "rabbitmq-k8s"

_VHOST = "/"


class RabbitMQ:
    """A broker on an address of loopback where the one port of the protocol is free."""

    def __init__(self, context: Context, broker: _rabbitmq.Broker, password: str) -> None:
        self._context = context
        self._address = broker.address
        self._password = password
        self.alive = broker.alive
        self.stop = broker.stop

    @property
    def description(self) -> str:
        """What runs where."""
        return f"RabbitMQ on {self._address}:{_rabbitmq.PORT}"

    def offer(self, request: Request) -> Offer:
        """Tell where it is, and the password of the user that is asked for."""
        if not request.app.get("username"):
            return Offer()
        problem = _unlike(request.app, self._context.application)
        if problem:
            self._context.log(f"{request.endpoint}: {problem}")
            return Offer()
        return _address(self._address, self._password)

    def withdraw(self, relation_id: int) -> None:
        """Keep the queues and what is in them."""


def elsewhere(url: urllib.parse.SplitResult, request: Request) -> Offer:  # noqa: ARG001
    """Return what leads to a broker at `amqp://USER:PASSWORD@HOST`.

    The interface has keys for host and password only: the application logs in by its own name
    and uses the virtual host `/`.
    """
    vhost = urllib.parse.unquote(url.path[1:]) or _VHOST
    if (url.scheme, url.port or _rabbitmq.PORT, vhost) != ("amqp", _rabbitmq.PORT, _VHOST):
        raise errors.LocalError(
            "the interface rabbitmq knows plain AMQP on port 5672 and the virtual host / alone: "
            "--url amqp://USER:PASSWORD@HOST"
        )
    if not url.password:
        raise errors.LocalError("the URL of a broker needs a password: amqp://USER:PASSWORD@HOST")
    return _address(url.hostname or "", urllib.parse.unquote(url.password))


def _address(host: str, password: str) -> Offer:
    return Offer(app={"hostname": host, "password": password}, units={f"{REMOTE}/0": {}})


def _unlike(asked: Mapping[str, str], application: str) -> str:
    wanted = (asked["username"], asked.get("vhost", _VHOST))
    if wanted == (application, _VHOST):
        return ""
    return f"the user {wanted[0]} and the virtual host {wanted[1]} are not to be had here"


def start(context: Context) -> RabbitMQ:
    """Start it; about 4 s."""
    context.folder.mkdir(parents=True, exist_ok=True)
    context.progress("Starting RabbitMQ, which takes some seconds")
    password = _kept.text(context.folder / "password")
    broker = _rabbitmq.start(context, user=context.application, password=password)
    return RabbitMQ(context, broker, password)


def find(context: Context) -> str:  # noqa: ARG001  the same for every project
    """Return the program. Raises LocalError."""
    return _rabbitmq.find()
