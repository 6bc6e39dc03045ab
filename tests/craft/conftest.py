"""The real Charmcraft, from the lock file, in environments of its own.

They stay in the user's cache folder: the first run downloads, a later one finds them done. Each
start of Charmcraft takes about two seconds, and the first of all tests may have to wait for the
download, so these tests have more time than others.
"""

from __future__ import annotations

import dataclasses
import hashlib
import importlib
import io
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tarfile
import urllib.request
from collections.abc import Callable, Mapping
from typing import Any

import pytest
import yaml

from paas_app_charmer.local import cache

ROOT = pathlib.Path(__file__).parents[2]
SYSTEM_PYTHON = "/usr/bin/python3"
"""Packing on the host wants the apt bindings of the distribution, which belong to its Python."""

OURS = ("--extra", "craft")
WITHOUT_EXTRA = ()
STOCK = ("--no-install-project",)

SCHEMA = "schema/charmcraft.json"
"""In Charmcraft's source distribution; the wheel does not have it."""

# Python 3.10 has no tomllib; its origin has the same function.
_toml = importlib.import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")


def _environment(name: str, *choice: str) -> pathlib.Path:
    """Return Charmcraft's program in the environment of that name, which is brought up to date."""
    uv = shutil.which("uv", path=os.pathsep.join((sys.prefix + "/bin", os.environ["PATH"])))
    assert uv, "uv is missing: make test installs it"
    folder = cache.folder() / name
    command = [uv, "sync", "--quiet", "--frozen", "--no-default-groups", "--group", "craft"]
    subprocess.run(
        [*command, *choice, "--python", SYSTEM_PYTHON],
        cwd=ROOT,
        env={**os.environ, "UV_PROJECT_ENVIRONMENT": str(folder)},
        check=True,
    )
    return folder / "bin" / "charmcraft"


@pytest.fixture(scope="session")
def charmcraft() -> pathlib.Path:
    """Charmcraft with this project, installed through its extra."""
    return _environment("charmcraft", *OURS)


@pytest.fixture(scope="session")
def charmcraft_without_extra() -> pathlib.Path:
    """Charmcraft with this project, without its extra."""
    return _environment("charmcraft-without-extra", *WITHOUT_EXTRA)


@pytest.fixture(scope="session")
def stock_charmcraft() -> pathlib.Path:
    """Charmcraft alone."""
    return _environment("charmcraft-stock", *STOCK)


@pytest.fixture(scope="session")
def published_schema() -> Any:
    """The JSON schema of charmcraft.yaml that Charmcraft publishes."""
    locked = _toml.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))
    package = next(one for one in locked["package"] if one["name"] == "charmcraft")
    source = package["sdist"]
    file = cache.folder() / source["url"].rpartition("/")[2]
    if not file.exists():
        with urllib.request.urlopen(source["url"], timeout=60) as answer:
            part = file.with_name(f"{file.name}.{os.getpid()}")
            part.write_bytes(answer.read())
            part.replace(file)
    content = file.read_bytes()
    assert f"sha256:{hashlib.sha256(content).hexdigest()}" == source["hash"]
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        folder = f"{package['name']}-{package['version']}"
        member = archive.extractfile(f"{folder}/{SCHEMA}")
        assert member is not None
        return json.load(member)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Done:
    """What a command of Charmcraft has said."""

    code: int
    out: str
    err: str
    """Progress, warnings and errors, without the line that names the log file."""

    @property
    def content(self) -> Any:
        """The YAML document that was printed."""
        assert self.code == 0, self.err
        return yaml.safe_load(self.out)


class Tool:
    """Runs Charmcraft in a folder, with a home of its own."""

    def __init__(self, home: pathlib.Path) -> None:
        self._home = home

    def __call__(
        self,
        program: pathlib.Path,
        *arguments: str,
        folder: pathlib.Path,
        experimental: bool = False,
        environment: Mapping[str, str] | None = None,
    ) -> Done:
        """Run one command; `experimental` lets extensions through that are."""
        variables = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("CHARMCRAFT_", "CRAFT_", "PYTHON", "XDG_"))
        }
        variables |= {"HOME": str(self._home), "XDG_RUNTIME_DIR": str(self._home)}
        if experimental:
            variables["CHARMCRAFT_ENABLE_EXPERIMENTAL_EXTENSIONS"] = "1"
        done = subprocess.run(
            [program, *arguments],
            cwd=folder,
            env={**variables, **(environment or {})},
            capture_output=True,
            text=True,
            check=False,
        )
        lines = [one for one in done.stderr.splitlines() if not one.startswith("Full execution")]
        return Done(code=done.returncode, out=done.stdout, err="\n".join(lines))


@pytest.fixture
def intruder(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], dict[str, str]]:
    """Returns the environment in which Charmcraft's Python first runs some code."""

    def intrude(code: str) -> dict[str, str]:
        folder = tmp_path_factory.mktemp("intruder")
        (folder / "sitecustomize.py").write_text(code, encoding="utf-8")
        return {"PYTHONPATH": str(folder)}

    return intrude


@pytest.fixture(scope="session")
def tool(tmp_path_factory: pytest.TempPathFactory) -> Tool:
    return Tool(tmp_path_factory.mktemp("home"))
