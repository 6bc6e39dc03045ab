"""SAML: the identity provider that users sign on with, as its integrator describes it."""

from __future__ import annotations

from collections.abc import Mapping

import pydantic

from .. import errors, integration

_SIGN_ON = "single_sign_on_service"


class Saml(integration.Data):
    """An identity provider."""

    entity_id: str = pydantic.Field(pattern=r"^[^\x00]+$")
    signing_certificate: str = pydantic.Field(pattern=r"^[^\x00]+$")
    metadata_url: pydantic.AnyHttpUrl | None = None
    single_sign_on_redirect_url: pydantic.AnyHttpUrl | None = None


def _read(remote: integration.RemoteData) -> Saml | None:
    given = remote.app
    if not (given.get("entity_id") or given.get("x509certs")):
        return None
    # An empty item would look like a certificate to whoever only counts them.
    certificates = (one for one in given.get("x509certs", "").split(",") if one.strip())
    certificate = next(certificates, None)
    if certificate is None:
        raise errors.RelationDataError("x509certs holds no certificate")
    return Saml.model_validate(
        {
            "entity_id": given.get("entity_id", ""),
            "signing_certificate": certificate,
            "metadata_url": given.get("metadata_url"),
            "single_sign_on_redirect_url": _redirect_url(given),
        }
    )


def _redirect_url(given: Mapping[str, str]) -> str | None:
    # What tells how the URL is to be used is its binding, and not the key that it stands under.
    for method in ("redirect", "post"):
        url = given.get(f"{_SIGN_ON}_{method}_url")
        binding = given.get(f"{_SIGN_ON}_{method}_binding") or method
        if url and "redirect" in binding.lower():
            return url
    return None


INTEGRATION = integration.Integration(
    interface="saml",
    category="identity",
    endpoint="saml",
    data=Saml,
    read=_read,
    migrates=True,
    example=Saml(
        entity_id="https://idp.example/metadata",
        signing_certificate="MIICertificate",
        metadata_url=pydantic.AnyHttpUrl("https://idp.example/metadata"),
        single_sign_on_redirect_url=pydantic.AnyHttpUrl("https://idp.example/sso"),
    ),
)
