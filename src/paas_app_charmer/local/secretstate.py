"""Secrets: who may see and change which, revisions, and what each unit follows."""

from __future__ import annotations

import datetime as dt
import secrets as randomness
from collections.abc import Iterator, Mapping

from . import model

_ALPHABET = "0123456789abcdefghijklmnopqrstuv"
_ID_LENGTH = 20
ROTATION: dict[str, dt.timedelta | None] = {
    "never": None,
    "hourly": dt.timedelta(hours=1),
    "daily": dt.timedelta(days=1),
    "weekly": dt.timedelta(weeks=1),
    "monthly": dt.timedelta(days=30),
    "quarterly": dt.timedelta(days=91),
    "yearly": dt.timedelta(days=365),
}


def new_id() -> str:
    """Return an identifier of the shape that Juju's have."""
    return "".join(randomness.choice(_ALPHABET) for _ in range(_ID_LENGTH))


def identifier(uri: str) -> str:
    """Return the bare identifier of `secret:ID`, `secret://MODEL/ID` or `ID`."""
    return uri.removeprefix("secret:").rpartition("/")[2]


def owned(state: model.Model, secret: model.Secret, unit: str) -> bool:
    """Whether the unit or its application owns the secret."""
    if secret.owner_kind == "unit":
        return secret.owner == unit
    return secret.owner_kind == "application" and secret.owner == state.application


def manageable(state: model.Model, secret: model.Secret, unit: str, *, leader: bool) -> bool:
    """Whether the unit may change, grant and inspect it; the leader may for the application."""
    return owned(state, secret, unit) and (secret.owner_kind == "unit" or leader)


def readable(state: model.Model, secret: model.Secret, unit: str) -> bool:
    granted = {grant.target for grant in secret.grants}
    return owned(state, secret, unit) or unit in granted or state.application in granted


def by_label(state: model.Model, label: str, unit: str) -> model.Secret | None:
    """Find by the label that the unit itself has given, or else by that of its owner."""
    for secret in state.secrets.values():
        consumer = secret.consumers.get(unit)
        if consumer is not None and consumer.label == label:
            return secret
    for secret in state.secrets.values():
        if secret.label == label and owned(state, secret, unit):
            return secret
    return None


def add_revision(secret: model.Secret, content: Mapping[str, str], *, by: str = "") -> bool:
    """Make a new latest revision unless the content is the same; the unit `by` is not notified."""
    if secret.revisions.get(secret.latest) == dict(content):
        return False
    secret.latest += 1
    secret.revisions[secret.latest] = dict(content)
    if by in secret.consumers:
        secret.consumers[by].notified = secret.latest
    return True


def follow(secret: model.Secret, unit: str, revision: int, label: str | None) -> None:
    """Record that the unit reads this revision from now on."""
    consumer = secret.consumers.get(unit)
    if consumer is None:
        consumer = model.Consumer(tracked=revision, notified=revision)
        secret.consumers[unit] = consumer
    consumer.tracked = revision
    if label is not None:
        consumer.label = label


def remove(state: model.Model, secret: model.Secret, revision: int | None) -> None:
    """Remove one revision, or the secret with its last one."""
    if revision is not None:
        secret.revisions.pop(revision, None)
    if revision is None or not secret.revisions:
        state.secrets.pop(secret.id, None)


def drop_grants(state: model.Model, relation_id: int) -> None:
    """Forget what a relation had brought: its grants, and the remote side's secrets."""
    for secret in list(state.secrets.values()):
        before = len(secret.grants)
        secret.grants = [grant for grant in secret.grants if grant.relation_id != relation_id]
        if secret.owner_kind == "remote" and before and not secret.grants:
            del state.secrets[secret.id]


def obsolete(secret: model.Secret) -> Iterator[int]:
    """Yield old revisions that nobody reads any more and whose owner has not been told."""
    used = {consumer.tracked for consumer in secret.consumers.values()}
    for revision in sorted(secret.revisions):
        told = revision in secret.obsolete_told
        if revision < secret.latest and revision not in used and not told:
            yield revision


def schedule(secret: model.Secret, since: dt.datetime) -> None:
    """Set when secret-rotate is due next."""
    period = ROTATION.get(secret.rotate)
    secret.rotates = since + period if period else None
