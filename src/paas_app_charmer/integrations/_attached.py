"""What integrations that a library speaks for need of Juju, whose types stay with the library."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .. import errors


def relations(charm: Any, endpoint: str) -> list[Any]:
    """Return an endpoint's relations that have another side, the oldest first."""
    found = [one for one in charm.model.relations[endpoint] if one.app is not None]
    return sorted(found, key=lambda one: one.id)


def secret(charm: Any, secret_id: str) -> Mapping[str, str]:
    """Return the content of a secret at its latest revision.

    Raises:
        RelationDataError: it is missing, or not granted.
    """
    try:
        return charm.model.get_secret(id=secret_id).get_content(refresh=True)
    except Exception:  # noqa: BLE001 - of several kinds, all of them of ops
        raise errors.RelationDataError(
            "its secret is missing or not granted to this application"
        ) from None
