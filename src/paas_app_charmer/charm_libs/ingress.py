"""An ingress, by the library of Traefik."""

from __future__ import annotations

import json
from typing import Any

from .. import integration
from . import _library


class _Ingress:
    def __init__(self, library: Any, charm: Any, endpoint: str) -> None:
        self._ingress = library.IngressPerAppRequirer(charm, endpoint, strip_prefix=True)

    def publish(self, site: integration.Site) -> None:
        self._ingress.provide_ingress_requirements(
            port=site.port, host=site.fqdn(site.unit), ip=site.address or None
        )

    def read(self) -> integration.RemoteData:
        # The library keeps the last URL after the ingress has taken it back.
        if not self._ingress.is_ready():
            return integration.RemoteData()
        return integration.RemoteData(app={"ingress": json.dumps({"url": self._ingress.url})})


INTEGRATION = _library.spoken(__name__, "charms.traefik_k8s.v2.ingress", _Ingress)
