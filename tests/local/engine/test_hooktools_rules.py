"""Who may read and write what, and what the tools say when they refuse."""

from __future__ import annotations

import json
import subprocess

import pytest

from paas_app_charmer.local import hook as hooks
from paas_app_charmer.local import remote, resolver, secretstate

FOLLOWER = "probe/1"


def run(*argv, text=None):
    return subprocess.run(argv, input=text, capture_output=True, encoding="utf-8", check=False)


def out(*argv, text=None):
    done = run(*argv, text=text)
    assert done.returncode == 0, done.stderr
    return done.stdout


def refusal(*argv):
    done = run(*argv)
    assert done.returncode != 0
    return done.stderr


def get(relation, *rest):
    return json.loads(out("relation-get", "--format=json", "-r", str(relation.id), *rest))


def test_a_follower_may_not_read_its_own_application_databag(bench):
    with bench.hook(FOLLOWER):
        text = refusal("relation-get", "-r", str(bench.database), "--app", "-", "probe")
    assert text == "ERROR permission denied\n"


def test_a_leader_reads_its_own_application_databag(bench):
    bench.relation.update("probe", {"database": "probe"})
    with bench.hook():
        assert get(bench.relation, "--app", "-", "probe") == {"database": "probe"}


def test_a_follower_reads_the_application_databag_of_its_peers(bench):
    bench.peers.update("probe", {"key": "value"})
    with bench.hook(FOLLOWER):
        assert get(bench.peers, "--app", "-", "probe") == {"key": "value"}


def test_a_follower_may_not_write_an_application_databag(bench):
    with bench.hook(FOLLOWER):
        for relation in (bench.peers, bench.relation):
            text = refusal("relation-set", "-r", str(relation.id), "--app", "key=value")
            assert text == "ERROR cannot write relation settings\n"


def test_a_unit_reads_its_peers_but_not_its_siblings_in_other_relations(bench):
    with bench.hook():
        assert get(bench.peers, "-", FOLLOWER)["ingress-address"] == "127.0.0.1"
        text = refusal("relation-get", "-r", str(bench.database), "-", FOLLOWER)
    assert "permission denied" in text


def test_a_strangers_databag_is_refused(bench):
    with bench.hook():
        for name in ("mysql", "mysql/0", "postgresql/7"):
            app = ["--app"] if "/" not in name else []
            text = refusal("relation-get", "-r", str(bench.database), *app, "-", name)
            assert "permission denied" in text


def test_a_relation_that_is_not_there_is_not_found(bench):
    with bench.hook():
        for identifier in ("99", "database:99", f"ingress:{bench.database}"):
            text = refusal("relation-get", "-r", identifier, "-", "postgresql/0")
            assert "relation not found" in text


def test_a_relation_hook_knows_its_relation_and_its_remote_side(bench):
    bench.relation.update("postgresql", {"endpoints": "db:5432"})
    bench.relation.update("postgresql/0", {"ready": "yes"})
    hook = hooks.Hook(
        kind="relation-changed",
        name="database",
        relation_id=bench.database,
        remote_app="postgresql",
        remote_unit="postgresql/0",
    )
    with bench.hook(hook=hook):
        assert out("relation-get", "ready") == "yes\n"
        assert out("relation-get", "--app", "endpoints") == "db:5432\n"
        assert out("relation-ids") == f"database:{bench.database}\n"
        assert out("relation-list") == "postgresql/0\n"


def test_outside_of_a_relation_hook_the_relation_must_be_named(bench):
    with bench.hook():
        assert "no relation id specified" in refusal("relation-get", "-", "postgresql/0")


def test_settings_are_read_as_json_and_as_yaml(bench):
    with bench.hook():
        relation = str(bench.database)
        out("relation-set", "-r", relation, "--file", "-", text='{"a": "1", "b": "☃"}')
        out("relation-set", "-r", relation, "--file", "-", text="c: 0123\nd: 'yes'\na: ''\n")
        bag = get(bench.relation, "-", "probe/0")
    assert {key: bag.get(key) for key in "abcd"} == {"a": None, "b": "☃", "c": "0123", "d": "yes"}


def test_settings_are_read_from_a_file_and_arguments_win(bench, tmp_path):
    path = tmp_path / "settings"
    path.write_text("a: file\nb: file\n")
    with bench.hook():
        out("relation-set", "-r", str(bench.database), f"--file={path}", "b=argument")
        bag = get(bench.relation, "-", "probe/0")
    assert (bag["a"], bag["b"]) == ("file", "argument")


def test_a_relation_lists_only_units_that_this_unit_has_seen_join(bench):
    bench.relation.remote_units.append("postgresql/1")
    with bench.hook():
        listed = out("relation-list", "-r", str(bench.database))
    assert listed == "postgresql/0\n"


def test_an_unknown_flag_is_a_loud_gap(bench):
    with bench.hook():
        done = run("relation-get", "--shout", "-", "x")
    assert done.returncode == 2
    assert "option provided but not defined: --shout" in done.stderr
    assert bench.world.gaps == ("relation-get: option provided but not defined: --shout",)


def test_a_refusal_of_jujus_own_is_no_gap(bench):
    with bench.hook():
        assert "k8s spec not supported by charm" in refusal("k8s-spec-set", "--file", "x")
    assert bench.world.gaps == ()


def test_outside_of_a_hook_tools_refuse(bench):
    with bench.hook() as running:
        bench.world.agent.close(running)
        assert "no hook is running" in refusal("is-leader")


def test_without_an_agent_tools_say_so(bench, monkeypatch):
    with bench.hook():
        monkeypatch.setenv("JUJU_AGENT_SOCKET_ADDRESS", "/nowhere/agent.socket")
        assert "cannot reach the local agent" in refusal("is-leader")


def test_config_has_defaults_and_what_was_set_but_no_nulls(bench):
    bench.state.config["note"] = "set"
    bench.state.units["probe/0"].config["port"] = 8001
    with bench.hook():
        values = json.loads(out("config-get", "--format=json"))
        missing = out("config-get", "--format=json", "no-such-option")
    assert values == {"greeting": "hello", "loud": False, "note": "set", "port": 8001}
    assert missing == "null\n"


def test_a_follower_may_not_touch_the_application_status(bench):
    with bench.hook(FOLLOWER):
        for argv in (
            ["status-get", "--application=true", "--include-data"],
            ["status-set", "--application=True", "active"],
        ):
            assert "this unit is not the leader" in refusal(*argv)


def test_an_invalid_status_is_refused(bench):
    with bench.hook():
        assert 'invalid status "error"' in refusal("status-set", "error")


@pytest.mark.parametrize("port", ["0", "70000", "9-1", "http", "80/sctp"])
def test_an_invalid_port_is_refused(port, bench):
    with bench.hook():
        assert refusal("open-port", port).startswith("ERROR")


def test_ports_are_opened_and_closed(bench):
    with bench.hook():
        for port in ("8000", "53/udp", "9000-9002/tcp", "icmp"):
            out("open-port", port)
        out("close-port", "53/udp")
        listed = json.loads(out("opened-ports", "--format=json"))
    assert listed == ["icmp", "8000/tcp", "9000-9002/tcp"]


def test_an_unknown_binding_has_no_network(bench):
    with bench.hook():
        text = refusal("network-get", "nothing")
        assert out("network-get", "database", "--ingress-address") == "127.0.0.1\n"
        assert out("unit-get", "private-address") == "127.0.0.1\n"
    assert text == 'ERROR no network config found for binding "nothing"\n'


def test_leader_settings_are_for_the_leader_to_write(bench):
    with bench.hook(FOLLOWER):
        assert "this unit is not the leader" in refusal("leader-set", "a=1")
    with bench.hook():
        out("leader-set", "a=1")
    with bench.hook(FOLLOWER):
        assert out("leader-get", "a") == "1\n"


def test_an_action_tool_outside_of_an_action_is_refused(bench):
    with bench.hook():
        assert "not running an action" in refusal("action-set", "a=1")


# --- secrets -------------------------------------------------------------------------------------
def shared_secret(bench):
    with bench.hook():
        return out("secret-add", "--label", "key", "token=first").strip()


def content(*argv):
    return json.loads(out("secret-get", "--format=json", *argv))


def test_a_secret_of_the_application_is_made_by_the_leader_only(bench):
    with bench.hook(FOLLOWER):
        assert "this unit is not the leader" in refusal("secret-add", "token=first")
        assert out("secret-add", "--owner", "unit", "token=first").startswith("secret:")


def test_every_unit_reads_a_secret_of_the_application_by_id_and_by_label(bench):
    secret = shared_secret(bench)
    with bench.hook(FOLLOWER):
        assert content(secret) == content("--label", "key") == {"token": "first"}


def test_a_follower_may_not_change_a_secret_of_the_application(bench):
    secret = shared_secret(bench)
    with bench.hook(FOLLOWER):
        for argv in (
            ["secret-set", secret, "token=second"],
            ["secret-remove", secret],
            ["secret-grant", secret, "--relation", str(bench.database)],
        ):
            assert "permission denied" in refusal(*argv)
        assert "not found" in refusal("secret-info-get", secret)
        assert json.loads(out("secret-ids", "--format=json")) == []


def test_a_unit_stays_at_the_revision_that_it_has_read(bench):
    secret = shared_secret(bench)
    with bench.hook(FOLLOWER):
        content(secret)
    with bench.hook():
        out("secret-set", secret, "token=second")
    with bench.hook(FOLLOWER):
        assert content(secret) == {"token": "first"}
        assert content(secret, "--peek") == {"token": "second"}
        assert content(secret) == {"token": "first"}
        assert content(secret, "--refresh") == {"token": "second"}
        assert content(secret) == {"token": "second"}


def test_one_hook_makes_at_most_one_revision(bench):
    secret = shared_secret(bench)
    with bench.hook():
        out("secret-set", secret, "token=second")
        out("secret-set", secret, "token=third")
    found = bench.state.secrets[secretstate.identifier(secret)]
    assert found.revisions == {1: {"token": "first"}, 2: {"token": "third"}}


def test_the_same_content_is_no_new_revision(bench):
    secret = shared_secret(bench)
    with bench.hook():
        out("secret-set", secret, "--description", "the key", "token=first")
    found = bench.state.secrets[secretstate.identifier(secret)]
    assert (found.latest, found.description) == (1, "the key")


def test_secret_content_comes_from_files_and_base64(bench, tmp_path):
    path = tmp_path / "value"
    path.write_text("two\nlines=\n")
    with bench.hook():
        secret = out("secret-add", f"file#file={path}", "raw#base64=YWJj", "word=a=b").strip()
        assert content(secret) == {"file": "two\nlines=\n", "raw": "abc", "word": "a=b"}
        assert out("secret-get", secret, "word#base64", "--format=json") == '"YT1i"\n'
        assert "no such file" in refusal("secret-add", "key#file=/nowhere/at-all")


def test_a_label_names_one_secret(bench):
    shared_secret(bench)
    with bench.hook():
        assert "already exists" in refusal("secret-add", "--label", "key", "token=other")


def test_a_secret_of_the_remote_application_must_be_granted(bench):
    uri = remote.provider_secret(bench.state, bench.database, {"password": "x"}, label="user")
    secret = bench.state.secrets[secretstate.identifier(uri)]
    with bench.hook():
        assert content(uri, "--label", "mine") == content(uri) == {"password": "x"}
        assert content("--label", "mine") == {"password": "x"}
    secret.grants.clear()
    with bench.hook():
        assert refusal("secret-get", uri) == "ERROR permission denied\n"


def test_a_user_secret_is_readable_once_granted(bench):
    uri = remote.add_user_secret(bench.state, "key", {"token": "x"})
    with bench.hook():
        assert "permission denied" in refusal("secret-get", uri)
    remote.grant(bench.state, remote.user_secret(bench.state, "key"))
    with bench.hook(FOLLOWER):
        assert content(uri) == {"token": "x"}


def test_an_unknown_secret_is_not_found(bench):
    with bench.hook():
        assert "not found" in refusal("secret-get", "secret:cvq2jgfmp25c7e3s9bbg")
        assert "not found" in refusal("secret-get", "--label", "nothing")


def test_grants_follow_the_relation(bench):
    secret = shared_secret(bench)
    with bench.hook():
        out("secret-grant", secret, "--relation", str(bench.database))
    found = bench.state.secrets[secretstate.identifier(secret)]
    assert [grant.target for grant in found.grants] == ["postgresql"]
    with bench.hook():
        out("secret-revoke", secret, "--relation", str(bench.database))
    assert found.grants == []


def test_rotation_and_expiry_are_kept_and_shown(bench):
    with bench.hook():
        secret = out("secret-add", "--rotate", "daily", "--expire", "1h30m", "token=x").strip()
        info = json.loads(out("secret-info-get", secret, "--format=json"))
        assert "not valid" in refusal("secret-add", "--rotate", "often", "token=x")
        assert "not valid" in refusal("secret-add", "--expire", "soon", "token=x")
    (details,) = info.values()
    assert details["rotation"] == "daily"
    assert details["rotates"] > details["expiry"]


def test_a_revision_that_nobody_reads_is_obsolete(bench):
    secret = shared_secret(bench)
    with bench.hook(FOLLOWER):
        content(secret)
    with bench.hook():
        out("secret-set", secret, "token=second")
    found = bench.state.secrets[secretstate.identifier(secret)]
    assert list(secretstate.obsolete(found)) == []
    with bench.hook(FOLLOWER):
        content(secret, "--refresh")
    assert list(secretstate.obsolete(found)) == [1]


def test_the_writer_of_a_revision_is_not_told_of_it_and_other_readers_are(bench):
    secret = shared_secret(bench)
    for unit in ("probe/0", FOLLOWER):
        with bench.hook(unit):
            content(secret)
        bench.state.units[unit].leader = unit == "probe/0"
        bench.state.units[unit].leader_settings = 0
        bench.state.units[unit].relations = {}
    bench.state.relations.clear()
    with bench.hook():
        out("secret-set", secret, "token=second")
    units = bench.state.units
    told = resolver.next_hook(bench.state, units[FOLLOWER])
    assert told is not None
    assert told.kind == "secret-changed"
    writer = resolver.next_hook(bench.state, units["probe/0"])
    assert writer is not None
    assert writer.kind != "secret-changed"
