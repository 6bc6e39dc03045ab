"""A unit's workload container, with the real Pebble and a real virtual environment."""

from __future__ import annotations

import json
import subprocess

import pytest

from paas_app_charmer.local import pebble

pytestmark = pytest.mark.timeout(600)  # the first time on a machine Pebble is built

PREAMBLE = """
from paas_app_charmer.local.builds import python

told = []
project = folder / "project"
state = folder / "state"

def unit(own=None, **rest):
    image = rock.read(project, exporter=False)
    made = python.of(own) if own else builds.build(
        builds.Order(name=name, part=part, project=project, state=project / ".paas",
                     progress=told.append)
        for name, part in image.parts.items()
    )
    state.mkdir(exist_ok=True)
    view = views.workload(image, project=project, made=made, exporter=None,
                          pebble=pathlib.Path(os.environ["PAAS_PEBBLE"]), pebble_folder=state)
    container = sandbox.build(view)
    return container, pebble.start(container, folder=state, **rest)

def output(container, *command, cwd="/flask/app"):
    process = container.spawn(command, env={"PATH": pebble.SEARCH_PATH}, cwd=cwd,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return process.communicate()[0].decode().strip()

def client(container, *command):
    process = container.spawn(["/charm/bin/pebble", *command], cwd="/flask/app",
                              env={"PEBBLE_SOCKET": "/charm/container/pebble.socket"},
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return process.communicate()[0].decode().strip()
"""
MODULES = "builds, pebble, rock, sandbox, venv, views"
ROCK = """\
name: my-web
base: ubuntu@24.04
version: "1"
summary: Stands still
description: Stands still
platforms: {{amd64: }}
extensions: [flask-framework]
services:
  flask:
    command: python3 -m http.server --bind 127.0.0.1 {port}
  stubborn-worker:
    override: replace
    startup: enabled
    command: bash -c "trap '' TERM; echo started; while true; do sleep 1; done"
"""


@pytest.fixture(autouse=True)
def project(tmp_path, monkeypatch):
    monkeypatch.setenv("PAAS_PEBBLE", str(pebble.find(print)))
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "app.py").write_text("app = 1")
    (folder / "requirements.txt").write_text("flask\n")
    (folder / "rockcraft.yaml").write_text(ROCK.format(port=0))
    return folder


@pytest.fixture
def unit(inside):
    """Run the body of a `main()` that has those functions, and return what it printed."""

    def run(body: str) -> str:
        lines = "\n".join(f"    {line}" for line in body.strip().splitlines())
        done = inside.run(f"{PREAMBLE}\ndef main():\n{lines}\n    return 0\n", modules=MODULES)
        assert done.stderr == ""
        return done.stdout.strip()

    return run


def test_pebble_answers_and_has_started_nothing(unit):
    printed = unit("""
container, service_manager = unit()
print(client(container, "services"))
service_manager.stop()
""")
    assert [line.split()[:3] for line in printed.splitlines()[1:]] == [
        ["flask", "enabled", "inactive"],
        ["stubborn-worker", "enabled", "inactive"],
    ]


def test_the_socket_is_where_the_charms_container_has_it(unit):
    printed = unit("""
container, service_manager = unit()
view = views.charm(project=project, pebble_folders={"flask-app": state})
socket = "/charm/containers/flask-app/pebble.socket"
with sandbox.build(view) as charm:
    print(output(charm, "stat", "-c", "%F", socket, cwd="/"))
service_manager.stop()
""")
    assert printed == "socket"


def test_a_service_runs_as_the_rocks_user_in_its_own_folder(unit):
    printed = unit("""
container, service_manager = unit()
print(client(container, "exec", "--user", "_daemon_", "-w", "/flask/app", "--", "sh", "-c",
             "whoami; pwd; ls; echo $HOME; touch /flask/new /var/log/flask/new && echo written"))
service_manager.stop()
""")
    lines = printed.splitlines()
    assert lines[:2] == ["_daemon_", "/flask/app"]
    assert lines[-1] == "written"
    assert "app.py" in lines


@pytest.mark.parametrize("python", ["/bin/python3", "/usr/bin/python3", "python3", "python"])
def test_python_in_the_container_has_the_projects_packages(unit, python):
    printed = unit(f"""
container, service_manager = unit()
print(output(container, {python!r}, "-c", "import flask, sys; print(flask.__name__, sys.prefix)"))
service_manager.stop()
""")
    assert printed.split()[0] == "flask"
    assert printed.endswith("/project/.paas/venv")


def test_programs_of_the_environment_are_found_as_in_the_rock(unit):
    printed = unit("""
container, service_manager = unit()
for program in ("flask", "/bin/flask", "gunicorn"):
    print(output(container, program, "--version").splitlines()[0].split()[0])
service_manager.stop()
""")
    assert printed.split() == ["Python", "Python", "gunicorn"]


def test_an_environment_of_the_systems_python_does_not_lead_back_to_itself(unit, project):
    subprocess.run(
        ["/usr/bin/python3", "-m", "venv", "--without-pip", project / ".venv"], check=True
    )
    printed = unit("""
container, service_manager = unit(venv.Environment(folder=project / ".venv", is_ours=False))
code = "import os, sys; print(sys.prefix, flush=True); os.system(sys.executable + ' --version')"
print(output(container, "/bin/python3", "-c", code))
service_manager.stop()
""")
    prefix, version = printed.splitlines()
    assert prefix == str(project / ".venv")
    assert version.startswith("Python 3.")


def test_a_change_of_the_source_is_seen_at_once(unit):
    printed = unit("""
container, service_manager = unit()
(project / "app.py").write_text("changed")
print(output(container, "cat", "/flask/app/app.py"))
service_manager.stop()
""")
    assert printed == "changed"


def test_a_service_that_ignores_its_end_is_ended_within_two_seconds(unit):
    printed = unit("""
container, service_manager = unit()
client(container, "start", "stubborn-worker")
before = time.monotonic()
service_manager.stop()
print(time.monotonic() - before < 2)
print([path.read_text() for path in pathlib.Path("/proc").glob("[0-9]*/comm")].count("bash\\\\n"))
""")
    assert printed.splitlines() == ["True", "0"]


def test_a_new_container_remembers_nothing_of_the_last_one(unit):
    printed = unit("""
container, service_manager = unit()
output(container, "touch", "/tmp/left", "/var/lib/pebble/default/left", "/flask/left")
service_manager.stop()
container.close()
container, service_manager = unit()
print(output(container, "ls", "/tmp", "/flask"))
print(output(container, "ls", "/var/lib/pebble/default/layers"))
service_manager.stop()
""")
    assert "left" not in printed
    assert printed.splitlines()[-1] == "001-my-web.yaml"


def test_variables_of_the_image_reach_a_service(unit):
    printed = unit("""
container, service_manager = unit(environment={"FROM_IMAGE": "yes"})
print(client(container, "exec", "sh", "-c", "echo $FROM_IMAGE $PATH"))
service_manager.stop()
""")
    assert printed == f"yes {pebble.SEARCH_PATH}"


@pytest.mark.parametrize(
    ("program", "told"), [("false", ""), ("echo no disk; exit 1", ": no disk")]
)
def test_a_pebble_that_ends_at_once_is_reported_with_what_it_said_last(unit, program, told):
    printed = unit(f"""
program = sandbox.File(text="#!/bin/sh\\n{program}\\n", mode=0o755)
container = sandbox.build(sandbox.View(
    files={{pebble.PROGRAM: program}}, writable={{"/charm/container": folder}}))
try:
    pebble.start(container, folder=folder, log=folder / "pebble.log")
except Exception as error:
    print(error)
""")
    assert printed == f"Pebble did not start (exit status 1){told}"


def test_the_layer_in_the_container_is_the_rocks(unit):
    printed = unit("""
import yaml
container, service_manager = unit()
print(json.dumps(yaml.safe_load(client(container, "plan"))["services"]["flask"]))
service_manager.stop()
""")
    main = json.loads(printed)
    assert main["command"] == "python3 -m http.server --bind 127.0.0.1 0"
    assert main["user"] == "_daemon_"


def test_killing_the_run_ends_pebble_and_its_services(inside, namespace_of):
    command = inside.start(
        PREAMBLE
        + """
def main():
    container, service_manager = unit()
    client(container, "replan")
    print("ready", flush=True)
    time.sleep(1000)
""",
        modules=MODULES,
    )
    assert command.stdout.readline() == "ready\n"
    namespace = namespace_of(command)
    running = namespace.processes()
    assert "pebble" in running
    assert "bash" in running
    command.kill()
    command.wait(10)
    assert namespace.is_empty_soon()
