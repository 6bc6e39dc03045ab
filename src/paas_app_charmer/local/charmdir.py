"""A unit's copy of the charm, as `charmcraft pack` would have made it and Juju unpacked it.

ops reads metadata.yaml, config.yaml and actions.yaml, so the one project file is split as packing
splits it. What has been packed already is taken as it is.
"""

from __future__ import annotations

import os
import pathlib
import shutil
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from . import narrow

# The charm makes them itself, in its own copy.
_MADE = frozenset({"__pycache__", "cos_merged"})
_PROJECT_FILE = "charmcraft.yaml"
_LEFT_OUT = frozenset({*_MADE, _PROJECT_FILE, "venv", "tests"})
_LEFT_OUT_SUFFIXES = (".charm", ".rock", ".pyc")
_METADATA = (
    *("name", "display-name", "summary", "description", "maintainers", "assumes"),
    *("containers", "peers", "provides", "requires", "resources", "storage", "devices"),
    *("extra-bindings", "subordinate", "terms", "charm-user", "min-juju-version"),
)
_PAAS_CONFIG = "paas-config.yaml"


def refresh(
    source: pathlib.Path,
    target: pathlib.Path,
    *,
    charmcraft: Mapping[str, Any],
    paas_config: Mapping[str, Any],
) -> bool:
    """Make `target` what packing `source` would give; say whether anything in it has changed.

    Files that did not change are not touched. Hidden files and links in `target` stay: ops keeps
    its state there, and `dispatch` may link to Python. `paas_config` is merged over the charm's
    own paas-config.yaml.
    """
    target.mkdir(parents=True, exist_ok=True)
    packed = is_packed(source)
    made = {} if packed else split(charmcraft)
    own = pathlib.Path(_PAAS_CONFIG)
    if paas_config:
        made[own] = _merged(_read(source / own), paas_config)
    wanted = {*_files(source, packed=packed), *made}
    changed = False
    for path in wanted:
        mode = 0o755 if os.access(source / path, os.X_OK) else 0o644
        content = made[path] if path in made else (source / path).read_bytes()
        changed |= _ensure(target / path, content, mode)
    for path in _files(target, packed=packed):
        kept = path.parts[0].startswith(".") or (target / path).is_symlink()
        if path not in wanted and not kept:
            (target / path).unlink()
            changed = True
    return changed


def is_packed(source: pathlib.Path) -> bool:
    """Tell whether a folder has what Juju reads instead of what Charmcraft does."""
    return (source / "metadata.yaml").is_file() and not (source / _PROJECT_FILE).exists()


def split(charmcraft: Mapping[str, Any]) -> dict[pathlib.Path, bytes]:
    """Return metadata.yaml and, when they would not be empty, config.yaml and actions.yaml."""
    metadata = {key: charmcraft[key] for key in _METADATA if key in charmcraft}
    files: dict[str, Any] = {"metadata.yaml": metadata}
    config: Mapping[str, Any] = charmcraft.get("config") or {}
    if config.get("options"):
        files["config.yaml"] = {"options": config["options"]}
    if charmcraft.get("actions"):
        files["actions.yaml"] = charmcraft["actions"]
    return {
        pathlib.Path(name): yaml.safe_dump(content, sort_keys=False).encode()
        for name, content in files.items()
    }


def _files(root: pathlib.Path, *, packed: bool) -> Iterator[pathlib.Path]:
    """Yield the files that packing takes, or has taken, as relative paths."""
    taken = _unpacked if packed else _taken
    for directory, subdirectories, names in os.walk(root, followlinks=True):
        subdirectories[:] = [name for name in subdirectories if taken(name)]
        for name in names:
            if taken(name):
                yield (pathlib.Path(directory) / name).relative_to(root)


def _taken(name: str) -> bool:
    hidden = name.startswith(".")
    return not hidden and name not in _LEFT_OUT and not name.endswith(_LEFT_OUT_SUFFIXES)


def _unpacked(name: str) -> bool:
    # Compiled files that were packed do not fit the time at which their sources were unpacked.
    return name not in _MADE and not name.endswith(".pyc")


def _read(path: pathlib.Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""


def _merged(own: bytes, override: Mapping[str, Any]) -> bytes:
    """Lay keys over the charm's file; one that is no mapping stays for the charm to refuse."""
    try:
        content: Any = yaml.safe_load(own) or {}
    except yaml.YAMLError:
        return own
    if not narrow.is_mapping(content):
        return own
    content.update(override)
    return yaml.safe_dump(content, sort_keys=False).encode()


def _ensure(path: pathlib.Path, content: bytes, mode: int) -> bool:
    try:
        same = path.read_bytes() == content and (path.stat().st_mode & 0o777) == mode
    except OSError:
        same = False
    if same:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    path.chmod(mode)
    # A change within one second that keeps the size would leave Python's cache believed.
    shutil.rmtree(path.parent / "__pycache__", ignore_errors=True)
    return True
