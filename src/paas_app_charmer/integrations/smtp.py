"""SMTP: a relay that takes mails, and what it wants of those who send them."""

from __future__ import annotations

import json
from typing import Annotated, Literal

import pydantic

from .. import env, errors, integration

# No variable can hold a NUL; a line break at the end of a password is the provider's business.
_Text = Annotated[str, pydantic.Field(pattern=r"^[^\x00]+$")]
_REQUIRED = ("host", "port", "auth_type", "transport_security")


class Smtp(integration.Data):
    """A mail relay."""

    host: _Text
    port: int = pydantic.Field(gt=0, le=65535)
    auth_type: Literal["none", "not_provided", "plain"]
    transport_security: Literal["none", "starttls", "tls"]
    user: _Text | None = None
    password: _Text | None = pydantic.Field(None, repr=False)
    domain: _Text | None = None
    skip_ssl_verify: bool = False
    smtp_sender: _Text | None = None
    """The address that mails are sent from."""
    recipients: tuple[_Text, ...] = ()
    """Whom the relay lets through, or who is written to by default."""


def _read(remote: integration.RemoteData) -> Smtp | None:
    given = {key: remote.app.get(key) for key in Smtp.model_fields}
    if not any(given[key] for key in _REQUIRED):
        return None
    secret_id = remote.app.get("password_id")
    if secret_id:
        # A password in plain text may be left over from before the provider had secrets.
        given["password"] = remote.secret(secret_id).get("password")
        if not given["password"]:
            raise errors.RelationDataError("its secret has no password")
    values: dict[str, object] = {key: value for key, value in given.items() if value}
    return Smtp.model_validate({**values, "recipients": _recipients(given["recipients"] or "")})


def _recipients(text: str) -> object:
    """Return what stands in a JSON list, or in one with commas."""
    if text.lstrip().startswith("["):
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            raise errors.RelationDataError("recipients is not JSON") from None
    return [one.strip() for one in text.split(",") if one.strip()]


def _properties(data: Smtp) -> env.Properties:
    properties = {
        "host": data.host,
        "port": str(data.port),
        "user": data.user,
        "password": data.password,
        "domain": data.domain,
        "auth_type": None if data.auth_type == "none" else data.auth_type,
        "transport_security": (
            None if data.transport_security == "none" else data.transport_security
        ),
        # Applications in the field know it by Python's spelling; the next one is for new ones.
        "skip_ssl_verify": str(data.skip_ssl_verify),
        "verify_ssl": env.text(not data.skip_ssl_verify),
        "sender": data.smtp_sender,
        "recipients": env.text(data.recipients) if data.recipients else None,
    }
    return {name: value for name, value in properties.items() if value is not None}


INTEGRATION = integration.Integration(
    interface="smtp",
    category="network",
    endpoint="smtp",
    data=Smtp,
    read=_read,
    properties=_properties,
    secrets=("password",),
    example=Smtp(
        host="mail.example",
        port=587,
        auth_type="plain",
        transport_security="starttls",
        user="app",
        password="pass/word",  # noqa: S106 - an example
        domain="example.com",
        smtp_sender="app@example.com",
        recipients=("ops@example.com", "help@example.com"),
    ),
)
