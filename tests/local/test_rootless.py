"""The whole of `run` without root: Pebble, hooks and application belong to an ordinary user.

Such a Pebble cannot change to the application's user, which is therefore its own under another
name. Where root runs these tests the user is nobody, who is shown what is needed of root's files.
Where the kernel gives nobody no namespaces `run` says so, and the tests fail with its words.
"""

from __future__ import annotations

import dataclasses
import functools
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

import pytest

import paas_app_charmer
from paas_app_charmer.local import gotool, pebble

pytestmark = pytest.mark.timeout(600)  # the first time on a machine Pebble is built

NOBODY = 65534
USER = os.geteuid() or NOBODY
FILES = {
    "rockcraft.yaml": """\
name: hello
base: bare
build-base: ubuntu@24.04
version: "1"
summary: Says hello
description: Says hello
platforms: {amd64: }
extensions: [flask-framework]
""",
    "requirements.txt": "flask\n",
    "app.py": """\
import os

import flask

app = flask.Flask(__name__)


@app.route("/")
def hello():
    return f"{os.environ['FLASK_GREETING']}, {os.getuid()} below {os.getppid()}"
""",
    "charm/charmcraft.yaml": """\
name: hello
type: charm
base: ubuntu@24.04
platforms: {amd64: }
summary: Says hello
description: Says hello
charm-user: non-root
extensions: [flask-framework]
config:
  options:
    greeting: {type: string, default: hello}
""",
    "charm/src/charm.py": """\
import ops
import paas_app_charmer.flask


class HelloCharm(paas_app_charmer.flask.Charm):
    pass


if __name__ == "__main__":
    ops.main(HelloCharm)
""",
}
AS_NOBODY = """\
import collections, os, pathlib, sys
from paas_app_charmer.local.sandbox import namespaces

user, shown, command = int(sys.argv[1]), sys.argv[2].split(os.pathsep), sys.argv[3:]
closed = collections.defaultdict(list)
for path in map(pathlib.Path, shown):
    for parent in reversed(path.parents):
        if not parent.stat().st_mode & 0o001:
            closed[parent].append(path)
            break
if closed:
    namespaces.unshare(namespaces.NEWNS)
    namespaces.make_private()
for parent, paths in closed.items():
    found = {path: os.open(path, os.O_PATH) for path in paths}
    namespaces.mount_tmpfs(str(parent))
    for path, descriptor in found.items():
        path.mkdir(parents=True, exist_ok=True)
        namespaces.bind(f"/proc/self/fd/{descriptor}", str(path))
os.setgroups([])
os.setresgid(user, user, user)
os.setresuid(user, user, user)
os.execv(command[0], command)
"""
"""Show what lies in a folder that only its owner may enter, become nobody, run a command."""


@dataclasses.dataclass(kw_only=True)
class Rootless:
    """A project of an ordinary user, and the command line on it."""

    folder: pathlib.Path

    @property
    def project(self) -> pathlib.Path:
        return self.folder / "project"

    def __call__(self, *words: str) -> str:
        argv = [sys.executable, "-m", "paas_app_charmer.cli", *words]
        if os.geteuid() == 0:
            shown = os.pathsep.join(map(str, needed()))
            argv = [sys.executable, "-c", AS_NOBODY, str(USER), shown, *argv]
        done = subprocess.run(
            argv,
            cwd=self.project,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=200,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout.strip()

    def shell(self, text: str) -> str:
        """Run a shell command beside the application."""
        return self("exec", "--", "sh", "-c", text)

    def get(self) -> str:
        with urllib.request.urlopen(self.url, timeout=5) as response:
            return response.read().decode()

    @functools.cached_property
    def url(self) -> str:
        return json.loads(self("status", "--json"))["url"]

    def _environment(self) -> dict[str, str]:
        foreign = ("XDG_", "UV_CACHE", "PIP_CACHE", "TMPDIR", "PAAS_")
        return {
            **{key: text for key, text in os.environ.items() if not key.startswith(foreign)},
            "HOME": str(self.folder),
            "XDG_CACHE_HOME": str(self.folder / "cache"),
            "PATH": f"{self.folder / 'bin'}{os.pathsep}{os.defpath}",
        }


def needed() -> list[pathlib.Path]:
    """Name where the interpreter, its packages and the library are."""
    found = [pathlib.Path(sys.prefix), pathlib.Path(sys.base_prefix)]
    program = pathlib.Path(sys.executable)
    while program.is_symlink():
        program = program.parent / program.readlink()
        found.append(program.parent.parent)
    return [*found, pathlib.Path(paas_app_charmer.__file__).parents[1]]


def free_port() -> int:
    with socket.socket() as attempt:
        attempt.bind(("", 0))
        return attempt.getsockname()[1]


def furnish(folder: pathlib.Path) -> None:
    """Put the project there, and the programs that would take long to build."""
    for name, text in FILES.items():
        path = folder / "project" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    programs = {"pebble": pebble.find(print), "statsd_exporter": gotool.exporter(print)}
    (folder / "bin").mkdir()
    for name, program in programs.items():
        if program is not None:
            shutil.copy(program, folder / "bin" / name)
            (folder / "bin" / name).chmod(0o755)
    for path in (folder, *folder.rglob("*")):
        os.chown(path, USER, -1)


@pytest.fixture(scope="module")
def rootless():
    with tempfile.TemporaryDirectory(prefix="rootless-") as folder:
        furnish(pathlib.Path(folder))
        made = Rootless(folder=pathlib.Path(folder))
        try:
            # Runners keep out of each other's way by locks in the cache, which others' cannot see.
            made("run", "--detach", f"--port={free_port()}")
            yield made
        finally:
            made("down", "--clean")


def test_the_application_answers_as_that_user(rootless):
    assert rootless.get().startswith(f"hello, {USER} below ")


def test_pebble_is_that_users(rootless):
    assert rootless.shell("stat -c %u /proc/$PPID") == str(USER)


def test_the_application_has_its_own_name_for_that_user(rootless):
    assert f"uid={USER}(_daemon_)" in rootless("exec", "--", "id")


def test_gunicorns_configuration_is_for_that_user_only(rootless):
    assert rootless.shell("stat -c '%U %u %a' /flask/gunicorn.conf.py") == f"_daemon_ {USER} 600"


def test_a_changed_option_reloads(rootless):
    _, master = rootless.get().split(" below ")
    rootless("config", "greeting=good day")
    deadline = time.monotonic() + 20
    while not rootless.get().startswith("good day"):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert rootless.get() == f"good day, {USER} below {master}"
