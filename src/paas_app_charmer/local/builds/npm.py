"""Node.js applications: what npm takes along of them, beside the packages that they run with.

In the rock the packages are inside of the application. Here they have a folder of their own, so
that npm installs them again only when the application asks for others.
"""

from __future__ import annotations

import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import typing

from paas_app_charmer.local import builds, errors, sandbox

if typing.TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SOURCES = (
    *(".js", ".mjs", ".cjs", ".json", ".ts"),
    *(".css", ".ejs", ".hbs", ".njk", ".pug", ".sql", ".svg"),  # read once, as a rule
)
_MANIFEST = "package.json"
_LOCK = "package-lock.json"
_INSTALLED = "node_modules"
_APP = "app-"
_PACKAGES = "packages-"
_SETTINGS = "script-shell=bash\nupdate-notifier=false\n"
_QUIET = ("--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error")
_ASKS = ("dependencies", "devDependencies", "optionalDependencies", "peerDependencies")
_KEPT = 2
"""Folders: the one before may still be running."""
_SYSTEM = frozenset(map(pathlib.Path, ("/usr/local/bin", "/usr/bin", "/bin")))


def locate() -> pathlib.Path:
    """Return npm, which comes with Node.js. Raises LocalError."""
    npm = shutil.which("npm")
    if npm is None:
        raise errors.LocalError(
            "Node.js and npm are needed, and this machine has none. Install them, for example by "
            "`snap install node --classic` or `apt install npm`."
        )
    return pathlib.Path(npm)


def build(order: builds.Order) -> builds.Made:
    """Install the application as the rock would have it.

    Raises LocalError: there is no Node.js, or npm refuses.
    """
    npm = str(locate())
    order.progress(f"Building {order.name}")
    packages = _packages(npm, order)
    order.folder.mkdir(parents=True, exist_ok=True)
    fresh = pathlib.Path(tempfile.mkdtemp(prefix=_APP, dir=order.folder))
    try:
        home = _taken_along(npm, order, fresh)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise
    (home / _INSTALLED).symlink_to(packages / _INSTALLED)
    (home / ".npmrc").write_text(_SETTINGS)
    _forget(order.folder, _APP, _KEPT)
    _forget(order.folder, _PACKAGES, _KEPT)
    place = order.app_folder or f"/usr/{home.relative_to(fresh)}"
    return builds.Made(
        writable={place: home}, commands=dict(_programs()), homes=(order.folder, *_homes())
    )


def _packages(npm: str, order: builds.Order) -> pathlib.Path:
    """Return the folder with the packages that package.json, or the lock file, asks for."""
    files = {name: order.source / name for name in (_MANIFEST, _LOCK)}
    texts = {name: path.read_bytes() for name, path in files.items() if path.exists()}
    inputs = b"\0".join((*texts.values(), json.dumps(dict(order.variables)).encode()))
    folder = order.folder / (_PACKAGES + hashlib.sha256(inputs).hexdigest()[:16])
    if folder.exists():
        folder.touch()
        return folder
    order.progress("Installing the application's packages")
    order.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=order.folder) as scratch:
        made = pathlib.Path(scratch, "made")
        (made / _INSTALLED).mkdir(parents=True)  # there are none to install, perhaps
        for name, text in texts.items():
            (made / name).write_bytes(text)
        how = ["ci"] if _LOCK in texts else ["install", "--no-package-lock"]
        _run([npm, *how, "--omit=dev", "--prefer-offline", *_QUIET], made, order)
        made.replace(folder)
    return folder


def _taken_along(npm: str, order: builds.Order, fresh: pathlib.Path) -> pathlib.Path:
    """Let npm choose the files of the application; return the folder that they are in."""
    with tempfile.TemporaryDirectory(dir=order.folder) as scratch:
        copy = pathlib.Path(scratch, "copy")
        left = shutil.ignore_patterns(_INSTALLED, ".git", ".paas")
        shutil.copytree(order.source, copy, symlinks=True, ignore=left)
        manifest = copy / _MANIFEST
        text = manifest.read_text(encoding="utf-8")
        asked = json.loads(text)
        alone = {key: value for key, value in asked.items() if key not in _ASKS}
        manifest.write_text(json.dumps(alone), encoding="utf-8")
        command = [npm, "install", "--global", "--prefix", str(fresh), "--install-links"]
        _run([*command, *_QUIET, str(copy)], copy, order)
        home = fresh / "lib" / _INSTALLED / str(asked["name"])
        (home / _MANIFEST).write_text(text, encoding="utf-8")
    return home


def _run(command: list[str], folder: pathlib.Path, order: builds.Order) -> None:
    environment = {**os.environ, "NODE_ENV": "production", **order.variables}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise builds.failure(order, done.stderr or done.stdout)


def _forget(folder: pathlib.Path, prefix: str, kept: int) -> None:
    """Remove all but the newest."""
    there = sorted(folder.glob(f"{prefix}*"), key=lambda path: path.stat().st_mtime)
    for old in there[:-kept]:
        shutil.rmtree(old, ignore_errors=True)


def _programs() -> Iterator[tuple[str, sandbox.File | str]]:
    """Return what the rock has of Node.js, unless a container has it in that place anyway."""
    for name, program in _found().items():
        if program.parent not in _SYSTEM:
            yield name, str(program.resolve())


def _homes() -> Iterator[pathlib.Path]:
    for program in _found().values():
        if program.parent not in _SYSTEM:
            yield program.resolve().parents[1]
            yield program.parents[1]


def _found() -> Mapping[str, pathlib.Path]:
    found = {name: shutil.which(name) for name in ("node", "npm", "npx")}
    return {name: pathlib.Path(path) for name, path in found.items() if path}
