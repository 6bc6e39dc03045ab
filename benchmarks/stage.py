"""The example under its charm, on two sync workers, with all that can be done to it under load."""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import signal
import subprocess
import sys
from collections.abc import Generator
from typing import Any

import ops
import psycopg
import yaml
from psycopg import sql

from paas_app_charmer.local import control, runner_pebble

from . import backstage, deployment, processes

ROOT = pathlib.Path(__file__).resolve().parent.parent
APPLICATION, UNIT, CONTAINER = "postcards", "postcards/0", "flask-app"
OPTIONS = {"greeting-from": "me", "webserver-workers": "2"}
FAILS = "does not boot"
"""A motto with which the application cannot be imported."""
FAILS_LATER = "boots in a check only"
SPREAD = "5s"
"""Within which the units restart their workers: half of the default, which is long to wait for."""
START = 120.0
"""Seconds for a start, in which packages may have to be installed."""
NO_MIGRATION = "/tmp/no-migration"  # noqa: S108  in the container
"""A file with which the migration fails."""
_COMMAND = "/bin/python3 -m gunicorn -c /flask/gunicorn.conf.py app:app {} -k [ sync ]"
_APP = f"""
if os.environ.get("FLASK_MOTTO") == {FAILS!r}:
    raise RuntimeError("no such motto")
if os.environ.get("FLASK_MOTTO") == {FAILS_LATER!r}:
    import sys

    if "--check-config" not in sys.argv:
        raise RuntimeError("no such motto")
"""
_MIGRATION = f"""\
#!/usr/bin/env bash
set -euo pipefail
echo "the migration begins"
if [ -e {NO_MIGRATION} ]; then echo "no migration today"; exit 1; fi
exec python3 -m postcards.migrate
"""


class Stage(deployment.Deployment):
    """A deployment of one unit that is asked directly: a command's start would be load as well."""

    @classmethod
    def prepare(cls, folder: pathlib.Path, *, arguments: str = "") -> Stage:
        """Copy the example, and give it something to fail by; ``arguments`` are gunicorn's."""
        deployment.Deployment.copy("flask", folder)
        stage = cls(folder)
        stage.write("app.py", stage.read("app.py") + _APP)
        stage.write("migrate.sh", _MIGRATION)
        stage.write("requirements.txt", stage.read("requirements.txt") + "gevent\n")
        charm = yaml.safe_load(stage.read("charm/charmcraft.yaml"))
        charm["config"]["options"]["motto"] = {"type": "string", "description": "No default."}
        stage.write("charm/charmcraft.yaml", yaml.safe_dump(charm))
        stage.write("charm/paas-config.yaml", yaml.safe_dump({"change": {"spread": SPREAD}}))
        rock = yaml.safe_load(stage.read("rockcraft.yaml"))
        rock["services"]["flask"] = {"override": "merge", "command": _COMMAND.format(arguments)}
        stage.write("rockcraft.yaml", yaml.safe_dump(rock))
        return stage

    @property
    def state(self) -> pathlib.Path:
        """Where the runner keeps what it has."""
        return self.folder / ".paas"

    def start(self) -> None:
        """Start it and wait until it is active."""
        with (self.folder / "runner.err").open("wb") as output:
            process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "benchmarks.backstage"),
                    *(str(self.folder), json.dumps(OPTIONS)),
                ],
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

        def answers() -> bool:
            if process.poll() is not None:
                raise AssertionError(self.read("runner.err"))
            with contextlib.suppress(control.NotRunning):
                return bool(self.ask("ready"))
            return False

        deployment.until(answers, seconds=START)
        self.settle()

    def ask(self, request: str, **arguments: Any) -> Any:
        """Ask the runner, as the commands do."""
        return control.ask(self.state, request, **arguments)

    def behind(self, request: str, **arguments: Any) -> Any:
        """Ask for what no command does."""
        return control.ask(self.state / backstage.SOCKET, request, **arguments)

    def status(self) -> dict[str, Any]:
        """Return what the command ``status --json`` shows."""
        return self.ask("status")

    def settle(self) -> None:
        """Wait until no hook is due and all units are active."""
        self.behind("idle")
        try:
            deployment.until(self.is_active)
        except AssertionError:
            parts = ("workload-status", "juju-status")
            told = [" ".join(unit[part]["current"] for part in parts) for unit in self.units()]
            raise AssertionError(f"the units are not well: {', '.join(told)}") from None

    def configure(self, *reset: str, **options: str) -> None:
        """Set and reset options, with underscores for hyphens, and wait for the hooks."""
        values = {name.replace("_", "-"): value for name, value in options.items()}
        self.ask("config-set", values=values, reset=list(reset))
        self.behind("idle")

    def fire(self, event: str) -> None:
        """Fire an event and wait for its hooks."""
        self.ask("fire", event=event, unit=None)

    def wears(self, motto: str | None) -> None:
        """Wait until the application has the motto, character by character."""
        deployment.until(lambda: self.page("/env/FLASK_MOTTO", unit=0)["value"] == motto)

    def in_container(self, *words: str) -> None:
        """Run a command in the container of the first unit."""
        with self.pebble() as client:
            client.exec(list(words)).wait_output()

    @contextlib.contextmanager
    def pebble(self) -> Generator[ops.pebble.Client]:
        """Talk to Pebble of the first unit."""
        folder = self.state / "units" / UNIT.replace("/", "-") / "containers" / CONTAINER
        with runner_pebble.short_name(folder / "pebble.socket") as name:
            yield ops.pebble.Client(name)

    def restart(self, service: str = "flask") -> None:
        """Restart a service past the charm."""
        with self.pebble() as client:
            client.restart_services([service])

    def change_password(self, number: int) -> None:
        """Give the application's user another password in the database, and tell the charm."""
        port = (self.state / "services" / "postgresql" / "port").read_text().strip()
        first = (self.state / "services" / "postgresql" / "password").read_text()
        before, after = (f"{first}-{one}" if one else first for one in (number, number + 1))
        place = f"127.0.0.1:{port}/{APPLICATION}"
        with psycopg.connect(f"postgresql://{APPLICATION}:{before}@{place}") as connection:
            change = sql.SQL("ALTER ROLE {} PASSWORD {}")
            connection.execute(change.format(sql.Identifier(APPLICATION), sql.Literal(after)))
        uri = f"postgresql://{APPLICATION}:{after}@{place}"
        secret = {"username": APPLICATION, "password": after, "uris": uri}
        self.behind("publish", endpoint="postgresql", app={}, secret=secret)
        self.behind("idle")

    def move_database(self, host: str) -> None:
        """Have the charm told that its database is at this host."""
        port = (self.state / "services" / "postgresql" / "port").read_text().strip()
        app = {"endpoints": f"{host}:{port}"}
        self.behind("publish", endpoint="postgresql", app=app, secret={})
        self.behind("idle")

    def master(self) -> int:
        """Return the process id of gunicorn's master; there is one unit."""
        found = self._processes().items()
        gunicorn = {number: parent for number, (parent, line) in found if "gunicorn" in line}
        (master,) = (number for number, parent in gunicorn.items() if parent not in gunicorn)
        return master

    def workers(self) -> list[int]:
        """Return the process ids of gunicorn's workers."""
        master = self.master()
        return [number for number, (parent, _) in self._processes().items() if parent == master]

    def kill_master(self) -> None:
        """Kill gunicorn's master."""
        os.kill(self.master(), signal.SIGKILL)

    def kill(self, word: str) -> None:
        """Kill the one process that has this word in its command line."""
        (number,) = (number for number, (_, line) in self._processes().items() if word in line)
        os.kill(number, signal.SIGKILL)

    def kill_worker(self, *, busy: bool) -> None:
        """Kill a worker that is in the middle of a request, or one that certainly is not."""

        def is_it(worker: int) -> bool:
            os.kill(worker, signal.SIGSTOP)  # or it would take a request while it is looked at
            if processes.serves(worker) is busy:
                os.kill(worker, signal.SIGKILL)
                return True
            os.kill(worker, signal.SIGCONT)
            return False

        workers = self.workers()
        deployment.until(lambda: any(is_it(worker) for worker in workers))

    def _processes(self) -> dict[int, tuple[int, str]]:
        return processes.below(int((self.state / "runner.pid").read_text()))
