"""Run the story of test_fidelity under the engine, with a real Pebble; print what came of it.

`python probe_in_sandbox.py STORE PEBBLE`, in namespaces of its own.
"""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys
import time

import ops
import yaml

from paas_app_charmer.local import engine, sandbox

PROBE = pathlib.Path(__file__).parent / "probe"


def main(store: pathlib.Path, program: str) -> int:
    pebble = store / "pebble"
    pebble.mkdir(parents=True)
    socket = pebble / "pebble.socket"
    view = sandbox.View(
        readable={str(PROBE): PROBE, sys.prefix: pathlib.Path(sys.prefix)},
        writable={str(store): store, "/charm/containers/app": pebble},
    )
    variables = {**os.environ, "PEBBLE": str(pebble), "PEBBLE_SOCKET": str(socket)}
    with sandbox.build(view) as container, (store / "pebble.log").open("wb") as log:
        manager = subprocess.Popen(
            [program, "run", "--create-dirs"], env=variables, stdout=log, stderr=log
        )
        client = ops.pebble.Client(str(socket))
        wait_for(socket)
        found = tell(store, container, client)
        manager.kill()
        manager.wait()
    sys.stdout.write(json.dumps(found) + "\n")
    return 0


def wait_for(socket: pathlib.Path) -> None:
    deadline = time.monotonic() + 10
    while not socket.exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def tell(store: pathlib.Path, container: sandbox.Container, client: ops.pebble.Client) -> object:
    def spawn(argv, environment):
        pipe = subprocess.PIPE
        return container.spawn(list(argv), env=environment, stdout=pipe, stderr=pipe)

    made = engine.Engine(
        store_dir=store / "engine",
        application="probe",
        charm=yaml.safe_load((PROBE / "charmcraft.yaml").read_text()),
        charm_dir=PROBE,
        spawn_for_unit=lambda _unit: spawn,
        on_log=lambda line: sys.stderr.write(f"{line}\n"),
    )
    made.start()
    unit = made.add_unit()
    made.pebble_ready(unit, "app")
    assert made.wait_idle(30), made.snapshot()
    database = made.integrate("database", "postgresql", app={"endpoints": "db:5432"})
    assert made.wait_idle(30), made.snapshot()
    made.provider_set(database, app={"username": "probe"})
    assert made.wait_idle(30), made.snapshot()
    made.set_config({"greeting": "good day", "port": "9000"})
    assert made.wait_idle(30), made.snapshot()
    action = made.run_action("echo", {"times": "2", "text": "ha"})
    (view,) = made.relations()
    shown = made.snapshot()["applications"]["probe"]["units"][unit]
    seen = store / "engine" / "units" / "probe-0" / "charm" / ".seen"
    found = {
        "events": [json.loads(line)["hook"] for line in seen.read_text().splitlines()],
        "app": view.app_data,
        "unit": {key: value for key, value in view.unit_data[unit].items() if "-" not in key},
        "status": [shown["workload-status"][key] for key in ("current", "message")],
        "version": shown["workload-version"],
        "ports": shown["open-ports"],
        "plan": client.get_plan().to_dict(),
        "action": action.results,
        "gaps": list(made.gaps()),
    }
    made.stop()
    return found


if __name__ == "__main__":
    sys.exit(sandbox.enter(lambda: main(pathlib.Path(sys.argv[1]), sys.argv[2])))
