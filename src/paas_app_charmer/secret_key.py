"""The application's secret key: made once, kept in a Juju secret, readable by every unit."""

from __future__ import annotations

import logging
import secrets

import ops

from . import juju

logger = logging.getLogger(__name__)

_FIELD = "value"
_BYTES = 64
_MARK = "secret-key"
"""What a unit tells its peers while the key moves."""


class SecretKey:
    """The key that a charm makes for its application.

    Where Juju has no secrets the peer databag holds it. A key that is found there although
    Juju has secrets was left by an older charm: it moves into a secret, so that signed
    sessions stay valid. It stands in the databag, and counts, until every unit can read the
    secret: one that still runs the older charm, or runs it again, looks nowhere else and
    would wait for ever.
    """

    def __init__(self, charm: ops.CharmBase, framework: str) -> None:
        self._charm = charm
        self._label = f"{framework}-secret-key"
        self._databag_key = f"{framework}_secret_key"

    def ensure(self) -> str | None:
        """Return the key, made or moved by the leader if need be; None if it is still to come."""
        if not self._charm.model.juju_version.has_secrets:
            return self._ensure_in_databag()
        left = self._in_databag()
        key = self._read()
        if self._charm.unit.is_leader() and (key is None or left not in {None, key}):
            key = self._store(left or _new_key(), exists=key is not None)
            logger.info("secret key %s", "moved out of the peer databag" if left else "created")
        if left is not None and left == key:
            self._hand_over()
        return left or key

    def rotate(self) -> str:
        """Make a new key and return it. Only for the leader, and once there is a key."""
        key = _new_key()
        if self._charm.model.juju_version.has_secrets:
            self._store(key, exists=True)
            if self._in_databag() is not None:
                self._peer_data()[self._databag_key] = ""
        else:
            self._peer_data()[self._databag_key] = key
        return key

    def _store(self, key: str, *, exists: bool) -> str:
        if exists:
            self._charm.model.get_secret(label=self._label).set_content({_FIELD: key})
        else:
            self._charm.app.add_secret({_FIELD: key}, label=self._label)
        return key

    def _hand_over(self) -> None:
        """Say that this unit has the secret, or empty the databag if all others have it too."""
        peers = self._peers()
        others = peers.units - {self._charm.unit}
        if self._charm.unit.is_leader() and all(peers.data[unit].get(_MARK) for unit in others):
            self._peer_data()[self._databag_key] = ""
        elif not peers.data[self._charm.unit].get(_MARK):
            peers.data[self._charm.unit][_MARK] = "in a secret"

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
        return self._peers().data[self._charm.app]

    def _peers(self) -> ops.Relation:
        relation = juju.peer_relation(self._charm)
        if relation is None:
            raise RuntimeError("there is no peer relation")
        return relation


def _new_key() -> str:
    return secrets.token_urlsafe(_BYTES)
