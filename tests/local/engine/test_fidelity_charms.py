"""The Flask and the Django charm make the same of the same events, simulated and run for real.

A story is played by ops-scenario, and by the engine with a real Pebble for each unit, whose
services are stand-ins that run. Every step is followed by a look at all that the charm can have
changed, on the leader and on a follower.
"""

from __future__ import annotations

import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys

import pytest

from paas_app_charmer.local import pebble

pytestmark = pytest.mark.timeout(600)  # the first time on a machine Pebble is built

HERE = pathlib.Path(__file__).parent
LENGTHS = {("flask", "zygote"): None, ("django", "zygote"): None, ("django", "plain"): 6}
"""How many steps are played; a plain process for each hook takes long."""
CASES = list(LENGTHS)
UUID = "7d4d2f8e-7d2a-4b5e-9d6f-0c8b5a1f3e21"
DIGESTS = ("release", "checked", "migrated", "running", "image", "gap_since")
"""Notes that are made from the secret key or from times, which are others each time."""

SERVER = """\
import contextlib, re, signal, socket, sys

with open(sys.argv[sys.argv.index("-c") + 1]) as settings:
    text = settings.read()
compile(text, settings.name, "exec")
if "--check-config" not in sys.argv:
    signal.signal(signal.SIGHUP, lambda *_: None)
    # Units share this machine's ports, and it is enough that somebody takes a connection.
    port = int(re.search(r"0[.]0[.]0[.]0:([0-9]+)", text)[1])
    with contextlib.suppress(OSError):
        listener = socket.create_server(("", port), reuse_port=True)
    while True:
        signal.pause()
"""
"""Takes gunicorn's arguments, its configuration file, its port and its signal to reload."""
ROCK = """\
name: {framework}-app
base: ubuntu@24.04
version: "1"
summary: Stands still
description: Stands still
platforms: {{amd64: }}
extensions: [{framework}-framework]
services:
  {framework}:
    command: python3 /{framework}/app/server.py -c /{framework}/gunicorn.conf.py x:app -k [ sync ]
    environment: {{FROM_THE_ROCK: kept}}
"""
PROCESSES = """\
  cards-worker: {override: replace, startup: enabled, user: _daemon_, command: sleep 1000}
  cards-scheduler: {override: replace, startup: enabled, user: _daemon_, command: sleep 1000}
"""
CHARM = """\
name: {framework}-k8s
base: ubuntu@24.04
extensions: [{framework}-framework]
config:
  options:
    greeting: {{type: string, required: true}}
requires:
  postgresql: {{interface: postgresql_client, optional: true, limit: 1}}
"""
CODE = """\
import ops
import paas_app_charmer.{framework}

if __name__ == "__main__":
    ops.main(paas_app_charmer.{framework}.Charm)
"""

CREDENTIALS = {"username": "u", "password": "p@ss"}
DATABASE = {"endpoints": "db:5432", "database": "cards", "version": "16.9"}
INGRESS = {"ingress": json.dumps({"url": "http://x/y/"})}
LOKI = {"endpoint": json.dumps({"url": "http://127.0.0.1:9/loki/api/v1/push"})}
PEERS = "secret-storage-relation"
COME = ("relation-created", "relation-joined", "relation-changed")
GO = ("relation-departed", "relation-broken")


def step(verb, *, leader=(), follower=(), both=(), **arguments):
    """Something that happens, and the events that each unit gets for it."""
    return {
        "verb": verb,
        "arguments": arguments,
        "events": [list(leader or both), list(follower or both)],
    }


def related(endpoint, *, events=COME, **data):
    events = [f"{endpoint}-{event}" for event in events]
    return step("integrate", endpoint=endpoint, both=events, **data)


def separated(endpoint):
    return step("separate", endpoint=endpoint, both=[f"{endpoint}-{event}" for event in GO])


def story(framework):
    ready = f"{framework}-app-pebble-ready"
    meeting = (f"{PEERS}-joined", f"{PEERS}-changed")
    lead = ("install", f"{PEERS}-created", "leader-elected", "config-changed", "start")
    follow = ("install", f"{PEERS}-created", "leader-settings-changed", "config-changed", "start")
    rotated = {"secret-user": {**CREDENTIALS, "password": "other"}}
    configured = {"both": ("config-changed",)}
    return {
        "the leader comes": step("add_unit", leader=(*lead, ready)),
        "a required option is set": step(
            "configure", greeting="hello", leader=("config-changed",)
        ),
        "a follower comes": step("add_unit", leader=meeting, follower=(*follow, *meeting, ready)),
        "a database is related": related("postgresql"),
        "the database answers": step(
            "answer",
            endpoint="postgresql",
            app=DATABASE,
            secrets={"secret-user": CREDENTIALS},
            both=("postgresql-relation-changed",),
        ),
        # What an application has published already is told before its units are.
        "an ingress gives a URL": related(
            "ingress", app=INGRESS, events=(COME[0], COME[2], *COME[1:])
        ),
        "logs have a place": related("logging", unit=LOKI),
        "metrics are asked for": related("metrics-endpoint"),
        "dashboards are asked for": related("grafana-dashboard"),
        "options change": step(
            "configure", greeting="good day", **{"webserver-workers": 3}, **configured
        ),
        "an option is wrong": step("configure", **{"webserver-workers": 0}, **configured),
        "it is right again": step("configure", **{"webserver-workers": 2}, **configured),
        "the key is rotated": step(
            "act",
            action="rotate-secret-key",
            leader=("rotate-secret-key action",),
            follower=("secret-changed",),
        ),
        # Only now the leader reads its new key, so that nobody is left who reads the old one.
        "the password is rotated": step(
            "answer",
            endpoint="postgresql",
            secrets=rotated,
            leader=("secret-changed", "secret-remove"),
            follower=("secret-changed",),
        ),
        "the ingress goes": separated("ingress"),
        "logs have no place": separated("logging"),
        "the database goes": separated("postgresql"),
    }


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    """What came of each step, by framework and by who played it; all play at the same time."""
    program = str(pebble.find(print))
    players = {(framework, "scenario"): ("charm_in_scenario.py",) for framework, _ in CASES}
    players |= {case: ("charm_in_sandbox.py", program, case[1]) for case in CASES}

    folders = {key: project(tmp_path_factory.mktemp(key[0]), key[0]) for key in players}

    def play(key):
        framework, _ = key
        script, *arguments = players[key]
        steps = dict(list(story(framework).items())[: LENGTHS.get(key)])
        done = subprocess.run(
            [sys.executable, str(HERE / script), str(folders[key]), UUID, *arguments],
            input=json.dumps(list(steps.values())),
            env={name: text for name, text in os.environ.items() if not name.startswith("JUJU_")},
            capture_output=True,
            text=True,
            check=False,
            timeout=110,
        )
        assert done.returncode == 0, done.stderr
        return dict(zip(steps, with_named_keys(done.stdout), strict=True))

    with concurrent.futures.ThreadPoolExecutor() as executor:
        return dict(zip(players, executor.map(play, players), strict=True))


def with_named_keys(output):
    """Give the secret keys, which are random, names in the order of their coming."""
    units = (unit for one in json.loads(output) for unit in one["units"] if unit)
    keys = dict.fromkeys(secret["value"] for unit in units for secret in unit["secrets"].values())
    for number, key in enumerate(keys):
        output = output.replace(key, f"<key {number}>")
    return json.loads(output)


def project(folder, framework):
    application = folder if framework == "flask" else folder / "django_app"
    processes = PROCESSES if framework == "flask" else ""
    files = {
        folder / "rockcraft.yaml": ROCK.format(framework=framework) + processes,
        folder / "requirements.txt": framework,
        folder / "charm" / "charmcraft.yaml": CHARM.format(framework=framework),
        folder / "charm" / "src" / "charm.py": CODE.format(framework=framework),
        application / "server.py": SERVER,
        application / "migrate.sh": 'test -n "$FROM_THE_ROCK"\n',
    }
    (folder / ".paas").mkdir()
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


@pytest.fixture(params=CASES, ids="-".join)
def pair(request, played):
    """Return a function that gives one thing at every step, of the engine and of ops-scenario."""
    framework, _ = request.param

    def both(look):
        return tuple(
            {
                (name, number): look(unit)
                for name in played[request.param]
                for number, unit in enumerate(played[key][name]["units"])
                if unit
            }
            for key in (request.param, (framework, "scenario"))
        )

    return both


@pytest.mark.parametrize("case", CASES, ids="-".join)
def test_the_engine_fires_the_events_of_the_story(case, played):
    for name, one in played[case].items():
        events = [unit["events"] if unit else [] for unit in one["units"]]
        assert events == story(case[0])[name]["events"], name


@pytest.mark.parametrize("part", ["status", "app-status", "ports", "running", "gunicorn"])
def test_status_ports_processes_and_files_are_the_same(part, pair):
    really, simulated = pair(lambda unit: unit[part])
    assert really == simulated


@pytest.mark.parametrize("part", ["services", "log-targets"])
def test_the_plan_is_the_same(part, pair):
    really, simulated = pair(lambda unit: unit["plan"].get(part))
    assert really == simulated


def test_databags_are_the_same(pair):
    really, simulated = pair(lambda unit: unit["databags"])
    assert really == simulated


def test_secrets_are_the_same(pair):
    really, simulated = pair(lambda unit: unit["secrets"])
    assert really == simulated


def test_the_charm_remembers_the_same(pair):
    really, simulated = pair(
        lambda unit: {key: v for key, v in unit["notes"].items() if key not in DIGESTS}
    )
    assert really == simulated


@pytest.mark.parametrize("player", ["zygote", "scenario"])
@pytest.mark.parametrize("framework", ["flask", "django"])
def test_the_action_ends_the_same(framework, player, played):
    result = played[framework, player]["the key is rotated"]["result"]
    assert result == ["completed", {"status": "success"}]


@pytest.mark.parametrize("case", CASES, ids="-".join)
def test_nothing_was_asked_that_the_engine_does_not_model(case, played):
    assert [one["gaps"] for one in played[case].values() if one["gaps"]] == []


@pytest.mark.parametrize("framework", ["flask", "django"])
def test_the_story_is_about_something(framework, played):
    steps = played[framework, "zygote"]

    def environment(name, number):
        services = steps[name]["units"][number]["plan"]["services"]
        return services[framework]["environment"]

    follower = environment("the password is rotated", 1)
    assert follower["POSTGRESQL_DB_PASSWORD"] == "other"
    assert follower[f"{framework.upper()}_BASE_URL"] == "http://x/y/"
    assert follower[f"{framework.upper()}_SECRET_KEY"] == "<key 1>"
    assert steps["an option is wrong"]["units"][1]["status"][0] == "blocked"
    assert steps["it is right again"]["units"][1]["status"] == ["active", ""]
