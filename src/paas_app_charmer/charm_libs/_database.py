"""What the databases have in common: `charms.data_platform_libs`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import ops

from .. import errors, integration
from . import _library

_CREDENTIALS = {"username", "uris"}


class _Database:
    def __init__(self, library: Any, charm: Any, endpoint: str) -> None:
        self._charm = charm
        self._database = library.DatabaseRequires(
            charm, relation_name=endpoint, database_name=charm.app.name
        )

    def publish(self, site: integration.Site) -> None:
        # The library asks when a relation is created, at which time there may be no leader.
        if not self._charm.unit.is_leader():
            return
        request = {"database": site.app}
        if self._database.remote_secret_fields:
            request["requested-secrets"] = json.dumps(self._database.remote_secret_fields)
        for number, present in self._database.fetch_my_relation_data().items():
            if "database" not in present:
                self._database.update_relation_data(number, request)

    def read(self) -> integration.RemoteData:
        found = [fields for _, fields in sorted(self._fetched().items())]
        given = next((one for one in found if one.keys() & _CREDENTIALS), dict[str, str]())
        # The library has put what secrets hold among the other fields.
        return integration.RemoteData(
            app={key: value for key, value in given.items() if not key.startswith("secret-")}
        )

    def _fetched(self) -> Mapping[int, Mapping[str, str]]:
        try:
            return self._database.fetch_relation_data()
        except ops.ModelError as error:
            absent = isinstance(error, ops.SecretNotFoundError)
            if absent or "permission denied" in str(error):
                raise errors.RelationDataError(
                    "its secret is missing or not granted to this application"
                ) from None
            raise


def of(module: str) -> integration.Integration[Any]:
    """Return the integration of the database that a module is named after."""
    return _library.spoken(module, "charms.data_platform_libs.v0.data_interfaces", _Database)
