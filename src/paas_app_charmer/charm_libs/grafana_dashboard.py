"""Dashboards, by the library of Grafana."""

from __future__ import annotations

from typing import Any

from .. import cos_files, integration
from . import _folder, _library


class _Grafana:
    def __init__(self, library: Any, charm: Any, endpoint: str) -> None:
        self._provider = library.GrafanaDashboardProvider(
            charm,
            relation_name=endpoint,
            dashboards_path=_folder.lay_out(charm, cos_files.DASHBOARDS),
        )

    def publish(self, _site: integration.Site) -> None:
        self._provider.reload_dashboards()

    def read(self) -> integration.RemoteData:
        return integration.RemoteData()


INTEGRATION = _library.spoken(__name__, "charms.grafana_k8s.v0.grafana_dashboard", _Grafana)
