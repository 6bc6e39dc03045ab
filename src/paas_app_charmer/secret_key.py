"""The application's secret key: made once, kept in a Juju secret, readable by every unit."""

from __future__ import annotations

import logging
import secrets

import ops

from . import juju

logger = logging.getLogger(__name__)

_FIELD = "value"
_BYTES = 64


class SecretKey:
    """The key that a charm makes for its application.

    Where Juju has no secrets the peer databag holds it. A key that is found there although
    Juju has secrets was left by an older charm: it moves into a secret, so that signed
    sessions stay valid.
    """

    def __init__(self, charm: ops.CharmBase, framework: str) -> None:
        self._charm = charm
        self._label = f"{framework}-secret-key"
        self._databag_key = f"{framework}_secret_key"

    def ensure(self) -> str | None:
        """Return the key, made or moved by the leader if need be; None if it is still to come."""
        if not self._charm.model.juju_version.has_secrets:
            return self._ensure_in_databag()
        key = self._read()
        if not self._charm.unit.is_leader():
            return key or self._in_databag()
        left = self._in_databag()
        if key is None:
            key = left or _new_key()
            self._charm.app.add_secret({_FIELD: key}, label=self._label)
            logger.info("secret key %s", "moved out of the peer databag" if left else "created")
        if left:
            self._peer_data()[self._databag_key] = ""
        return key

    def rotate(self) -> str:
        """Make a new key and return it. Only for the leader, and once there is a key."""
        key = _new_key()
        if self._charm.model.juju_version.has_secrets:
            self._charm.model.get_secret(label=self._label).set_content({_FIELD: key})
        else:
            self._peer_data()[self._databag_key] = key
        return key

    def _read(self) -> str | None:
        try:
            secret = self._charm.model.get_secret(label=self._label)
            return secret.get_content(refresh=True).get(_FIELD)
        except (ops.SecretNotFoundError, ops.ModelError):
            return None

    def _ensure_in_databag(self) -> str | None:
        key = self._in_databag()
        peers = juju.peer_relation(self._charm)
        if key is None and peers is not None and self._charm.unit.is_leader():
            logger.warning("this Juju has no secrets: the secret key stands in the peer databag")
            key = _new_key()
            self._peer_data()[self._databag_key] = key
        return key

    def _in_databag(self) -> str | None:
        if juju.peer_relation(self._charm) is None:
            return None
        return self._peer_data().get(self._databag_key) or None

    def _peer_data(self) -> ops.RelationDataContent:
        relation = juju.peer_relation(self._charm)
        if relation is None:
            raise RuntimeError("there is no peer relation")
        return relation.data[self._charm.app]


def _new_key() -> str:
    return secrets.token_urlsafe(_BYTES)
