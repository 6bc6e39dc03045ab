"""Redis, by the library of its charm on Kubernetes."""

from __future__ import annotations

from typing import Any

from .. import integration
from . import _library

_UPDATED = "redis_relation_updated"


class _Redis:
    def __init__(self, library: Any, charm: Any, endpoint: str) -> None:
        # The library emits an event of the charm, which the charm is expected to define.
        if not hasattr(charm.on, _UPDATED):
            charm.on.define_event(_UPDATED, library.RedisRelationUpdatedEvent)
        self._redis = library.RedisRequires(charm, endpoint)

    def publish(self, site: integration.Site) -> None:
        pass

    def read(self) -> integration.RemoteData:
        # The library looks at one unit and does not say which.
        return integration.RemoteData(
            app=self._redis.app_data or {}, units={"unit/0": self._redis.relation_data or {}}
        )


INTEGRATION = _library.spoken(__name__, "charms.redis_k8s.v0.redis", _Redis)
