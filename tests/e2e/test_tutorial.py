"""docs/tutorial.md, typed line by line into a shell, up to where a cluster is needed.

The word after the language of a block is its file; `>>` appends to it. In a block of a console
each line after a command has to stand in what the command prints, in that order.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import pathlib
import re
import socket
import subprocess
import time
from collections.abc import Iterator

import pytest

ROOT = pathlib.Path(__file__).parent.parent.parent
TUTORIAL = ROOT / "docs" / "tutorial.md"
BLOCK = re.compile(r"^```(\w+)(?: ([^\n]*))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PATIENCE = 20
NEED_A_CLUSTER = {"rockcraft", "rockcraft.skopeo", "charmcraft", "juju"}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Command:
    line: str
    expected: tuple[str, ...]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Save:
    path: str
    text: str
    append: bool


def steps() -> Iterator[Command | Save]:
    for language, info, body in BLOCK.findall(TUTORIAL.read_text(encoding="utf-8")):
        if language == "console" and info != "cluster":
            for part in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
                line, *expected = part.strip().splitlines()
                yield Command(line=line, expected=tuple(expected))
        elif language != "console":
            yield Save(path=info.removeprefix(">> "), text=body, append=info.startswith(">> "))


class Shell:
    """A bash that is typed into: folder and environment stay from one command to the next."""

    END = "::end::"

    def __init__(self, home: pathlib.Path) -> None:
        self.port = _free_port()
        caches = os.environ.get("XDG_CACHE_HOME") or str(pathlib.Path.home() / ".cache")
        self._bash = subprocess.Popen(
            ["bash"],
            cwd=home,
            env=os.environ | {"HOME": str(home), "XDG_CACHE_HOME": caches},
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def run(self, line: str) -> tuple[int, str]:
        """Return the exit code of a command and all that it printed."""
        assert self._bash.stdin
        assert self._bash.stdout
        self._bash.stdin.write(f"{{ {line}\n}} </dev/null\necho {self.END}$?\n")
        self._bash.stdin.flush()
        printed: list[str] = []
        for text in self._bash.stdout:
            before, end, code = text.partition(self.END)
            printed.append(before)
            if end:
                return int(code), "".join(printed)
        raise AssertionError(f"bash ended at {line!r}: {''.join(printed)}")

    def folder(self) -> pathlib.Path:
        return pathlib.Path(self.run("pwd")[1].strip())

    def close(self) -> None:
        self._bash.kill()
        self._bash.wait()


def _free_port() -> int:
    """Return a port for what the tutorial serves on 8000, which may be taken here."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def follow(shell: Shell, command: Command) -> str:
    """Type a command; what follows a change may come too early, and is typed again."""
    line = command.line
    for shown, here in {"/path/to/paas-app-charmer": str(ROOT), "8000": str(shell.port)}.items():
        line = line.replace(shown, here)
    patience = PATIENCE if line.startswith(("curl ", "paas-app-charmer config ")) else 0
    end = time.monotonic() + patience
    while True:
        code, printed = shell.run(line)
        if code == 0 and shows(printed, command.expected):
            return "as shown"
        if time.monotonic() > end:
            return f"exit code {code}: {printed}"
        time.sleep(0.5)


def shows(printed: str, expected: tuple[str, ...]) -> bool:
    for text in expected:
        # A number must not be the beginning of another one.
        found = re.search(rf"{re.escape(text)}(?!\d)", printed)
        if not found:
            return False
        printed = printed[found.end() :]
    return True


@pytest.fixture
def shell(tmp_path):
    with contextlib.closing(Shell(tmp_path)) as shell:
        yield shell
        shell.run("cd ~/hello && paas-app-charmer down --clean")


@pytest.mark.timeout(600)
def test_each_command_of_the_tutorial_works_and_prints_what_it_shows(shell):
    for step in steps():
        if isinstance(step, Save):
            with (shell.folder() / step.path).open("a" if step.append else "w") as file:
                file.write(step.text)
            continue
        assert follow(shell, step) == "as shown", step.line


def test_only_what_needs_a_cluster_is_left_out():
    left_out = [
        line.split()[1]
        for language, info, body in BLOCK.findall(TUTORIAL.read_text(encoding="utf-8"))
        if info == "cluster"
        for line in body.splitlines()
        if line != "$ cd charm"
    ]
    assert set(left_out) <= NEED_A_CLUSTER
