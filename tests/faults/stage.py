"""Two units on real Pebbles: one that faults happen to, and one that they do not.

They are of one application, told the same by Juju, so that in the end they have to stand alike.
"""

from __future__ import annotations

import concurrent.futures
import contextlib
import ctypes
import dataclasses
import http.client
import json
import os
import pathlib
import signal
import time
import urllib.request
from typing import Any

import ops
from benchmarks import tap

from paas_app_charmer import project as projects
from paas_app_charmer.local import (
    builds,
    engine,
    logs,
    rock,
    runner_blueprint,
    runner_framework,
    runner_pebble,
    runner_pod,
    runner_ports,
    runner_project,
)
from paas_app_charmer.local.sandbox import container, namespaces
from paas_app_charmer.suites import halves

FAULTY, SOUND = 0, 1
IDLE = 180.0
"""Seconds within which the hooks of an event have to end."""
_REMOUNT = 0x20
_KEPT = b"size=50%"


@dataclasses.dataclass(kw_only=True)
class Unit:
    """A unit, its ports and what stands between its charm and its Pebble."""

    name: str
    pod: runner_pod.Pod
    ports: dict[str, int]
    calls: list[str] = dataclasses.field(default_factory=list[str])
    """Of Pebble, since the last event began."""
    cuts: list[tuple[int, tap.Cut]] = dataclasses.field(default_factory=list)
    """After how many calls a conversation ends too soon, and how."""
    lasting: bool = False
    struck: bool = False
    tap: tap.Tap | None = None

    def take(self, head: bytes) -> tap.Cut | None:
        said = tap.request(head)
        if not said:
            return None
        self.calls.append(said)
        for after, cut in self.cuts:
            if len(self.calls) == after + 1 or (self.lasting and len(self.calls) > after):
                self.struck = True
                return cut
        return None

    def heal(self) -> None:
        self.cuts.clear()
        self.calls.clear()
        self.struck = False

    def client(self) -> contextlib.AbstractContextManager[str]:
        return runner_pebble.short_name(self.pod.socket)


class Stage:
    """One application of two units."""

    def __init__(self, folder: pathlib.Path, program: pathlib.Path) -> None:
        project = runner_project.find(folder)
        text = (project.charm / runner_project.CHARM_FILE).read_text()
        seen = projects.read(project.charm)
        expanded = halves.expand("charm", seen, text, file="charmcraft.yaml").content
        made = builds.build(
            builds.Order(name=name, part=part, project=folder, state=project.state, progress=print)
            for name, part in rock.read(folder).parts.items()
        )
        tools: concurrent.futures.Future[runner_blueprint.Tools] = concurrent.futures.Future()
        tools.set_result(runner_blueprint.Tools(made=made, pebble=program, exporter=None))
        self._blueprint = runner_blueprint.Blueprint(
            project=project,
            framework=runner_framework.of(expanded, project.charm, named=str(project.charm)),
            charmcraft=expanded,
            tools=tools,
        )
        self.folder = folder
        self.application = self._blueprint.application
        self.logged: list[str] = []
        self._free = runner_ports.Reserved()
        self.units = [self._unit(number) for number in (FAULTY, SOUND)]
        self.engine = engine.Engine(
            store_dir=project.state,
            application=self.application,
            charm=expanded,
            charm_dir=project.charm,
            spawn_for_unit=lambda name: self._named(name).pod.spawn_charm,
            on_log=lambda line: self.logged.append(line.text),
            update_status_seconds=3600,
            retry_seconds=(3600, 3600),
        )
        self.engine.start()
        for unit in self.units:
            self.engine.add_unit(paas_config={"port": unit.ports["port"]})
            assert self.engine.wait_idle(IDLE), self.account()
            self.begin(unit)

    def _unit(self, number: int) -> Unit:
        name = f"{self.application}/{number}"
        ports = {purpose: self._free.choose(after=8000) for purpose in ("port", "statsd")}
        state = self._blueprint.project.state
        pod = runner_pod.Pod(
            unit=name,
            folder=state / "pods" / str(number),
            blueprint=self._blueprint,
            ports=ports,
            environment={},
            journal=logs.Journal(state),
        )
        return Unit(name=name, pod=pod, ports=ports)

    def _named(self, name: str) -> Unit:
        return next(unit for unit in self.units if unit.name == name)

    def begin(self, unit: Unit) -> None:
        """Start a container of the unit, with nothing of the last one."""
        unit.pod.start(self.engine)
        unit.tap = tap.Tap(unit.pod.socket, unit.take)

    def restart(self, unit: Unit) -> None:
        """Let the unit's container end, and another begin."""
        if unit.tap is not None:
            unit.tap.close()
        pebble, workload = unit.pod._pebble, unit.pod._workload
        assert pebble is not None
        assert workload is not None
        pebble.stop()
        workload.close()
        self.begin(unit)

    def end(self) -> None:
        self.engine.stop()
        for unit in self.units:
            unit.pod.stop()

    # --- what is done to the faulty unit ---------------------------------------------------------
    def limit_disk(self, unit: Unit, *, full: bool) -> None:
        """Let the container's file system have no byte left, or enough again."""
        workload = unit.pod._workload
        assert workload is not None
        child = os.fork()
        if child == 0:
            try:
                namespaces.join(workload._namespace, namespaces.NEWNS)
                found = os.statvfs("/")
                used = (found.f_blocks - found.f_bfree) * found.f_frsize
                size = f"size={used}".encode() if full else _KEPT
                libc = ctypes.CDLL(None, use_errno=True)
                done = libc.mount(b"tmpfs", b"/", None, _REMOUNT | 0x2 | 0x4, size)
                os._exit(0 if done == 0 else ctypes.get_errno())
            finally:
                os._exit(255)
        assert os.waitpid(child, 0)[1] == 0, "the file system cannot be limited"

    def kill(self, unit: Unit, word: str) -> None:
        """Kill a process of the unit that has this word in its command line."""
        workload = unit.pod._workload
        assert workload is not None
        namespace = os.fstat(workload._namespace).st_ino
        for process in sorted(container.processes()):
            folder = pathlib.Path("/proc", str(process))
            with contextlib.suppress(OSError):
                is_ours = (folder / "ns/mnt").stat().st_ino == namespace
                if is_ours and word.encode() in (folder / "cmdline").read_bytes():
                    os.kill(process, signal.SIGKILL)
                    return

    # --- what there is ---------------------------------------------------------------------------
    def settle(self) -> None:
        """Wait for the hooks that are due; none may have failed."""
        is_idle = self.engine.wait_idle(IDLE)
        failures = {name: one.failure for name, one in self.engine._state.units.items()}
        assert set(failures.values()) == {None}, self.account()
        assert is_idle, self.account()

    def status(self, unit: Unit) -> tuple[str, str]:
        shown = self.engine.snapshot()["applications"][self.application]["units"][unit.name]
        status = shown["workload-status"]
        return status["current"], status["message"]

    def plan(self, unit: Unit) -> dict[str, Any]:
        with unit.client() as socket:
            return ops.pebble.Client(socket).get_plan().to_dict()

    def services(self, unit: Unit) -> dict[str, str]:
        return runner_pebble.services(unit.pod.socket)

    def served(self, unit: Unit) -> dict[str, str]:
        """Return the variables that the application has, as it tells itself."""
        url = f"http://127.0.0.1:{unit.ports['port']}/"
        deadline = time.monotonic() + 20
        while True:
            try:
                with urllib.request.urlopen(url, timeout=5) as answer:
                    return json.loads(answer.read())
            except (OSError, http.client.HTTPException):
                if time.monotonic() > deadline:
                    raise AssertionError(self.account()) from None
                time.sleep(0.1)

    def account(self) -> str:
        shown = self.engine.snapshot()["applications"][self.application]["units"]
        return json.dumps(shown, indent=1) + "\n" + "\n".join(self.logged[-60:])
