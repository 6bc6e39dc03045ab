"""Rules and dashboards in the form that the observability charms read from databags.

This module imports cosl, which takes longer than most events. Whoever needs it imports it late.
"""

from __future__ import annotations

import copy
import hashlib
import json
import logging
import uuid
from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

import cosl
import cosl.juju_topology
import cosl.rules

from . import cos_files, documents, errors

logger = logging.getLogger(__name__)

Files = Iterable[cos_files.File]
Topology = Mapping[str, str]
"""The model, application, unit and charm, as cosl names them."""


def prometheus_rules(files: Files, topology: Topology) -> str:
    """Return the rules of the files and those that every charm has."""
    place = _place(topology)
    rules = cosl.AlertRules("promql", topology=place)
    _add_rules(rules, files, cos_files.PROMETHEUS_RULES, place)
    # cosl's first releases change what they are given.
    generic = copy.deepcopy(cosl.rules.generic_alert_groups.application_rules)
    rules.add(generic, group_name_prefix=place.identifier)
    return json.dumps(rules.as_dict(), sort_keys=True)


def loki_rules(files: Files, topology: Topology) -> str:
    """Return the rules of the files."""
    place = _place(topology)
    rules = cosl.AlertRules("logql", topology=place)
    _add_rules(rules, files, cos_files.LOKI_RULES, place)
    return json.dumps(rules.as_dict(), sort_keys=True)


def dashboards(files: Files, topology: Topology) -> str:
    """Return the dashboards, with an id that is another one only when they are."""
    templates: dict[str, object] = {}

    def add(file: cos_files.File) -> None:
        key = "file:" + ":".join(file.name.with_suffix("").parts)
        templates[key] = _template(key, file, topology)

    _add_each(files, cos_files.DASHBOARDS, add)
    version = uuid.uuid5(uuid.NAMESPACE_OID, json.dumps(templates))
    return json.dumps({"templates": templates, "uuid": str(version)})


def _place(topology: Topology) -> cosl.JujuTopology:
    try:
        return cosl.JujuTopology.from_dict(dict(topology))
    except cosl.juju_topology.InvalidUUIDError as error:
        raise errors.RelationDataError(f"the model cannot be told to others: {error}") from error


def _template(key: str, file: cos_files.File, topology: Topology) -> dict[str, object]:
    content: Any = json.loads(file.content)
    if not isinstance(content, dict):
        raise TypeError("it is not a JSON object")
    charm = topology["charm_name"]
    dashboard = cast("dict[str, Any]", content)
    if not cosl.DashboardPath40UID.is_valid(str(dashboard.get("uid") or "")):
        path = f"{cos_files.MERGED}/{cos_files.DASHBOARDS}/{file.name}"
        dashboard["uid"] = cosl.DashboardPath40UID.generate(charm, path)
    tags: list[str] = list(dashboard.get("tags") or [])
    if not any(tag.startswith("charm: ") for tag in tags):
        dashboard["tags"] = [*tags, f"charm: {charm}"]
    return {
        "charm": charm,
        "content": cosl.LZMABase64.compress(json.dumps(dashboard)),
        "juju_topology": {k: v for k, v in topology.items() if k != "charm_name"},
        "inject_dropdowns": True,
        "dashboard_alt_uid": hashlib.shake_256(f"{charm}-{key}".encode()).hexdigest(8),
    }


def _add_rules(rules: cosl.AlertRules, files: Files, kind: str, place: cosl.JujuTopology) -> None:
    def add(file: cos_files.File) -> None:
        # Dates and the like become text, because all of this is to be JSON.
        content = json.loads(json.dumps(documents.parse(file.content.decode()), default=str))
        prefix = "_".join((place.identifier, *file.name.parent.parts))
        rules.add(content, group_name=file.name.stem, group_name_prefix=prefix)

    _add_each(files, kind, add)


def _add_each(files: Files, kind: str, add: Callable[[cos_files.File], None]) -> None:
    for file in files:
        if file.kind != kind:
            continue
        if not file.counts:
            suffixes = ", ".join(cos_files.SUFFIXES[kind])
            logger.warning("%s is left out: its name ends in none of %s", file.origin, suffixes)
            continue
        try:
            add(file)
        except Exception as error:  # noqa: BLE001 - an author may have written anything
            reason = " ".join(str(error).split())
            logger.error("%s is left out: %s", file.origin, reason)  # noqa: TRY400 - as short
