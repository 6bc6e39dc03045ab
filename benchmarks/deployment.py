"""One project that runs under its charm, driven by the command line as its developer would.

The end-to-end tests use this too.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from typing import Any, TypeVar

EXAMPLES = pathlib.Path(__file__).resolve().parent.parent / "examples"
COMMAND = (sys.executable, "-m", "paas_app_charmer.cli")
START = 300.0
"""Seconds for a first start, in which Pebble may have to be built."""
PATIENCE = 60.0
"""Seconds for anything else."""
LOOK = 0.05

_PROCESSES = """
import json, os, pathlib
parents, names = {}, {}
for folder in pathlib.Path("/proc").glob("[0-9]*"):
    try:
        fields = (folder / "stat").read_text().rpartition(")")[2].split()
        command = (folder / "cmdline").read_text().rstrip("\\0").replace("\\0", " ")
    except OSError:
        continue
    if command and int(folder.name) != os.getpid():
        parents[int(folder.name)], names[int(folder.name)] = int(fields[1]), command
pebble = os.getppid()
print(json.dumps({p: names[p] for p in names if pebble in (parents[p], parents.get(parents[p]))}))
"""
"""What runs below the Pebble that runs this: services, and what a service has forked."""

T = TypeVar("T")


class RefusedError(Exception):
    """A command failed; the text is what it said."""


class Deployment:
    """The project in a folder, and what runs there."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.folder = folder

    @classmethod
    def copy(cls, example: str, folder: pathlib.Path) -> Deployment:
        """Copy an example, without what may run in the original."""
        ignored = shutil.ignore_patterns(".paas", ".venv", "venv", "__pycache__")
        shutil.copytree(EXAMPLES / example, folder, ignore=ignored)
        return cls(folder)

    def __call__(self, *words: str, timeout: float = PATIENCE) -> str:
        """Run a command on the project and return what it printed.

        Raises:
            RefusedError: it failed.
        """
        done = subprocess.run(
            [*COMMAND, *words],
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
        if done.returncode:
            raise RefusedError((done.stderr or done.stdout).strip())
        return done.stdout.strip()

    def run(self, *words: str) -> str:
        """Start it in the background and return the URL at which it answers."""
        return self("run", "--detach", *words, timeout=START).splitlines()[-1]

    def down(self, *, clean: bool = True) -> None:
        """Stop it and remove what it left, even if it does not answer any more."""
        try:
            self("down", *(["--clean"] if clean else []))
        except (RefusedError, subprocess.TimeoutExpired):
            with contextlib.suppress(OSError, ValueError):
                os.kill(int((self.folder / ".paas" / "runner.pid").read_text()), signal.SIGKILL)
            raise

    def write(self, name: str, text: str) -> None:
        """Write a file of the project, as an editor does."""
        (self.folder / name).write_text(text, encoding="utf-8")

    def read(self, name: str) -> str:
        """Return the text of a file of the project."""
        return (self.folder / name).read_text(encoding="utf-8")

    def status(self) -> dict[str, Any]:
        """Return what ``status --json`` shows."""
        return json.loads(self("status", "--json"))

    def units(self) -> list[dict[str, Any]]:
        """Return the units in the order of their numbers."""
        (application,) = self.status()["applications"].values()
        return list(application["units"].values())

    def unit(self, number: int = 0) -> tuple[str, str]:
        """Return the workload status of a unit and its message."""
        status = self.units()[number]["workload-status"]
        return status["current"], status["message"]

    def is_active(self) -> bool:
        """Tell whether all units are active and no hook runs."""
        return all(
            (unit["workload-status"]["current"], unit["juju-status"]["current"])
            == ("active", "idle")
            for unit in self.units()
        )

    def settle(self) -> None:
        """Wait until it is active; if it does not get so, tell how it stands."""
        try:
            until(self.is_active)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.account()}") from None

    def address(self, number: int = 0) -> str:
        """Return host and port of a unit, past any ingress."""
        return list(self.status()["addresses"].values())[number]

    def get(self, path: str = "/", *, unit: int | None = None) -> str:
        """Fetch a page: where the application is to be reached, or directly of one unit."""
        base = self.status()["url"] if unit is None else f"http://{self.address(unit)}"
        return fetch(base.rstrip("/") + path)

    def page(self, path: str, *, unit: int | None = None) -> Any:
        """Fetch a page that is JSON."""
        return json.loads(self.get(path, unit=unit))

    def processes(self, unit: int = 0) -> dict[int, str]:
        """Return the services' processes of a unit and their children: command line by id."""
        shown = self("exec", "--unit", str(unit), "--", "python3", "-c", _PROCESSES)
        return {int(number): command for number, command in json.loads(shown).items()}

    def account(self) -> str:
        """Tell how it stands, for somebody who looks for the reason of a failure."""
        try:
            return f"{self('status')}\n{self('logs', '-n', '60')}"
        except (RefusedError, subprocess.TimeoutExpired) as error:
            return str(error)


def fetch(url: str, body: bytes | None = None, *, timeout: float = 30) -> str:
    """Return a page; an answer that is an error raises an OSError."""
    with urllib.request.urlopen(url, body, timeout=timeout) as answer:  # noqa: S310  of ours
        return answer.read().decode()


def until(check: Callable[[], T], *, seconds: float = PATIENCE) -> T:
    """Return what ``check`` returns as soon as that is true; an OSError counts as not yet."""
    deadline = time.monotonic() + seconds
    seen: object = None
    while True:
        try:
            seen = found = check()
            if found:
                return found
        except (OSError, http.client.HTTPException) as error:
            seen = error
        if time.monotonic() > deadline:
            raise AssertionError(f"it did not come about in {seconds:.0f} s; last seen: {seen!r}")
        time.sleep(LOOK)
