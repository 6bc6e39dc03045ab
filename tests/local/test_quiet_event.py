"""An event of the Flask example that changes nothing writes nothing, to Pebble or to Juju.

The example runs for real, on two units and with everything related that it has an endpoint for.
Between its charm and the sockets that a charm speaks to stand taps, which hear what is said there.
"""

from __future__ import annotations

import collections
import dataclasses
import pathlib
import shutil
import subprocess
import sys

import pytest
from benchmarks import tap

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
    ("GET", "/v1/checks"),
    ("GET", "/v1/files?action=read&path=%2Ftmp%2Fflask%2Fstate%2Frelease.json"),
    ("GET", "/v1/files?action=read&path=%2Fflask%2Fcomplaint"),
}
"""What runs, how it does, what the charm remembers, and whether the server complains."""
MOST_CALLS = 45
"""Hook tools that such a hook calls; it asks six relations what is new."""
READERS = frozenset(
    (
        *("config-get", "is-leader", "network-get", "opened-ports", "secret-get", "status-get"),
        *("relation-get", "relation-ids", "relation-list", "juju-log"),
    )
)


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
        self._tools: list[tuple[str, str]] = []
        self._requests: list[str] = []
        state = folder / ".paas"
        self._taps = [
            tap.Tap(state / "agent.socket", lambda head: self._tools.append(tap.tool(head))),
            *(
                tap.Tap(path, lambda head: self._requests.append(tap.request(head)))
                for path in state.glob("units/*/containers/*/pebble.socket")
            ),
        ]

    def during(self, *words: str) -> Heard:
        """Run a command, and the hooks that it waits for."""
        self._heard()
        command(self._folder, *words)
        return self._heard()

    def close(self) -> None:
        for one in self._taps:
            one.close()

    def _heard(self) -> Heard:
        tools = collections.defaultdict(list)
        for hook, name in self._tools:
            tools[hook].append(name)
        requests = [tuple(said.split(" ", 1)) for said in self._requests if said]
        self._tools.clear()
        self._requests.clear()
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
