"""Run Python inside of `sandbox.enter`: as this user and, where that is root, as nobody too."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import pathlib
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Iterator

import pytest

NOBODY = 65534

_BEFORE = """\
import json, os, pathlib, signal, subprocess, sys, time
from paas_app_charmer.local import {modules}

folder = pathlib.Path({folder!r})
"""
_BECOME = """\
os.setgroups([]); os.setresgid({id}, {id}, {id}); os.setresuid({id}, {id}, {id})
import ctypes; ctypes.CDLL(None).prctl(4, 1)  # what a new program would be: its own in /proc
"""
_AFTER = "\nsys.exit(sandbox.enter(main))\n"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Inside:
    """Starts commands whose `main()` runs inside; `folder` is theirs to write to."""

    folder: pathlib.Path
    user: int | None
    started: list[subprocess.Popen[str]] = dataclasses.field(default_factory=list)

    def start(self, main: str, *, modules: str = "sandbox") -> subprocess.Popen[str]:
        """Start a command that defines `main()`."""
        become = "" if self.user is None else _BECOME.format(id=self.user)
        before = _BEFORE.format(modules=modules, folder=str(self.folder))
        command = subprocess.Popen(
            # Imports come before the change of user, who may not be allowed to read this checkout.
            [sys.executable, "-c", before + become + textwrap.dedent(main) + _AFTER],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.started.append(command)
        return command

    def end(self) -> None:
        """Kill what a failed test has left."""
        for command in self.started:
            command.kill()
            command.communicate()

    def run(self, main: str, *, modules: str = "sandbox") -> subprocess.CompletedProcess[str]:
        """Run such a command to its end."""
        process = self.start(main, modules=modules)
        out, err = process.communicate(timeout=60)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)


@pytest.fixture
def inside(tmp_path: pathlib.Path) -> Iterator[Inside]:
    inside = Inside(folder=tmp_path, user=None)
    yield inside
    inside.end()


@pytest.fixture(params=["this user", *(["nobody"] if os.geteuid() == 0 else [])])
def inside_as(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Inside]:
    """As `inside`; when root runs the tests, once more without its rights."""
    folder = tmp_path_factory.mktemp("inside")
    inside = Inside(folder=folder, user=None if request.param == "this user" else NOBODY)
    if inside.user is not None:
        top = pathlib.Path(tempfile.gettempdir()).resolve()
        for part in folder.parents:
            if top in part.parents:
                part.chmod(0o755)
        os.chown(folder, NOBODY, NOBODY)
    yield inside
    inside.end()


class Namespace:
    """The pid namespace that a command has made, seen from outside."""

    def __init__(self, command: subprocess.Popen[str]) -> None:
        self._number = self._below(command)

    def processes(self) -> list[str]:
        """Name the processes in it, without those that have ended and wait to be counted."""
        found: list[str] = []
        for process in pathlib.Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):  # it may end while we look
                if (process / "ns/pid").stat().st_ino == self._number:
                    name, _, fields = (process / "stat").read_text().rpartition(")")
                    found += [name.partition("(")[2]] if fields.split()[0] != "Z" else []
        return found

    def is_empty_soon(self) -> bool:
        """Wait some seconds for the last process to end."""
        deadline = time.monotonic() + 5
        while self.processes() and time.monotonic() < deadline:
            time.sleep(0.01)
        return not self.processes()

    @staticmethod
    def _below(command: subprocess.Popen[str]) -> int:
        for process in pathlib.Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                fields = (process / "stat").read_text().rpartition(")")[2].split()
                if int(fields[1]) == command.pid:
                    return (process / "ns/pid").stat().st_ino
        raise AssertionError("the command has no child")


@pytest.fixture
def namespace_of() -> type[Namespace]:
    """Give the class, which test modules cannot import."""
    return Namespace
