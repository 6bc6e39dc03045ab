"""A packed charm: unpacked as Juju unpacks it, and read back into what it was packed from."""

from __future__ import annotations

import contextlib
import pathlib
import posixpath
import shutil
import stat
import zipfile
import zlib
from collections.abc import Generator, Iterable, Mapping
from typing import Any

from paas_app_charmer import documents
from paas_app_charmer import project as projects
from paas_app_charmer.suites import document, finding

from . import errors

DISPATCH = "dispatch"
METADATA = "metadata.yaml"

_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError)
"""By these `zipfile` tells of damage, of passwords, and of compression that it has not."""
_SECTIONS = ("containers", "resources", "requires", "provides", "peers", "actions")


def unpack(file: pathlib.Path, target: pathlib.Path) -> None:
    """Make `target` what is in a packed charm. Raises LocalError, and then `target` is as before.

    What leads out of the charm is refused. A link becomes a copy of the file that it leads to.
    """
    with _refusing(file), zipfile.ZipFile(file) as archive:
        entries = {entry.filename: entry for entry in archive.infolist()}
        for name in entries:
            if name.startswith("/") or ".." in name.split("/"):
                raise errors.LocalError(f"{file} holds {name!r}, which leads out of it")
        new = target.with_name(f"{target.name}.new")
        _forget(new)
        for entry in entries.values():
            _write(archive, entry, _followed(entry, archive, entries, file), new)
        if not (new / METADATA).is_file():
            raise errors.LocalError(f"{file} is no packed charm: it has no {METADATA}")
        if not _is_executable(new / DISPATCH):
            raise errors.LocalError(
                f"{file} has no {DISPATCH} that can be executed, so no hook can run: "
                "pack it with Charmcraft"
            )
    old = target.with_name(f"{target.name}.old")
    _forget(old)
    if target.exists():
        target.rename(old)
    new.rename(target)
    _forget(old)


@contextlib.contextmanager
def _refusing(file: pathlib.Path) -> Generator[None]:
    try:
        yield
    except (*_BROKEN, OSError) as error:
        reason = getattr(error, "strerror", None) or error
        raise errors.LocalError(f"{file} cannot be unpacked: {reason}") from None


def _followed(
    entry: zipfile.ZipInfo,
    archive: zipfile.ZipFile,
    entries: Mapping[str, zipfile.ZipInfo],
    file: pathlib.Path,
) -> zipfile.ZipInfo:
    if not stat.S_ISLNK(_mode(entry)):
        return entry
    target = archive.read(entry).decode(errors="replace")
    found = entries.get(posixpath.normpath(f"{posixpath.dirname(entry.filename)}/{target}"))
    if found is None or stat.S_ISLNK(_mode(found)):
        raise errors.LocalError(
            f"{file} holds {entry.filename!r}, a link to {target!r}, which is no file in it"
        )
    return found


def _write(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, source: zipfile.ZipInfo, folder: pathlib.Path
) -> None:
    path = folder / entry.filename
    if entry.is_dir():
        path.mkdir(parents=True, exist_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(archive.read(source))
    path.chmod(0o755 if _mode(source) & stat.S_IXUSR else 0o644)


def _mode(entry: zipfile.ZipInfo) -> int:
    return entry.external_attr >> 16


def _is_executable(path: pathlib.Path) -> bool:
    return path.is_file() and bool(path.stat().st_mode & stat.S_IXUSR)


def _forget(folder: pathlib.Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)


def read(folder: pathlib.Path, file: pathlib.Path) -> Mapping[str, Any]:
    """Return what charmcraft.yaml in full would say of a charm that `file` was unpacked from.

    Raises LocalError with every problem on a line of its own.
    """
    told: list[finding.Finding] = []
    content = dict(_load(folder, METADATA, told))
    for key in ("config", "actions"):
        content[key] = _load(folder, f"{key}.yaml", told)
    told += _misshapen(content)
    if told:
        raise errors.LocalError("\n".join(f"{file}: {one}" for one in told))
    return content


def _load(folder: pathlib.Path, name: str, told: list[finding.Finding]) -> Mapping[str, Any]:
    path = folder / name
    if not path.exists():
        return {}
    try:
        content, found = document.load(projects.text_of(path), name, may_be_empty=True)
    except (OSError, ValueError) as error:
        found = (finding.Finding(file=name, what=f"cannot be read: {error}"),)
        content = None
    told += finding.errors(found)
    return content or {}


def _misshapen(content: Mapping[str, Any]) -> Iterable[finding.Finding]:
    if not isinstance(content.get("name"), str):
        yield finding.Finding(file=METADATA, key="name", what="is missing")
    tables = [(METADATA, key, content.get(key)) for key in _SECTIONS]
    tables.append(("config.yaml", "options", content["config"].get("options")))
    for file, key, table in tables:
        if table is None:
            continue
        name = "actions.yaml" if key == "actions" else file
        if not documents.is_mapping(table):
            yield finding.Finding(file=name, key=key, what="should be a mapping")
            continue
        for entry, value in table.items():
            if not (value is None or documents.is_mapping(value)):
                where = f"{key}.{entry}"
                yield finding.Finding(file=name, key=where, what="should be a mapping")
