"""Logs, by the library of Loki. It says where they go to; Pebble sends them, as ever."""

from __future__ import annotations

import json
from typing import Any

from .. import cos_files, integration
from . import _folder, _library


class _Loki:
    def __init__(self, library: Any, charm: Any, endpoint: str) -> None:
        self._endpoint = endpoint
        self._consumer = library.LokiPushApiConsumer(
            charm,
            relation_name=endpoint,
            alert_rules_path=_folder.lay_out(charm, cos_files.LOKI_RULES),
        )

    def publish(self, _site: integration.Site) -> None:
        self._consumer.reload_alerts()

    def read(self) -> integration.RemoteData:
        # The library tells no units, and the order of its answer differs between processes.
        given = sorted(json.dumps(one) for one in self._consumer.loki_endpoints)
        return integration.RemoteData(
            units={f"{self._endpoint}/{n}": {"endpoint": one} for n, one in enumerate(given)}
        )


INTEGRATION = _library.spoken(__name__, "charms.loki_k8s.v1.loki_push_api", _Loki)
