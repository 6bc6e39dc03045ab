"""A hook's writes land together when it succeeds, and not at all when it fails."""

from __future__ import annotations

import json
import subprocess

import pytest
import yaml

from paas_app_charmer.local import agent, api, secretstate


def tool(*argv):
    done = subprocess.run(argv, capture_output=True, encoding="utf-8", check=True)
    return done.stdout


def write_everything(bench):
    tool("relation-set", "-r", str(bench.database), "--app", "database=probe")
    tool("relation-set", "-r", str(bench.database), "greeting=hello")
    tool("state-set", "key=value")
    tool("open-port", "8000")
    tool("application-version-set", "1.0")
    return tool("secret-add", "--label", "mine", "token=first").strip()


def test_nothing_reaches_the_model_before_the_hook_ends(bench):
    with bench.hook(fails=True):
        write_everything(bench)
        unit = bench.state.units["probe/0"]
        assert bench.relation.databags.get("probe", {}) == {}
        assert (unit.state, unit.ports, unit.workload_version) == ({}, {}, "")
        assert bench.state.secrets == {}


def test_the_hook_sees_its_own_writes(bench):
    with bench.hook():
        secret = write_everything(bench)
        app = tool("relation-get", "-r", str(bench.database), "--app", "database", "probe")
        assert app == "probe\n"
        assert tool("state-get", "key") == "value\n"
        assert tool("opened-ports") == "8000/tcp\n"
        assert json.loads(tool("secret-get", "--format=json", secret)) == {"token": "first"}


def test_a_hook_that_fails_leaves_no_trace_but_its_status_and_log(bench):
    with bench.hook(fails=True):
        write_everything(bench)
        tool("status-set", "blocked", "no database")
        tool("juju-log", "trying")
    unit = bench.state.units["probe/0"]
    assert (unit.state, unit.ports, bench.state.secrets) == ({}, {}, {})
    assert (unit.status.status, unit.status.message) == ("blocked", "no database")
    assert "trying" in [line.text for line in bench.log]


def test_a_hook_that_succeeds_is_kept_whole(bench):
    with bench.hook():
        secret = write_everything(bench)
    unit = bench.state.units["probe/0"]
    assert bench.relation.databags["probe"] == {"database": "probe"}
    assert bench.relation.databags["probe/0"]["greeting"] == "hello"
    assert (unit.state, unit.workload_version) == ({"key": "value"}, "1.0")
    assert bench.state.secrets[secretstate.identifier(secret)].label == "mine"


def test_only_the_sum_of_what_a_hook_writes_moves_the_version(bench):
    relation = str(bench.database)
    with bench.hook():
        tool("relation-set", "-r", relation, "greeting=hello")
    version = bench.relation.versions["probe/0"]
    with bench.hook():
        tool("relation-set", "-r", relation, "greeting=bye", "absent=")
        tool("relation-set", "-r", relation, "greeting=hello")
    assert bench.relation.versions["probe/0"] == version


def test_a_hook_sees_the_model_as_it_was_at_its_beginning(bench):
    with bench.hook():
        bench.relation.update("postgresql", {"endpoints": "late"})
        bag = tool(
            "relation-get", "--format=json", "-r", str(bench.database), "--app", "-", "postgresql"
        )
        assert json.loads(bag) == {}
    with bench.hook():
        bag = tool(
            "relation-get", "--format=json", "-r", str(bench.database), "--app", "-", "postgresql"
        )
        assert json.loads(bag) == {"endpoints": "late"}


def test_a_write_to_a_relation_that_has_gone_meanwhile_is_dropped(bench):
    with bench.hook():
        tool("relation-set", "-r", str(bench.database), "greeting=hello")
        del bench.state.relations[bench.database]
    assert bench.database not in bench.state.relations


def test_the_socket_is_for_its_owner_only(bench):
    mode = agent.pathlib.Path(bench.world.agent.address).stat().st_mode & 0o777
    assert mode == 0o600


def test_the_stored_state_is_for_its_owner_only(running):
    assert (running.folder / "state.json").stat().st_mode & 0o777 == 0o600


def test_a_store_of_another_application_is_refused(running, deploy):
    running.engine.stop()
    state = json.loads((running.folder / "state.json").read_text())
    (running.folder / "state.json").write_text(json.dumps({**state, "application": "other"}))
    with pytest.raises(api.EngineError, match="belongs to other"):
        deploy(running.folder)


def test_a_store_that_is_no_state_is_refused_in_one_line(tmp_path, deploy):
    folder = tmp_path / "bad"
    folder.mkdir()
    (folder / "state.json").write_text(yaml.safe_dump({"no": "state"}))
    with pytest.raises(api.EngineError, match="remove it to begin anew") as refusal:
        deploy(folder)
    assert "\n" not in str(refusal.value)
