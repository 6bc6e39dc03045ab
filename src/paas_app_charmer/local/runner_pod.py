"""The two containers of one unit, as Kubernetes would give it them in one pod."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import shutil
import subprocess
import threading
import typing

from . import pebble, runner_follow, runner_pebble, sandbox, views

if typing.TYPE_CHECKING:
    import pathlib
    from collections.abc import Mapping, Sequence

    from . import engine as juju
    from . import logs, runner_blueprint

BESIDE_THE_SERVER = ("-worker", "-scheduler")
"""How the names of the services end that run the application's code as well."""


@dataclasses.dataclass(kw_only=True, eq=False)
class Pod:
    """A unit's charm container and its workload container with Pebble."""

    unit: str
    folder: pathlib.Path
    """On the host, for the folders that both containers share."""
    blueprint: runner_blueprint.Blueprint
    ports: Mapping[str, int]
    environment: Mapping[str, str] = dataclasses.field(repr=False)
    """Extra variables for the application."""
    journal: logs.Journal
    _charm: sandbox.Container | None = dataclasses.field(default=None, init=False)
    _workload: sandbox.Container | None = dataclasses.field(default=None, init=False)
    _pebble: pebble.Pebble | None = dataclasses.field(default=None, init=False)
    _making: threading.Lock = dataclasses.field(default_factory=threading.Lock, init=False)

    @property
    def socket(self) -> pathlib.Path:
        """Pebble's, on the host; there while the workload runs."""
        return self._shared / "pebble.socket"

    @property
    def _shared(self) -> pathlib.Path:
        return self.folder / "containers" / self.blueprint.container

    @property
    def app_folder(self) -> str:
        """Where the application is in its container."""
        return self._image().app_folder

    def spawn_charm(
        self, argv: Sequence[str], environment: Mapping[str, str]
    ) -> subprocess.Popen[bytes]:
        """Start a program in the charm container."""
        with self._making:
            if self._charm is None:
                self._shared.mkdir(parents=True, exist_ok=True)
                self._charm = sandbox.build(
                    views.charm(
                        project=self.blueprint.project.folder,
                        python=self.blueprint.python,
                        pebble_folders={self.blueprint.container: self._shared},
                    )
                )
            charm = self._charm
        return charm.spawn(argv, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def start(self, engine: juju.Engine) -> None:
        """Start a workload container as a new pod has it, and tell the engine."""
        tools = self.blueprint.tools.result()
        image = self._image()
        _empty(self._shared)
        workload = sandbox.build(
            views.workload(
                image,
                project=self.blueprint.project.folder,
                made=tools.made,
                pebble=tools.pebble,
                pebble_folder=self._shared,
                exporter=tools.exporter,
            )
        )
        log = self.folder / "pebble.log"
        self._pebble = pebble.start(workload, folder=self._shared, log=log)
        self._workload = workload
        runner_follow.Follower(
            pebble=self.socket,
            unit=self.unit,
            container=self.blueprint.container,
            journal=self.journal,
            engine=engine,
        ).start()
        engine.pebble_ready(self.unit, self.blueprint.container)

    def stop(self) -> None:
        """Stop Pebble with its services, and let both file systems go."""
        if self._pebble is not None:
            self._pebble.stop()
        for container in (self._workload, self._charm):
            if container is not None:
                container.close()
        self._pebble = self._workload = self._charm = None

    def remove(self) -> None:
        """Forget what is on disk."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def reload(self) -> None:
        """Let everything that runs the application's code read its files again.

        Gunicorn does without losing a request. Other servers, workers and schedulers have to start
        anew.
        """
        services = runner_pebble.services(self.socket)
        active = [name for name, state in services.items() if state == "active"]
        others = [name for name in active if name.lower().endswith(BESIDE_THE_SERVER)]
        server = self.blueprint.framework
        if server in active:
            if self._takes_signal(server):
                runner_pebble.send_signal(self.socket, "SIGHUP", server)
            else:
                others.append(server)
        if others:
            runner_pebble.restart(self.socket, others)

    def _takes_signal(self, server: str) -> bool:
        service = runner_pebble.plan(self.socket).get("services", {}).get(server, {})
        return "gunicorn" in str(service.get("command") or "")

    def plan_environment(self) -> dict[str, str]:
        """Return what the Pebble plan gives the application."""
        services = runner_pebble.plan(self.socket).get("services", {})
        return services.get(self.blueprint.framework, {}).get("environment", {})

    def release(self) -> dict[str, typing.Any]:
        """Return what the charm noted about that environment; empty before its first release."""
        if self._workload is None:
            return {}
        path = f"/tmp/{self.blueprint.framework}/state/release.json"  # noqa: S108  in the container
        reader = self._workload.spawn(
            ["/bin/cat", path], env={}, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        content, _ = reader.communicate()
        with contextlib.suppress(ValueError):
            return json.loads(content)
        return {}

    def _image(self) -> typing.Any:
        return self.blueprint.image(statsd_port=self.ports["statsd"], environment=self.environment)


def _empty(folder: pathlib.Path) -> None:
    # The folder itself stays, because the charm's container has it mounted.
    folder.mkdir(parents=True, exist_ok=True)
    for entry in folder.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()
