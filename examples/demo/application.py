"""One example that runs under its charm, seen through its commands and its pages."""

from __future__ import annotations

import dataclasses
import json
import pathlib
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Callable
from typing import Any

EXAMPLES = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = str(pathlib.Path(sys.executable).with_name("paas-app-charmer"))
PATIENCE = 120.0  # seconds for anything to come about; a JVM on a busy machine takes its time


class BrokenClaimError(Exception):
    """Something that the tour claims does not hold."""


class Application:
    """One project that runs, seen through its commands and its pages."""

    def __init__(self, project: pathlib.Path) -> None:
        self.project = project

    def command(self, *words: str, refused: bool = False) -> str:
        """Run a command on this project and return what it printed, or why it was refused."""
        print("  $ paas-app-charmer", *words, flush=True)
        argv = [PROGRAM, *words]
        if words[0] != "run":
            argv += ["--project", str(self.project)]
        done = subprocess.run(
            argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
        if bool(done.returncode) is not refused:
            raise BrokenClaimError(f"exit code {done.returncode}: {done.stdout}{done.stderr}")
        return done.stderr if refused else done.stdout

    def start(self, *words: str, refused: bool = False) -> str:
        """Start it in the background, without any data of an earlier run."""
        project = str(self.project)
        return self.command("run", project, "--clean", "--detach", *words, refused=refused)

    def look(self, *words: str) -> str:
        """Run a command that changes nothing, without showing it."""
        project = [str(self.project)] if words[0] == "check" else ["--project", str(self.project)]
        argv = [PROGRAM, *words, *project]
        return subprocess.run(argv, capture_output=True, text=True, check=True).stdout

    def status(self) -> dict[str, Any]:
        return json.loads(self.look("status", "--json"))

    def units(self) -> list[dict[str, str]]:
        """Return the workload status of each unit: ``current`` and ``message``."""
        (application,) = self.status()["applications"].values()
        return [unit["workload-status"] for unit in application["units"].values()]

    def is_active(self) -> bool:
        return all(unit["current"] == "active" for unit in self.units())

    def is_blocked(self, reason: str) -> bool:
        return all(u["current"] == "blocked" and reason in u["message"] for u in self.units())

    def get(self, path: str = "/") -> str:
        """Fetch a page; any answer that is not good news raises an OSError."""
        return fetch(self.status()["url"].rstrip("/") + path)

    def post(self, path: str, **fields: str) -> None:
        fetch(self.status()["url"].rstrip("/") + path, urllib.parse.urlencode(fields).encode())

    def page(self, path: str) -> Any:
        """Fetch a page that is JSON."""
        return json.loads(self.get(path))

    def variable(self, name: str) -> str | None:
        """Return a variable as the application sees it, which masks its secrets."""
        return self.page(f"/env/{name}")["value"]


def fetch(url: str, body: bytes | None = None) -> str:
    with urllib.request.urlopen(url, body, timeout=30) as answer:
        return answer.read().decode()


def claim(sentence: str, holds: Callable[[], object]) -> None:
    """Wait until a claim holds, and say that it does."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            seen = holds()
        except (AttributeError, OSError) as error:  # no URL yet, or nobody answers there
            seen = None
            problem = str(error)
        else:
            problem = repr(seen)
        if seen:
            print(f"  ✓ {sentence}", flush=True)
            return
        if time.monotonic() > deadline:
            raise BrokenClaimError(f"this does not hold: {sentence} (last seen: {problem})")
        time.sleep(0.2)


def show(output: str) -> None:
    print("".join(f"      {line}\n" for line in output.splitlines()), flush=True)


Stop = Callable[[Application], None]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Tour:
    """What is shown of one example."""

    project: pathlib.Path
    endpoints: str
    """Those to start with, beside the ones that its charm requires."""
    config: tuple[str, ...] = ()
    """The words for `run` by which options are set that have to be."""
    stops: tuple[Stop, ...]
    last: Stop
    """Visited with a copy of the example, which it may break."""
    promised: float | None = None
    """Seconds for a second run with all of these endpoints, if anything is promised."""

    def measured(self, spent: float) -> str:
        """Put what a second run took beside the promise. A slow machine breaks no claim."""
        told = f"{spent:.1f} s"
        if self.promised is None:
            return told
        verdict = "met" if spent <= self.promised else "MISSED"
        return f"{told}; promised of a second run are {self.promised:.0f} s: {verdict}"
