"""The rules and dashboards of a charm, encoded no oftener than they change.

The result is kept beside the charm with the fingerprint of all that went into it, so that an
event which changes nothing reads and hashes a few small files, and does not even import what
encodes them.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import hashlib
import json
import logging
import pathlib
from collections.abc import Iterable, Mapping

import ops

from . import cos_files, integration, release

logger = logging.getLogger(__name__)


@dataclasses.dataclass(frozen=True, kw_only=True)
class _Encoded:
    """What has been encoded, and from what."""

    fingerprint: str
    prometheus_rules: str
    loki_rules: str
    dashboards: str


def of(charm: ops.CharmBase, framework_name: str) -> integration.Observability:
    """Return what there is to publish. Nothing is read or encoded before it is asked for."""
    topology = {
        "model": charm.model.name,
        "model_uuid": charm.model.uuid,
        "application": charm.app.name,
        "unit": charm.unit.name,
        "charm_name": charm.meta.name,
    }

    @functools.cache
    def encoded() -> _Encoded:
        return _encoded(charm.charm_dir, framework_name, topology)

    return integration.Observability(
        topology=lambda: json.dumps(topology),
        prometheus_rules=lambda: encoded().prometheus_rules,
        loki_rules=lambda: encoded().loki_rules,
        dashboards=lambda: encoded().dashboards,
    )


def _encoded(
    charm_dir: pathlib.Path, framework_name: str, topology: Mapping[str, str]
) -> _Encoded:
    files, problem = cos_files.find(charm_dir, framework_name)
    fingerprint = _fingerprint(files, problem, topology)
    kept = charm_dir / cos_files.MERGED / "encoded.json"
    found = _read(kept)
    if found is not None and found.fingerprint == fingerprint:
        return found
    if problem:
        logger.error("%s; only the framework's own rules and dashboards are used", problem)
    from . import cos_encoding  # noqa: PLC0415 - it imports what is slow to import

    result = _Encoded(
        fingerprint=fingerprint,
        prometheus_rules=cos_encoding.prometheus_rules(files, topology),
        loki_rules=cos_encoding.loki_rules(files, topology),
        dashboards=cos_encoding.dashboards(files, topology),
    )
    _write(kept, result)
    return result


def _fingerprint(
    files: Iterable[cos_files.File], problem: str, topology: Mapping[str, str]
) -> str:
    contents = [
        (file.kind, str(file.name), hashlib.sha256(file.content).hexdigest()) for file in files
    ]
    versions = [_version("cosl"), _version("paas-app-charmer")]
    return release.digest(contents, problem, topology, versions)


def _version(distribution: str) -> str:
    from importlib import metadata  # noqa: PLC0415 - few events come here

    try:
        found = metadata.distribution(distribution).read_text("METADATA") or ""
    except metadata.PackageNotFoundError:
        return ""
    # `metadata.version` would take two milliseconds to parse all of it as mail.
    return next((line for line in found.splitlines() if line.startswith("Version:")), "")


def _read(path: pathlib.Path) -> _Encoded | None:
    try:
        return _Encoded(**json.loads(path.read_bytes()))
    except (OSError, ValueError, TypeError):
        return None


def _write(path: pathlib.Path, result: _Encoded) -> None:
    # Where the charm's folder cannot be written to, the leader encodes at every event.
    with contextlib.suppress(OSError):
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(dataclasses.asdict(result)), encoding="utf-8")
