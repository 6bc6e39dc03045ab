"""The same charm and the same events give the same under ops-scenario and under the engine."""

from __future__ import annotations

import dataclasses
import importlib.util
import json
import pathlib
import subprocess
import sys

import pytest
import yaml
from ops import testing

from paas_app_charmer.local import pebble

HERE = pathlib.Path(__file__).parent
PROBE = HERE / "probe"
EVENTS = [
    *("install", "peers-relation-created", "leader-elected", "config-changed", "start"),
    *("app-pebble-ready", "database-relation-created", "database-relation-changed"),
    *("database-relation-joined", "database-relation-changed", "database-relation-changed"),
    *("config-changed", "echo"),
]


@pytest.fixture(scope="module")
def under_the_engine(tmp_path_factory):
    store = tmp_path_factory.mktemp("fidelity")
    program = pebble.find(lambda *_: None)
    done = subprocess.run(
        [sys.executable, str(HERE / "probe_in_sandbox.py"), str(store), str(program)],
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=100,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def under_scenario():
    """The same story, each event given the state that the event before it has left."""
    charmcraft = yaml.safe_load((PROBE / "charmcraft.yaml").read_text())
    meta = {key: value for key, value in charmcraft.items() if key not in ("config", "actions")}
    ctx = testing.Context(
        _probe(),
        meta=meta,
        config=charmcraft["config"],
        actions=charmcraft["actions"],
        app_name="probe",
        juju_version="3.6.9",
    )
    app = testing.Container("app", can_connect=True)
    peers = testing.PeerRelation("peers")
    state = testing.State(leader=True, containers={app}, relations={peers})
    state = ctx.run(ctx.on.install(), state)
    state = ctx.run(ctx.on.relation_created(state.get_relation(peers.id)), state)
    for event in (ctx.on.leader_elected(), ctx.on.config_changed(), ctx.on.start()):
        state = ctx.run(event, state)
    state = ctx.run(ctx.on.pebble_ready(state.get_container("app")), state)
    database = testing.Relation(
        "database", remote_app_name="postgresql", remote_app_data={"endpoints": "db:5432"}
    )
    state = dataclasses.replace(state, relations={*state.relations, database})
    for kind in ("created", "changed", "joined", "changed"):
        event = getattr(ctx.on, f"relation_{kind}")
        state = ctx.run(event(state.get_relation(database.id)), state)
    database = dataclasses.replace(
        state.get_relation(database.id),
        remote_app_data={"endpoints": "db:5432", "username": "probe"},
    )
    others = {relation for relation in state.relations if relation.id != database.id}
    state = dataclasses.replace(state, relations={*others, database})
    state = ctx.run(ctx.on.relation_changed(database), state)
    state = dataclasses.replace(state, config={"greeting": "good day", "port": 9000})
    state = ctx.run(ctx.on.config_changed(), state)
    state = ctx.run(ctx.on.action("echo", params={"times": 2, "text": "ha"}), state)
    return state, state.get_relation(database.id), ctx.action_results


def _probe():
    spec = importlib.util.spec_from_file_location("probe_charm", PROBE / "src" / "charm.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.Probe


def test_the_engine_fires_the_events_of_the_story(under_the_engine):
    assert under_the_engine["events"] == EVENTS


def test_databags_are_the_same(under_the_engine, under_scenario):
    _, database, _ = under_scenario
    unit = {key: value for key, value in database.local_unit_data.items() if "-" not in key}
    assert under_the_engine["app"] == database.local_app_data
    assert under_the_engine["unit"] == unit


def test_the_plan_is_the_same(under_the_engine, under_scenario):
    state, _, _ = under_scenario
    assert under_the_engine["plan"] == state.get_container("app").plan.to_dict()


def test_status_version_and_ports_are_the_same(under_the_engine, under_scenario):
    state, _, _ = under_scenario
    status = [state.unit_status.name, state.unit_status.message]
    assert under_the_engine["status"] == status
    assert under_the_engine["version"] == state.workload_version
    assert under_the_engine["ports"] == [f"{p.port}/{p.protocol}" for p in state.opened_ports]


def test_results_of_an_action_are_the_same_but_text_as_in_juju(under_the_engine, under_scenario):
    _, _, results = under_scenario
    assert results == {"text": "haha", "deep": {"a": 1}}
    assert under_the_engine["action"] == {"text": "haha", "deep": {"a": "1"}}


def test_nothing_was_asked_that_the_engine_does_not_model(under_the_engine):
    assert under_the_engine["gaps"] == []
