"""Rules and dashboards as files in one folder, as the fetched libraries want them."""

from __future__ import annotations

import json
import logging
import pathlib
from collections.abc import Mapping
from typing import Any

from .. import cos_files, documents

logger = logging.getLogger(__name__)


def lay_out(charm: Any, kind: str) -> str:
    """Put the framework's files and the author's into a folder of the charm, and return it.

    ``kind`` is one of `cos_files.SUFFIXES`. What a library could not use is left out, because
    one such file would keep it from publishing all the others.
    """
    folder: pathlib.Path = charm.charm_dir / cos_files.MERGED / kind
    files, problem = cos_files.find(charm.charm_dir, charm.spec.name)
    if problem:
        logger.error("%s; only the framework's own rules and dashboards are used", problem)
    wanted: dict[pathlib.Path, bytes] = {}
    for file in files:
        if file.kind == kind and file.counts:
            try:
                wanted[folder / file.name] = _checked(file)
            except Exception as error:  # noqa: BLE001 - an author may have written anything
                reason = " ".join(str(error).split())
                logger.error("%s is left out: %s", file.origin, reason)  # noqa: TRY400 - as short
    try:
        _write(folder, wanted)
    except OSError as error:
        logger.error("%s is not up to date: %s", folder, error)  # noqa: TRY400 - as short
    return str(folder)


def _checked(file: cos_files.File) -> bytes:
    """Return the content as JSON, which is YAML as well, without dates and the like."""
    if file.kind == cos_files.DASHBOARDS:
        content = json.loads(file.content)
        if not isinstance(content, dict):
            raise TypeError("it is not a JSON object")
        return file.content
    import cosl  # noqa: PLC0415 - every library that reads rules imports it anyway

    language = "promql" if file.kind == cos_files.PROMETHEUS_RULES else "logql"
    content = json.dumps(documents.parse(file.content.decode()), default=str)
    cosl.AlertRules(language).add(json.loads(content), group_name=file.name.stem)
    return content.encode()


def _write(folder: pathlib.Path, wanted: Mapping[pathlib.Path, bytes]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.rglob("*"):
        if path.is_file() and path not in wanted:
            path.unlink()
    for path, content in wanted.items():
        if not path.is_file() or path.read_bytes() != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
