"""The key by which an OpenID provider signs, and tokens signed by it."""

from __future__ import annotations

import base64
import hashlib
import json
import typing

from . import _kept

if typing.TYPE_CHECKING:
    import pathlib
    from collections.abc import Mapping

    from cryptography.hazmat.primitives.asymmetric import rsa

ALGORITHM = "RS256"


class Key:
    """An RSA key, the same one in every run, so that clients may keep its public half."""

    def __init__(self, path: pathlib.Path) -> None:
        # Only whoever starts a provider pays for this import.
        from cryptography.hazmat.primitives import serialization  # noqa: PLC0415

        pem = _kept.text(path, _made_up).encode()
        self._private = typing.cast(
            "rsa.RSAPrivateKey", serialization.load_pem_private_key(pem, password=None)
        )
        numbers = self._private.public_key().public_numbers()
        self._public = {"kty": "RSA", "n": _number(numbers.n), "e": _number(numbers.e)}
        # RFC 7638: a name that follows from the key.
        named = json.dumps(self._public, sort_keys=True, separators=(",", ":"))
        self._name = encoded(hashlib.sha256(named.encode()).digest())

    def public(self) -> dict[str, list[dict[str, str]]]:
        """Return what the JWKS endpoint shows."""
        key = {**self._public, "kid": self._name, "use": "sig", "alg": ALGORITHM}
        return {"keys": [key]}

    def signed(self, claims: Mapping[str, object]) -> str:
        """Return a token that says this."""
        from cryptography.hazmat.primitives import hashes  # noqa: PLC0415
        from cryptography.hazmat.primitives.asymmetric import padding  # noqa: PLC0415

        header = {"alg": ALGORITHM, "typ": "JWT", "kid": self._name}
        text = ".".join(encoded(json.dumps(part).encode()) for part in (header, claims))
        signature = self._private.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{text}.{encoded(signature)}"


def encoded(data: bytes) -> str:
    """Return data in the alphabet of URLs, as tokens have it."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _made_up() -> str:
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric import rsa  # noqa: PLC0415

    return (
        rsa.generate_private_key(public_exponent=65537, key_size=2048)
        .private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        .decode()
    )


def _number(value: int) -> str:
    return encoded(value.to_bytes((value.bit_length() + 7) // 8, "big"))
