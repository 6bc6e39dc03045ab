"""Integrators for what lives outside of Juju.

Their libraries are on no index to install from, so what they publish is written here as the
protocol has it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ops

ENDPOINT = "clients"

_BINDINGS = "urn:oasis:names:tc:SAML:2.0:bindings"
SAML = {
    "entity_id": "https://idp.newsroom.example/metadata",
    "metadata_url": "https://idp.newsroom.example/metadata",
    "x509certs": "MIIFirst,MIISecond",
    "single_sign_on_service_redirect_url": "https://idp.newsroom.example/sso",
    "single_sign_on_service_redirect_binding": f"{_BINDINGS}:HTTP-Redirect",
    "single_sign_on_service_post_url": "https://idp.newsroom.example/post",
    "single_sign_on_service_post_binding": f"{_BINDINGS}:HTTP-POST",
    "single_logout_service_redirect_url": "https://idp.newsroom.example/logout",
    "single_logout_service_redirect_binding": f"{_BINDINGS}:HTTP-Redirect",
    "single_logout_service_redirect_response_url": "https://idp.newsroom.example/logout",
}
SMTP = {
    "host": "mail.newsroom.example",
    "port": "587",
    "user": "newsroom",
    "auth_type": "plain",
    "transport_security": "starttls",
    "domain": "newsroom.example",
    "skip_ssl_verify": "True",
}
_LABEL = "password"


class Integrator(ops.CharmBase):
    """Publishes what its operator says to every application that is related."""

    def hears(self) -> list[str]:
        """Return nothing: nobody asks."""
        return []

    def publish(self, data: Mapping[str, str]) -> None:
        """Publish this and nothing else."""
        if not self.unit.is_leader():
            return
        for relation in self.model.relations[ENDPOINT]:
            told = relation.data[self.app]
            for key in told.keys() - data.keys():
                del told[key]
            told.update(data)

    def publish_password(self, password: str, data: Mapping[str, str]) -> None:
        """Publish this, and the password in a secret of its own."""
        if not self.unit.is_leader():
            return
        content = {"password": password}
        try:
            secret = self.model.get_secret(label=_LABEL)
            secret.set_content(content)
        except ops.SecretNotFoundError:
            secret = self.app.add_secret(content, label=_LABEL)
        for relation in self.model.relations[ENDPOINT]:
            secret.grant(relation)
        self.publish({**data, "password_id": secret.get_info().id})


class Saml(Integrator):
    """Describes an identity provider."""

    def say(self, data: Any) -> None:
        """Publish this and nothing else."""
        told = {} if data is None else data.model_dump(mode="json", exclude_none=True)
        if "signing_certificate" in told:
            told["x509certs"] = told.pop("signing_certificate")
        if "single_sign_on_redirect_url" in told:
            url = told.pop("single_sign_on_redirect_url")
            told["single_sign_on_service_redirect_url"] = url
            told["single_sign_on_service_redirect_binding"] = f"{_BINDINGS}:HTTP-Redirect"
        self.publish(told)


class Smtp(Integrator):
    """Describes a mail relay."""

    def say(self, data: Any) -> None:
        """Publish this and nothing else, the password in a secret."""
        given = {} if data is None else data.model_dump(exclude_none=True)
        told = {key: str(value) for key, value in given.items() if value != ()}
        password = told.pop("password", None)
        if "recipients" in told:
            told["recipients"] = ",".join(data.recipients)
        if password is None:
            self.publish(told)
        else:
            self.publish_password(password, told)
