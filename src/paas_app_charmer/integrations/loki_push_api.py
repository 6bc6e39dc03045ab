"""Logs: where Pebble sends them, and what Loki shall raise an alert about."""

from __future__ import annotations

import json
import logging
import re
from typing import Any, cast

import pydantic

from .. import errors, integration, urls

logger = logging.getLogger(__name__)

_WEB_ADDRESS = re.compile(r"https?://[!-+\--~]+")
"""Printable and without commas: an address that is one address."""


class Loki(integration.Data):
    """The Loki servers that take logs."""

    targets: dict[str, str] = pydantic.Field(repr=False)
    """Push URLs by the name of the unit that gave each first, in numeric order."""


def _request(site: integration.Site) -> integration.Databag:
    return integration.Databag(
        app={
            "metadata": site.observability.topology,
            "alert_rules": site.observability.loki_rules,
        }
    )


def _read(remote: integration.RemoteData) -> Loki | None:
    targets: dict[str, str] = {}
    problems: list[str] = []
    for name, unit in remote.units.items():
        endpoint = unit.get("endpoint")
        if not endpoint:
            continue
        try:
            url = _push_url(endpoint)
        except errors.RelationDataError as error:
            problems.append(f"{name}: {error}")
            continue
        # Units behind one ingress all give its URL, and one copy of each line is enough.
        if url not in targets.values():
            targets[name] = url
    if problems and not targets:
        raise errors.RelationDataError("; ".join(problems))
    if problems:
        logger.warning("no logs are sent to %s", "; ".join(problems))
    return Loki(targets=targets) if targets else None


def _push_url(endpoint: str) -> str:
    try:
        given: Any = json.loads(endpoint)
    except (ValueError, RecursionError):
        raise errors.RelationDataError("endpoint is not JSON") from None
    url = cast("dict[str, Any]", given).get("url") if isinstance(given, dict) else None
    if not isinstance(url, str) or not _WEB_ADDRESS.fullmatch(url):
        raise errors.RelationDataError("endpoint has no http or https URL")
    urls.parse(url)
    return url


INTEGRATION = integration.Integration(
    interface="loki_push_api",
    category="telemetry",
    endpoint="logging",
    data=Loki,
    request=_request,
    read=_read,
    properties=integration.no_properties,
    essential=False,
    log_targets=lambda data: data.targets,
    example=Loki(targets={"loki/0": "http://loki-0.example:3100/loki/api/v1/push"}),
)
