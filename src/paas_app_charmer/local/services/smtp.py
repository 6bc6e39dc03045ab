"""`smtp`: a mail server that delivers nothing and keeps everything, by aiosmtpd.

`paas-app-charmer mails` shows what it has.
"""

from __future__ import annotations

import os
import subprocess
import typing
import urllib.parse

from paas_app_charmer.local import mails, ports

from . import Context, Offer, Request, _kept, _mail_server, _packages, _server

if typing.TYPE_CHECKING:
    from collections.abc import Mapping

REMOTE = "smtp-integrator"

_DOMAIN = "example.com"
"""Of the addresses that mails are sent from; reserved, so that none of them is anybody's."""
_SECURITY = {"smtp": ("none", 25), "smtp+starttls": ("starttls", 587), "smtps": ("tls", 465)}
"""Scheme of a URL to what the interface calls it, and the usual port."""


class Smtp:
    """A mail server on loopback, which wants a login as mail services do."""

    def __init__(self, server: _server.Server, context: Context, port: int, password: str) -> None:
        self._user = context.application
        self._port = port
        self._password = password
        self.alive = server.alive
        self.stop = server.stop

    @property
    def description(self) -> str:
        """What runs where."""
        address = f"{ports.LOOPBACK}:{self._port}"
        return f"mail server on {address}; `paas-app-charmer mails` shows what it keeps"

    def offer(self, request: Request) -> Offer:  # noqa: ARG002  the same for everybody
        """Tell where it is and how to log in."""
        return Offer(
            app={
                "host": ports.LOOPBACK,
                "port": str(self._port),
                "auth_type": "plain",
                "transport_security": "none",
                "user": self._user,
                "domain": _DOMAIN,
                "smtp_sender": f"{self._user}@{_DOMAIN}",
            },
            secrets={"password_id": {"password": self._password}},
        )

    def withdraw(self, relation_id: int) -> None:
        """Keep the mails."""


def elsewhere(url: urllib.parse.SplitResult, request: Request) -> Offer:  # noqa: ARG001
    """Return what leads to a server at `smtp[s]://[USER:PASSWORD@]HOST[:PORT][?domain=NAME]`.

    With the scheme `smtp+starttls` the connection is encrypted once it is made.
    """
    security, port = _SECURITY.get(url.scheme, _SECURITY["smtp"])
    known: Mapping[str, str | None] = {
        "host": url.hostname,
        "port": str(url.port or port),
        "auth_type": "plain" if url.username else "none",
        "transport_security": security,
        "user": urllib.parse.unquote(url.username or ""),
        "domain": dict(urllib.parse.parse_qsl(url.query)).get("domain"),
    }
    app = {key: value for key, value in known.items() if value}
    password = urllib.parse.unquote(url.password or "")
    return Offer(app=app, secrets={"password_id": {"password": password}} if password else {})


def start(context: Context) -> Smtp:
    """Start it; about 0.2 s."""
    python = find(context)
    folder = context.folder / mails.FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    port = ports.remembered(context.folder / "port")
    password = _kept.text(context.folder / "password")
    process = subprocess.Popen(
        # -I: neither the project's folder nor PYTHONPATH may change what is imported.
        [
            python,
            "-I",
            "-W",
            "ignore",
            _mail_server.__file__,
            str(port),
            str(folder),
            context.application,
        ],
        env={**os.environ, _mail_server.PASSWORD: password},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    ready = _mail_server.READY
    server = _server.Server("The mail server", process, ready=ready, log=context.log)
    server.wait_ready()
    return Smtp(server, context, port, password)


def find(context: Context) -> str:
    """Return a Python that has the package, fetched if need be. Raises LocalError."""
    return _packages.interpreter("aiosmtpd", "aiosmtpd>=1.4.6,<2", context)
