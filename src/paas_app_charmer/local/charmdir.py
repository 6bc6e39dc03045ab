"""A unit's copy of the charm, as `charmcraft pack` would have made it and Juju unpacked it.

ops reads metadata.yaml, config.yaml and actions.yaml, so the one project file is split as packing
splits it.
"""

from __future__ import annotations

import os
import pathlib
import shutil
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from . import narrow

# The charm makes cos_merged itself, in its own copy.
_LEFT_OUT = frozenset({"venv", "tests", "__pycache__", "charmcraft.yaml", "cos_merged"})
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

    Files that did not change are not touched. Hidden files in `target` stay: ops keeps its state
    there. `paas_config` is merged over the charm's own paas-config.yaml.
    """
    target.mkdir(parents=True, exist_ok=True)
    wanted = {path: (source / path).read_bytes() for path in _files(source)}
    wanted.update(split(charmcraft))
    own = pathlib.Path(_PAAS_CONFIG)
    if paas_config:
        wanted[own] = _merged(wanted.get(own, b""), paas_config)
    changed = False
    for path, content in wanted.items():
        mode = 0o755 if os.access(source / path, os.X_OK) else 0o644
        changed |= _ensure(target / path, content, mode)
    for path in [path for path in _files(target) if path not in wanted]:
        (target / path).unlink()
        changed = True
    return changed


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


def _files(root: pathlib.Path) -> Iterator[pathlib.Path]:
    """Yield the files that packing takes, as relative paths; hidden ones and caches are not."""
    for directory, subdirectories, names in os.walk(root, followlinks=True):
        subdirectories[:] = [name for name in subdirectories if _taken(name)]
        for name in names:
            if _taken(name):
                yield (pathlib.Path(directory) / name).relative_to(root)


def _taken(name: str) -> bool:
    hidden = name.startswith(".")
    return not hidden and name not in _LEFT_OUT and not name.endswith(_LEFT_OUT_SUFFIXES)


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
