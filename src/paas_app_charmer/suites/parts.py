"""What an extension for rocks looks at, and what the rocks of all frameworks have."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, cast

from paas_app_charmer import documents
from paas_app_charmer import project as projects

from . import catalogue, finding

USER = "_daemon_"
"""Runs every service of a rock."""
USER_ID = 584792
"""Its number, and that of its group."""

_RUNTIME = """\
craftctl default
mkdir -p "$CRAFT_PART_INSTALL/tmp" "$CRAFT_PART_INSTALL/usr/bin"
chmod 1777 "$CRAFT_PART_INSTALL/tmp"
ln -sf /usr/bin/bash "$CRAFT_PART_INSTALL/usr/bin/sh"
"""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Rock:
    """A rock's project file, with the folder that it stands in."""

    suite: catalogue.Suite
    project: projects.Project
    content: Mapping[str, Any]
    file: str

    @property
    def name(self) -> str:
        """Of the project."""
        return str(self.content.get("name") or "")

    @property
    def base(self) -> str:
        """`bare`, an Ubuntu with `@`, or empty if the file does not say it."""
        return base(self.content.get("base"))

    @property
    def build_base(self) -> str:
        """What it is built on, which decides about the generation."""
        return base(self.content.get("build-base")) or self.base

    @property
    def is_bare(self) -> bool:
        """Tell whether the rock has nothing but what its parts bring."""
        return self.base == "bare"

    @property
    def has_command(self) -> bool:
        """Tell whether the author says how the application is started."""
        services = documents.mapping(self.content.get("services"))
        return bool(documents.mapping(services.get(self.suite.framework)).get("command"))

    def part(self, name: str) -> str:
        """Return the full name of one of the extension's parts."""
        return f"{self.suite.name}/{name}"

    def written(self, part: str) -> Mapping[str, Any] | None:
        """Return what the author adds to one of the extension's parts, None if it is not named."""
        parts = documents.mapping(self.content.get("parts"))
        name = self.part(part)
        return documents.mapping(parts[name]) if name in parts else None

    def error(self, what: str, *, key: str = "", instead: str = "") -> finding.Finding:
        """Tell of something that is wrong in the project file."""
        return finding.Finding(file=self.file, what=what, key=key, instead=instead)

    def warning(self, what: str, *, key: str = "", instead: str = "") -> finding.Finding:
        """Tell of something that may be meant."""
        found = self.error(what, key=key, instead=instead)
        return dataclasses.replace(found, severity="warning")


def base(written: object) -> str:
    """Return a base as the catalogue spells it."""
    text = "" if written is None else str(written)
    if text == "devel":
        return "ubuntu@devel"
    return text.replace(":", "@") if text.count(":") == 1 else text


def split(packages: object) -> tuple[list[str], list[str]]:
    """Return the slices among the entries of `stage-packages`, and the whole packages."""
    entries = cast("list[object]", packages) if isinstance(packages, list) else []
    names = [entry for entry in entries if isinstance(entry, str)]
    return [name for name in names if "_" in name], [name for name in names if "_" not in name]


def service(**more: object) -> dict[str, Any]:
    """Return the service of the application."""
    return {"override": "replace", "startup": "enabled", "user": USER, **more}


def owned(path: str | None = None) -> dict[str, Any]:
    """Return the permission that gives a path, or a whole part, to the user of the services."""
    owner = {"owner": USER_ID, "group": USER_ID}
    return owner if path is None else {"path": path, **owner}


def made_folder(folder: str) -> dict[str, Any]:
    """Return the part that makes an empty folder for the user of the services."""
    return {
        "plugin": "nil",
        "override-build": f'craftctl default\nmkdir -p "$CRAFT_PART_INSTALL/{folder}"\n',
        "permissions": [owned(folder)],
    }


def runtime(seen: Rock) -> dict[str, Any]:
    """Return the part with what an application runs with besides: certificates, and a shell."""
    if not seen.is_bare:
        return {"plugin": "nil", "stage-packages": ["ca-certificates_data"]}
    return {
        "plugin": "nil",
        "stage-packages": ["bash_bins", "coreutils_bins", "ca-certificates_data"],
        "override-build": _RUNTIME,
    }


def logging(*folders: str) -> dict[str, Any]:
    """Return the part with the folders that logs are written to and shipped from."""
    owned_folders = ("opt/promtail", "etc/promtail", *folders)
    made = "".join(f'mkdir -p "$CRAFT_PART_INSTALL/{folder}"\n' for folder in owned_folders)
    return {
        "plugin": "nil",
        "override-build": f"craftctl default\n{made}",
        "permissions": [owned(folder) for folder in owned_folders],
    }
