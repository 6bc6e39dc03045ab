"""The suite for Express, and for all else that `npm start` starts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from paas_app_charmer import project as projects

from .. import entrypoint, expansion, finding, parts
from . import package

APP_FOLDER = "app"
"""Of the application, in the rock: a link to where npm has put it."""
FOLDERS = ()
"""Others that it may write to."""
REQUIREMENTS = (package.FILE,)
"""Files that say what it needs."""
CHOSEN_IN = (package.FILE, "files")
"""File and key that say which files of the application get into the rock."""
PARTS = {
    "install-app": "The application, with the packages that it runs with, as npm installs it.",
    "runtime": "Node.js, and what that needs.",
}
"""What its parts are for, beside those of other frameworks."""

_NODE = "npm-include-node"
_CERTIFICATES = "etc/ssl/certs/ca-certificates.crt"
_BUILD = """\
rm -rf node_modules
craftctl default
home="$CRAFT_PART_INSTALL/lib/node_modules/{name}"
if [ -f package-lock.json ]; then
  cp package-lock.json "$home/"
  (cd "$home" && npm ci --omit=dev --no-audit --no-fund)
fi
npm config set script-shell=bash update-notifier=false --location=project
grep -Ev '_auth|_password' .npmrc > "$home/.npmrc"
ln -sf /lib/node_modules/{name} "$CRAFT_PART_INSTALL/{folder}"
chown -hR {owner}:{owner} "$home" "$CRAFT_PART_INSTALL/{folder}"
"""
"""Left to itself npm installs the latest of each package, whatever the lock file says. What logs
in to a registry is not for an image, and an application need not ask there for a newer npm. Owners
are set here, as `permissions` follows links, and where they lead is there in the rock only."""
_BARE = """\
mkdir -p "$CRAFT_PART_INSTALL/tmp" "$CRAFT_PART_INSTALL/usr/bin"
chmod 1777 "$CRAFT_PART_INSTALL/tmp"
ln -sf /usr/bin/bash "$CRAFT_PART_INSTALL/usr/bin/sh"
"""


def source(_name: str) -> str:
    """Return the folder of a project that the part with the application's files is made from."""
    return package.FOLDER


def files(*, statsd_port: int = 0) -> Mapping[str, str]:  # noqa: ARG001 - of other suites
    """Return the files that the rock has beside the application, by their path in it."""
    return {}


def carries(seen: projects.Project, path: str) -> bool:
    """Tell whether a file of the application gets into the rock, as far as npm decides that."""
    content, _ = package.read(seen)
    return package.packs(content, path)


def entry_point(project: projects.Project, _name: str) -> entrypoint.EntryPoint:
    """Find the script that `npm start` runs."""
    content, problem = package.read(project)
    told = tuple(one for one in (problem, package.not_started(content)) if one)
    if problem or not package.started(content):
        return entrypoint.EntryPoint(findings=told[:1])
    return entrypoint.EntryPoint(place=package.FILE, target=package.START, findings=told)


def rock(seen: parts.Rock) -> expansion.Contribution:
    """Return what the extension adds to a rock."""
    content, problem = package.read(seen.project)
    command = {} if seen.has_command else {"command": f"npm {package.START}"}
    brings_node = (seen.written("install-app") or {}).get(_NODE) is True
    runtime = _runtime(seen, brings_node=brings_node)
    added: dict[str, Any] = {
        "install-app": _application(seen, package.name(content), brings_node=brings_node),
        "logging": parts.logging(),
        **({"runtime": runtime} if runtime else {}),
    }
    service = parts.service(
        **{"working-dir": f"/{APP_FOLDER}", "environment": {"NODE_ENV": "production"}}, **command
    )
    return expansion.Contribution(
        content={
            "run-user": parts.USER,
            "services": {seen.suite.framework: service},
            "parts": {seen.part(name): part for name, part in added.items()},
        },
        findings=(problem,) if problem else tuple(_doubts(seen, content)),
    )


def _application(seen: parts.Rock, name: str, *, brings_node: bool) -> dict[str, Any]:
    build = _BUILD.format(name=name, folder=APP_FOLDER, owner=parts.USER_ID)
    packages = ["ca-certificates_data"]
    if seen.is_bare:
        packages = ["bash_bins", "ca-certificates_data", "coreutils_bins"]
    elif not brings_node:
        packages.append("nodejs_bins")
    return {
        "plugin": "npm",
        "source": f"{package.FOLDER}/",
        "build-packages": [] if brings_node else ["nodejs", "npm"],
        # Some kernels let Node.js hang in it while it installs.
        "build-environment": [{"UV_USE_IO_URING": "0"}],
        "override-build": build + (_BARE if seen.is_bare else ""),
        "stage-packages": packages,
    }


def _runtime(seen: parts.Rock, *, brings_node: bool) -> dict[str, Any]:
    """Return the part with packages that are no slices, nothing if there are none."""
    packages = ["libstdc++6", "zlib1g"] if seen.is_bare else []
    if not brings_node:
        packages.append("npm")
    if not packages:
        return {}
    return {"plugin": "nil", "stage-packages": packages, "stage": [f"-{_CERTIFICATES}"]}


def _doubts(seen: parts.Rock, content: Mapping[str, Any]) -> Iterator[finding.Finding]:
    not_started = None if seen.has_command else package.not_started(content)
    for one in (not_started, package.not_packed(content)):
        if one:
            yield one
