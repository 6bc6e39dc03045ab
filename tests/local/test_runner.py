"""A small Flask project with a small charm of its own, run for real."""

from __future__ import annotations

import json
import os
import pathlib
import re
import select
import signal
import subprocess
import sys
import time
import urllib.request

import pytest

ROCK = """\
name: hello
base: bare
build-base: ubuntu@24.04
version: "1"
summary: Says hello
description: Says hello
platforms: {amd64: }
extensions: [flask-framework]
services:
  hello-worker:
    override: replace
    startup: enabled
    user: _daemon_
    working-dir: /flask/app
    command: /bin/python3 work.py
"""
WORKER = """\
import time

print("working", flush=True)
time.sleep(3600)
"""
CHARM = """\
name: hello
type: charm
base: ubuntu@24.04
platforms: {amd64: }
summary: Says hello
description: Says hello
extensions: [flask-framework]
config:
  options:
    greeting: {type: string, default: hello}
    blocked: {type: string, default: ""}
requires:
  redis: {interface: redis, optional: true, limit: 1}
"""
CHARM_CODE = """\
import json
import pathlib

import ops
import yaml


class HelloCharm(ops.CharmBase):
    def __init__(self, framework):
        super().__init__(framework)
        for event in self.on.events().values():
            if issubclass(event.event_type, (ops.LifecycleEvent, ops.ActionEvent)):
                continue
            framework.observe(event, self._reconcile)
        framework.observe(self.on["rotate-secret-key"].action, self._rotate)

    def _rotate(self, event):
        event.log("rotating")
        event.set_results({"revision": "2"})

    def _reconcile(self, _event):
        if self.config["greeting"] == "crash":
            raise RuntimeError("cannot say that")
        container = self.unit.get_container("flask-app")
        if not container.can_connect():
            self.unit.status = ops.WaitingStatus("for pebble")
            return
        if self.config["blocked"]:
            self.unit.status = ops.BlockedStatus(self.config["blocked"])
            return
        ports = yaml.safe_load(pathlib.Path("paas-config.yaml").read_text())
        services = container.get_plan().to_dict()["services"]
        environment = services["flask"].get("environment", {})
        environment |= {"FLASK_GREETING": self.config["greeting"], "FLASK_SECRET_KEY": "s3cret"}
        release = {
            "sources": {
                "FLASK_GREETING": {"kind": "option", "name": "greeting"},
                "FLASK_SECRET_KEY": {"kind": "secret key", "overrides": [{"kind": "rock"}]},
            },
            "secrets": ["FLASK_SECRET_KEY"],
        }
        container.push("/tmp/flask/state/release.json", json.dumps(release), make_dirs=True)
        container.push(
            "/flask/gunicorn.conf.py",
            f"bind = ['127.0.0.1:{ports['port']}']\\nchdir = '/flask/app'\\naccesslog = '-'\\n",
        )
        layer = {
            "services": {
                "flask": {"override": "merge", "environment": environment},
                "statsd-exporter": {"override": "merge", "startup": "disabled"},
            }
        }
        container.add_layer("charm", layer, combine=True)
        container.replan()
        self.unit.set_ports(ports["port"])
        self.unit.status = ops.ActiveStatus()


if __name__ == "__main__":
    ops.main(HelloCharm)
"""
APPLICATION = """\
import os

import flask

app = flask.Flask(__name__)


@app.route("/")
def hello():
    return f"{os.environ['FLASK_GREETING']} {os.environ.get('EXTRA', '')} {os.getppid()}"
"""


class Project:
    """The project's folder, and the command line on it."""

    def __init__(self, folder):
        self.folder = folder
        (folder / "charm" / "src").mkdir(parents=True)
        self.restore()

    def restore(self):
        """Undo what tests have changed, and tell whether there was anything."""
        files = {
            "rockcraft.yaml": ROCK,
            "requirements.txt": "flask\n",
            "app.py": APPLICATION,
            "work.py": WORKER,
            "charm/charmcraft.yaml": CHARM,
            "charm/src/charm.py": CHARM_CODE,
        }
        changed = [self.write(name, text) for name, text in files.items()]
        return any(changed)

    def write(self, name, text):
        path = self.folder / name
        if path.exists() and path.read_text() == text:
            return False
        path.write_text(text)
        return True

    def start(self, *words, **options):
        return subprocess.Popen(
            [sys.executable, "-m", "paas_app_charmer.cli", *words],
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            **options,
        )

    def __call__(self, *words, code=0):
        process = self.start(*words)
        output, problem = process.communicate(timeout=90)
        assert process.returncode == code, output + problem
        return (output if code == 0 else problem).strip()

    def run(self, *words):
        return self("run", "--detach", *words).splitlines()[-1]

    def status(self):
        return json.loads(self("status", "--json"))

    def unit(self, number=0):
        return self.status()["applications"]["hello"]["units"][f"hello/{number}"]


@pytest.fixture(scope="module")
def fresh(tmp_path_factory):
    return Project(tmp_path_factory.mktemp("project"))


@pytest.fixture
def stopped(fresh):
    """The project, with nothing running and no state."""
    fresh.restore()
    fresh("down")
    yield fresh
    fresh("down")


@pytest.fixture(scope="module")
def _running(fresh):
    yield
    fresh("down")


@pytest.fixture
def running(fresh, _running):
    """The project, running with one unit and the options' defaults."""
    changed = fresh.restore()
    if not (fresh.folder / ".paas" / "control.socket").exists():
        fresh.run("--clean")
    elif changed:
        time.sleep(1)  # until the runner has seen it
    eventually(lambda: fresh.unit()["workload-status"]["current"] == "active")
    eventually(lambda: fresh.unit()["juju-status"]["current"] == "idle")
    return fresh


def body(url):
    with urllib.request.urlopen(url, timeout=5) as response:
        return response.read().decode()


def eventually(check, seconds=10):
    deadline = time.monotonic() + seconds
    while True:
        try:
            if found := check():
                return found
        except OSError:
            pass
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def test_a_detached_run_returns_when_the_application_answers_at_the_printed_url(stopped):
    assert body(stopped.run("--clean")).startswith("hello ")


def test_a_second_run_is_refused_with_what_to_do(running):
    pid = (running.folder / ".paas" / "runner.pid").read_text()
    assert running("run", code=1) == (
        f"Error: already running here as process {pid}: stop it with `paas-app-charmer down`, "
        "or look at it with `paas-app-charmer status`"
    )
    assert "already running here" in running("run", "--detach", code=1)


def test_status_has_the_nouns_and_columns_of_juju(running):
    shown = running("status")
    for heading in (
        r"Model +Cloud +Juju +URL",
        r"App +Version +Status +Scale +Charm +Message",
        r"Unit +Workload +Agent +Address +Ports +Message",
        r"Integration +Interface +With +Type +Status +Service",
    ):
        assert re.search(f"^{heading}$", shown, re.MULTILINE)
    unit = re.compile(r"^hello/0\*  active    idle   127\.0\.0\.1:\d+ +\d+/tcp", re.MULTILINE)
    eventually(lambda: unit.search(running("status")))


def test_an_option_reaches_the_application(running):
    url = running.status()["url"]
    running("config", "greeting=good morning")
    eventually(lambda: body(url).startswith("good morning"))
    running("config", "--reset", "greeting")
    eventually(lambda: body(url).startswith("hello"))


def test_an_unknown_option_is_refused_in_one_line(running):
    assert running("config", "colour=red", code=1).startswith('Error: unknown option "colour"')


def test_exec_runs_beside_the_application_as_its_user_in_its_environment(running):
    shown = running("exec", "--", "sh", "-c", "echo $FLASK_SECRET_KEY; id -un; pwd")
    assert shown.split() == ["s3cret", "_daemon_", "/flask/app"]


def test_exec_passes_the_exit_code_on(running):
    running("exec", "--unit", "0", "sh", "-c", "exit 7", code=7)


def test_env_masks_secrets_and_names_sources(running):
    fields = ("name", "value", "source")
    assert [tuple(row[key] for key in fields) for row in json.loads(running("env", "--json"))] == [
        ("FLASK_GREETING", "hello", "option greeting"),
        ("FLASK_SECRET_KEY", "********", "secret key"),
    ]
    assert "s3cret" in running("env", "--reveal")


def test_env_explains_each_variable_and_still_masks_secrets(running):
    running("config", "greeting=hello")
    told = running("env", "--explain")
    assert "an author's option greeting becomes FLASK_GREETING" in told
    assert "paas-app-charmer config --reset greeting" in told
    assert "juju config hello --reset greeting" in told
    assert "s3cret" not in told
    assert "s3cret" in running("env", "--explain", "--reveal")


def test_the_results_of_an_action_are_shown(running):
    assert running("run-action", "rotate-secret-key") == "rotating\nrevision: 2"


def test_every_unit_has_a_port_of_its_own(running):
    urls = dict(line.split() for line in running("scale", "2").splitlines())
    assert all(body(url).startswith("hello ") for url in urls.values())
    assert len(set(urls.values())) == 2
    running("scale", "1")
    with pytest.raises(OSError, match="refused"):
        body(urls["hello/1"])


def test_lines_of_charm_and_services_are_in_one_log(running):
    body(running.status()["url"])
    shown = eventually(lambda: "GET / HTTP" in running("logs") and running("logs"))
    assert re.search(r"hello/0 flask +\| .*Booting worker", shown)
    assert re.search(r"hello/0 juju +\| active", shown)
    assert "Emitting Juju event" in running("logs", "--verbose", "-n", "1000")
    assert "Emitting Juju event" not in shown


def test_a_follower_sees_new_lines_until_it_leaves(running):
    follower = running.start("logs", "-f", "-n", "0", "--service", "flask")
    url = running.status()["url"] + "/marked"

    def asked_and_shown() -> bool:  # it does not say from when on it follows
        with pytest.raises(urllib.request.HTTPError, match="404"):
            body(url)
        return bool(select.select([follower.stdout], [], [], 0.5)[0])

    eventually(asked_and_shown)
    assert "GET /marked" in follower.stdout.readline()
    follower.send_signal(signal.SIGINT)
    follower.communicate(timeout=5)


def test_a_changed_application_file_reloads_the_same_server(running):
    url = running.status()["url"]
    master = body(url).split()[-1]
    running.write("app.py", APPLICATION.replace("return f", "return 'new ' f"))
    assert eventually(lambda: body(url).startswith("new ") and body(url)).split()[-1] == master


def test_a_changed_application_file_restarts_its_workers(running):
    running.write("work.py", WORKER.replace("working", "working differently"))
    eventually(lambda: "working differently" in running("logs", "--service", "hello-worker"))


def test_a_changed_charm_upgrades_the_unit(running):
    url = running.status()["url"]
    master = body(url).split()[-1]
    changed = CHARM_CODE.replace('self.config["greeting"], "FLASK', '"upgraded", "FLASK')
    running.write("charm/src/charm.py", changed)
    eventually(lambda: body(url).startswith("upgraded"))
    assert body(url).split()[-1] != master


def test_a_new_option_in_charmcraft_yaml_can_be_set_after_the_upgrade(running):
    running.write(
        "charm/charmcraft.yaml", CHARM.replace("requires:", "    new: {type: int}\nrequires:")
    )
    eventually(lambda: "new" in json.loads(running("config", "--json")))
    running("config", "new=3")
    assert running("config", "new") == "3"


def test_a_mistake_in_a_project_file_is_told_and_what_ran_goes_on(running):
    running.write("charm/charmcraft.yaml", "name: [")
    eventually(lambda: "charmcraft.yaml:2: is not YAML" in running("logs"))
    assert body(running.status()["url"])


def test_a_failed_hook_shows_the_end_of_its_traceback_until_it_is_resolved(running):
    running("config", "greeting=crash")
    eventually(lambda: running.unit()["error"])
    shown = running("status")
    assert 'hook failed: "config-changed"' in shown
    assert "RuntimeError: cannot say that" in shown
    running("config", "--reset", "greeting")
    running("resolve")
    assert running.unit()["error"] is None


def test_an_integration_comes_and_goes_with_its_service(running):
    assert running("integrate", "redis") == "redis is integrated with redis-k8s"
    assert "redis" in running.status()["services"]
    assert "redis is integrated already" in running("integrate", "redis", code=1)
    running("remove-relation", "redis")
    assert "redis" not in running.status()["services"]


def test_what_is_not_an_endpoint_is_refused_with_those_that_are(running):
    problem = running("integrate", "cache", code=1)
    assert "the charm has no endpoint 'cache'; it has: " in problem
    assert "redis" in problem


def test_an_endpoint_that_is_not_there_is_refused_before_anything_starts(stopped):
    assert "no endpoint 'cache'" in stopped("run", "--with", "redis,cache", code=1)


def test_an_event_can_be_fired(running):
    running("fire", "update-status")
    assert "ran update-status" in running("logs", "-v", "--service", "juju", "-n", "5")


def test_state_is_kept_for_the_next_run_and_clean_forgets_it(stopped):
    stopped.run("--clean", "--config", "greeting=kept")
    stopped("down")
    assert body(stopped.run()).startswith("kept ")
    stopped("down")
    assert body(stopped.run("--clean")).startswith("hello ")


def test_the_user_chooses_port_and_extra_variables(stopped):
    url = stopped.run("--clean", "--port", "18765", "--env", "EXTRA=a=b")
    assert url == "http://127.0.0.1:18765"
    assert body(url).split()[1] == "a=b"


def test_a_taken_port_is_refused(stopped):
    listener = subprocess.Popen(
        [sys.executable, "-m", "http.server", "18766", "--bind", "127.0.0.1"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        eventually(lambda: body("http://127.0.0.1:18766"))
        problem = stopped("run", "--clean", "--port", "18766", code=1)
    finally:
        listener.kill()
        listener.wait()
    assert problem == "Error: port 18766 is taken by another program: choose another --port"


def test_what_holds_the_application_back_is_told_and_the_runner_goes_on(stopped):
    problem = stopped("run", "--detach", "--clean", "--config", "blocked=no key", code=1)
    assert problem.endswith("Error: hello/0 is blocked: no key")
    stopped("config", "blocked=")
    eventually(lambda: body(stopped.status()["url"]))


def test_hooks_run_from_nothing_give_the_same_result(stopped):
    assert body(stopped.run("--clean", "--dispatch", "plain")).startswith("hello ")


def test_ctrl_c_stops_everything_in_two_seconds(stopped):
    process = stopped.start("run", "--clean", start_new_session=True)
    lines = iter(process.stdout.readline, "")
    assert any("http://127.0.0.1" in line for line in lines)
    tree = descendants(process.pid)
    begun = time.monotonic()
    os.killpg(process.pid, signal.SIGINT)
    process.communicate(timeout=10)
    assert time.monotonic() - begun < 2
    assert process.returncode == 0
    assert still_alive(tree) == []


def test_a_killed_runner_leaves_no_process(stopped):
    stopped.run("--clean")
    pid = int((stopped.folder / ".paas" / "runner.pid").read_text())
    tree = descendants(pid)
    assert len(tree) > 5
    os.kill(pid, signal.SIGKILL)
    eventually(lambda: not still_alive(tree), seconds=2)
    assert "not running" in stopped("status", code=1)


def descendants(root):
    children = {}
    for entry in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        children.setdefault(int(fields[1]), []).append(int(entry.parent.name))
    found, queue = [], [root]
    while queue:
        process = queue.pop()
        found.append(process)
        queue += children.get(process, [])
    return found


def still_alive(processes):
    def is_alive(process):
        try:
            state = pathlib.Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return False
        return state != "Z"

    return [process for process in processes if is_alive(process)]
