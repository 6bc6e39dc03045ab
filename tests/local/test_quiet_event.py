"""An event of the Flask example that changes nothing writes nothing, to Pebble or to Juju.

The example runs for real, on two units and with everything related that it has an endpoint for.
Between its charm and the sockets that a charm speaks to stand taps, which hear what is said there.
"""

from __future__ import annotations

import collections
import contextlib
import dataclasses
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import threading

import pytest

from paas_app_charmer.local import runner_pebble, toolclient

pytestmark = pytest.mark.timeout(600)  # the first time on a machine Pebble is built

EXAMPLE = pathlib.Path(__file__).parents[2] / "examples" / "flask"
ENDPOINTS = "postgresql,redis,ingress,logging,metrics-endpoint,grafana-dashboard"
EVENTS = (
    *("update-status", "config-changed", "upgrade-charm", "secret-changed"),
    *("flask-app-pebble-ready", "secret-storage-relation-changed"),
    *(f"{endpoint}-relation-changed" for endpoint in ENDPOINTS.split(",")),
)
READ_FROM_PEBBLE = {
    ("GET", "/v1/services"),
    ("GET", "/v1/files?action=read&path=%2Ftmp%2Fflask%2Fstate%2Frelease.json"),
}
"""What runs, and what the charm remembers: the two reads of a hook that changes nothing."""
MOST_CALLS = 45
"""Hook tools that such a hook calls; it asks six relations what is new."""
READERS = frozenset(
    (
        *("config-get", "is-leader", "network-get", "opened-ports", "secret-get", "status-get"),
        *("relation-get", "relation-ids", "relation-list", "juju-log"),
    )
)
REQUEST = re.compile(rb"^([A-Z]+) (/v1/\S+) HTTP/1\.1\r$", re.MULTILINE)
OF_THE_RUNNER = ("/v1/notices", "/v1/logs")


class Tap:
    """Takes the place of a socket and passes on what is said there.

    Connections that were there before stay as they are.
    """

    def __init__(self, path: pathlib.Path) -> None:
        self._path = path
        self._real = path.with_name(f"real-{path.name}")
        self._said: list[bytearray] = []
        self._listener = socket.socket(socket.AF_UNIX)
        path.rename(self._real)
        with runner_pebble.short_name(path) as name:
            self._listener.bind(name)
        self._listener.listen(64)
        threading.Thread(target=self._accept, daemon=True).start()

    def heard(self) -> list[bytes]:
        """What each connection has said that was made since the last time."""
        said, self._said = self._said, []
        return [bytes(text) for text in said]

    def close(self) -> None:
        self._real.replace(self._path)
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                far = socket.socket(socket.AF_UNIX)
                with runner_pebble.short_name(self._real) as name:
                    far.connect(name)
                self._said.append(bytearray())
                for way in ((near, far, self._said[-1]), (far, near, bytearray())):
                    threading.Thread(target=_pass_on, args=way, daemon=True).start()


def _pass_on(source: socket.socket, target: socket.socket, copy: bytearray) -> None:
    with contextlib.suppress(OSError):
        while part := source.recv(65536):
            copy += part
            target.sendall(part)
        target.shutdown(socket.SHUT_WR)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Heard:
    """What the charm said during some hooks."""

    requests: list[tuple[str, str]]
    """To Pebble: method and path."""
    tools: dict[str, list[str]]
    """Hook tools, by the hook that called them."""

    @property
    def writers(self) -> set[str]:
        return {tool for tools in self.tools.values() for tool in tools} - READERS


class Example:
    """The example, running, with its sockets tapped."""

    def __init__(self, folder: pathlib.Path) -> None:
        self._folder = folder
        state = folder / ".paas"
        self._agent = Tap(state / "agent.socket")
        self._pebbles = [Tap(path) for path in state.glob("units/*/containers/*/pebble.socket")]

    def during(self, *words: str) -> Heard:
        """Run a command, and the hooks that it waits for."""
        self._heard()
        command(self._folder, *words)
        return self._heard()

    def close(self) -> None:
        for tap in (self._agent, *self._pebbles):
            tap.close()

    def _heard(self) -> Heard:
        tools = collections.defaultdict(list)
        for frame in self._agent.heard():
            hook, tool, *_ = toolclient.decode(frame[4:])
            tools[hook].append(tool)
        said = b"\n".join(text for tap in self._pebbles for text in tap.heard())
        found = [(method.decode(), path.decode()) for method, path in REQUEST.findall(said)]
        requests = [one for one in found if not one[1].startswith(OF_THE_RUNNER)]
        return Heard(requests=requests, tools=dict(tools))


def command(project: pathlib.Path, *words: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "paas_app_charmer.cli", *words],
        cwd=project,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def example(tmp_path_factory):
    folder = tmp_path_factory.mktemp("quiet") / "postcards"
    shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns(".paas", ".venv"))
    try:
        command(folder, "run", "--detach", "--with", ENDPOINTS, "--config", "greeting-from=Ada")
        command(folder, "scale", "2")
        tapped = Example(folder)
        yield tapped
        tapped.close()
    finally:
        command(folder, "down", "--clean")


@pytest.mark.parametrize("unit", ["0", "1"], ids=["leader", "follower"])
@pytest.mark.parametrize("event", EVENTS)
def test_an_event_that_changes_nothing_writes_nothing(event, unit, example):
    heard = example.during("fire", event, "--unit", unit)
    hooks = len(heard.tools)
    assert hooks > 0
    assert all(hook.startswith(f"postcards/{unit}-{event}-") for hook in heard.tools)
    assert heard.writers == set()
    assert sorted(heard.requests) == sorted([*READ_FROM_PEBBLE] * hooks)
    assert max(map(len, heard.tools.values())) <= MOST_CALLS


def test_writes_are_heard_when_there_are_some(example):
    heard = example.during("run-action", "rotate-secret-key")
    example.during("fire", "update-status")  # and so wait for what the follower does about it
    assert heard.writers >= {"secret-set", "status-set", "action-set"}
    posted = {path for method, path in heard.requests if method == "POST"}
    assert posted >= {"/v1/files", "/v1/layers", "/v1/services", "/v1/signals"}
