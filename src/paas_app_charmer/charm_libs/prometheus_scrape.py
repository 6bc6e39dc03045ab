"""Metrics, by the library of Prometheus."""

from __future__ import annotations

import json
from typing import Any

from .. import cos_files, integration
from . import _folder, _library

_BUILTIN = _library.builtin(__name__)


class _Prometheus:
    def __init__(self, library: Any, charm: Any, endpoint: str) -> None:
        self._provider = library.MetricsEndpointProvider(
            charm,
            relation_name=endpoint,
            alert_rules_path=_folder.lay_out(charm, cos_files.PROMETHEUS_RULES),
        )

    def publish(self, site: integration.Site) -> None:
        jobs = _BUILTIN.request(site).app["scrape_jobs"]
        self._provider.update_scrape_job_spec(json.loads(str(jobs)))

    def read(self) -> integration.RemoteData:
        return integration.RemoteData()


INTEGRATION = _library.spoken(__name__, "charms.prometheus_k8s.v0.prometheus_scrape", _Prometheus)
