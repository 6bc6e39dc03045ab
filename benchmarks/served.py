"""The real gunicorn, run the way a charm would have it run: its file, its check, its environment.

The end-to-end tests of the server's configuration use this too: no Juju and no Pebble is in it.
"""

from __future__ import annotations

import dataclasses
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import Any

from paas_app_charmer import (
    decide,
    env,
    facts,
    flask,
    framework,
    integration,
    paas_config,
    release,
)
from paas_app_charmer.local import packages, ports
from paas_app_charmer.servers import commandline

from . import deployment

GUNICORN = "gunicorn==23.0.0"
TRACING = (
    "opentelemetry-sdk",
    "opentelemetry-exporter-otlp-proto-http",
    "opentelemetry-instrumentation-wsgi",
)
"""What the documentation tells an author to add."""


def environment(folder: pathlib.Path, requirements: Sequence[str]) -> pathlib.Path:
    """Make a Python environment with gunicorn, and return its interpreter."""
    packages.make_environment(folder, python=sys.executable)
    python = folder / "bin" / "python"
    packages.install([GUNICORN, *requirements], python=python, cwd=folder)
    return python


class Server:
    """Gunicorn in a folder, with a socket that takes its statistics."""

    def __init__(
        self, folder: pathlib.Path, python: pathlib.Path, application: str, *, arguments: str = ""
    ) -> None:
        self.folder = folder
        self.arguments = arguments
        (folder / "app").mkdir(parents=True)
        (folder / "app" / "app.py").write_text(application, encoding="utf-8")
        self.statistics = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.statistics.bind((ports.LOOPBACK, 0))
        self.port = ports.remembered(folder / "port")
        self.spec: framework.FrameworkSpec[Any] = dataclasses.replace(
            flask.SPEC, base_dir=str(folder), app_dir=str(folder / "app")
        )
        command = f"{python} -m gunicorn -c {folder}/gunicorn.conf.py app:app {arguments}"
        listens = f"localhost:{self.statistics.getsockname()[1]}"
        self._workload = facts.Workload(
            services={
                "flask": {"startup": "enabled", "command": command},
                "exporter": {"command": f"statsd_exporter --statsd.listen-udp={listens}"},
            }
        )
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Host and port."""
        return f"{ports.LOOPBACK}:{self.port}"

    @property
    def master(self) -> int:
        """The process id of the master."""
        if self._process is None:
            raise AssertionError("it is not running")
        return self._process.pid

    def workers(self) -> list[int]:
        """Return the process ids of the workers, those that are on their way out included."""
        children = pathlib.Path(f"/proc/{self.master}/task/{self.master}/children")
        return [int(number) for number in children.read_text().split()]

    def processor_time(self) -> float:
        """Return how many seconds of a processor the workers have taken."""
        clocks = [pathlib.Path(f"/proc/{worker}/schedstat") for worker in self.workers()]
        return sum(int(clock.read_text().split()[0]) for clock in clocks) / 1e9

    def write(
        self, *, log: str = "none", traces: str = "", options: dict[str, Any] | None = None
    ) -> release.Release:
        """Decide and write the files; ``traces`` is where to send them."""
        wanted = decide.decide(
            self.spec,
            facts.Facts(
                app="shop",
                model="test",
                unit=0,
                container="app",
                options=flask.FlaskOptions.model_validate(options or {}),
                generated_key="key",
                peers=(),
                config=paas_config.PaasConfig.model_validate(
                    {"port": self.port, "framework_logging_format": log}
                ),
                endpoints=(_tracing(traces),) if traces else (),
                workload=self._workload,
            ),
        )
        if not isinstance(wanted, release.Release):
            raise TypeError(f"held back: {wanted.message}")
        for file in wanted.files:
            _ensure(pathlib.Path(file.path), file.content)
        return wanted

    def check(self, wanted: release.Release) -> str:
        """Have gunicorn check its file as the charm does, and return what it prints."""
        if wanted.preflight is None:
            raise AssertionError("gunicorn has a check")
        done = subprocess.run(
            wanted.preflight.argv,
            cwd=wanted.cwd,
            env=env.values(wanted.environment),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=True,
        )
        return done.stdout

    def apply(self, wanted: release.Release) -> release.Action:
        """Start or reload it as the release says, and return which of both."""
        service = next(one for one in wanted.services if one.name == "flask")
        if service.running is None:
            raise AssertionError("it is enabled")
        if service.action is release.Action.RELOAD:
            self.signal(signal.SIGHUP)
        elif service.action is not release.Action.NOTHING:
            self.stop()
            self._start(wanted, service.definition)
        self._workload = dataclasses.replace(
            self._workload, active=frozenset({"flask"}), running={"flask": service.running}
        )
        return service.action

    def _start(self, wanted: release.Release, definition: release.Definition) -> None:
        with (self.folder / "out").open("ab") as out, (self.folder / "err").open("ab") as err:
            self._process = subprocess.Popen(
                commandline.words(definition["command"]),
                cwd=wanted.cwd,
                env={**env.values(wanted.environment), "PYTHONUNBUFFERED": "1"},
                stdout=out,
                stderr=err,
            )
        deployment.until(self._listens)

    def _listens(self) -> bool:
        with socket.create_connection((ports.LOOPBACK, self.port), timeout=1):
            return True

    def signal(self, number: int) -> None:
        """Send a signal to the master."""
        os.kill(self.master, number)

    def stop(self) -> float:
        """Stop it as Pebble does, and return how many seconds that took."""
        if self._process is None:
            return 0
        started = time.monotonic()
        self._process.terminate()
        self._process.wait(timeout=30)
        self._process = None
        self._workload = dataclasses.replace(self._workload, active=frozenset())
        return time.monotonic() - started

    def lines(self, stream: str) -> list[str]:
        """Return what it has written so far: ``out`` has the requests, ``err`` all else."""
        return (self.folder / stream).read_text(encoding="utf-8").splitlines()

    def records(self, stream: str) -> list[dict[str, Any]]:
        """Return the lines as JSON; one that is none raises a ValueError."""
        return [json.loads(line) for line in self.lines(stream)]

    def close(self) -> None:
        """Stop it and let go of its socket."""
        self.stop()
        self.statistics.close()


def _ensure(path: pathlib.Path, content: str) -> None:
    # As a charm does through Pebble: what is the same stays, and nobody reads the half of a file.
    if path.exists() and path.read_text(encoding="utf-8") == content:
        return
    beside = path.with_suffix(".new")
    beside.write_text(content, encoding="utf-8")
    beside.replace(path)


def _tracing(url: str) -> facts.Endpoint:
    found = integration.find("tracing")
    if found is None:
        raise AssertionError("the library knows tracing")
    receivers = [{"protocol": {"name": "otlp_http", "type": "http"}, "url": url}]
    remote = integration.RemoteData(
        app={"receivers": json.dumps(receivers)}, site=integration.Site(app="shop")
    )
    return facts.Endpoint(
        name="tracing", integration=found, required=False, related=True, data=found.read(remote)
    )
