"""Every function of ops.hookcmds, called for real against a live agent."""

from __future__ import annotations

import inspect
import pathlib

import pytest
from ops import hookcmds

from paas_app_charmer.local import agent, context
from paas_app_charmer.local import hook as hooks

FUNCTIONS = {
    name
    for name, item in vars(hookcmds).items()
    if inspect.isfunction(item) and not name.startswith("_")
}
WORKING = {
    "action_fail": lambda _: hookcmds.action_fail("- no"),
    "action_get": lambda _: hookcmds.action_get() == {"times": 3} and hookcmds.action_get("times"),
    "action_log": lambda _: hookcmds.action_log("-v is no flag"),
    "action_set": lambda _: hookcmds.action_set({"a": {"b": 1}}),
    "app_version_set": lambda _: hookcmds.app_version_set("-1"),
    "close_port": lambda _: hookcmds.close_port("tcp", 80),
    "config_get": lambda _: hookcmds.config_get()["port"] == 8000 == hookcmds.config_get("port"),
    "goal_state": lambda _: set(hookcmds.goal_state().units) == {"probe/0", "probe/1"},
    "is_leader": lambda _: hookcmds.is_leader(),
    "juju_log": lambda _: hookcmds.juju_log("--text", level="WARNING"),
    "network_get": lambda b: (
        hookcmds.network_get("database", relation_id=b.database).ingress_addresses == ["127.0.0.1"]
    ),
    "open_port": lambda _: hookcmds.open_port("udp", 53, to_port=54, endpoints=["ingress"]),
    "opened_ports": lambda _: hookcmds.opened_ports(endpoints=True) == [],
    "relation_get": lambda b: (
        hookcmds.relation_get(b.database, endpoint="database", unit="postgresql", app=True) == {}
    ),
    "relation_ids": lambda b: hookcmds.relation_ids("database") == [f"database:{b.database}"],
    "relation_list": lambda b: (
        hookcmds.relation_list(b.database) == ["postgresql/0"]
        and hookcmds.relation_list(b.database, app=True) == "postgresql"
    ),
    "relation_model_get": lambda b: hookcmds.relation_model_get(b.database).uuid == b.state.uuid,
    "relation_set": lambda b: hookcmds.relation_set({"key": "value"}, b.database, app=True),
    "resource_get": lambda _: "registrypath" in hookcmds.resource_get("app-image").read_text(),
    "secret_add": lambda _: hookcmds.secret_add({"key": "value"}).startswith("secret:"),
    "secret_get": lambda _: hookcmds.secret_get(id=_secret(), label="mine") == {"key": "value"},
    "secret_grant": lambda b: hookcmds.secret_grant(_secret(), b.database, unit="postgresql/0"),
    "secret_ids": lambda _: [_secret().removeprefix("secret:")] == hookcmds.secret_ids(),
    "secret_info_get": lambda _: hookcmds.secret_info_get(id=_secret()).revision == 1,
    "secret_remove": lambda _: hookcmds.secret_remove(_secret(), revision=1),
    "secret_revoke": lambda b: hookcmds.secret_revoke(_secret(), relation_id=b.database),
    "secret_set": lambda _: hookcmds.secret_set(_secret(), content={"key": "new"}, label="new"),
    "state_delete": lambda _: hookcmds.state_delete("key"),
    "state_get": lambda _: hookcmds.state_get(None) == {} and hookcmds.state_get("no") == "",
    "state_set": lambda _: hookcmds.state_set({"key": "two\nlines"}),
    "status_get": lambda _: (
        hookcmds.status_get().status == "waiting"
        and hookcmds.status_get(app=True).status == "unset"
    ),
    "status_set": lambda _: hookcmds.status_set("active", "- up", app=True),
    "storage_list": lambda _: hookcmds.storage_list("data") == [],
}
REFUSED = {
    "credential_get": (hookcmds.credential_get, "cannot access cloud credentials"),
    "juju_reboot": (lambda: hookcmds.juju_reboot(now=True), "not supported on Kubernetes"),
    "storage_add": (lambda: hookcmds.storage_add({"data": 1}), 'storage "data" not found'),
    "storage_get": (lambda: hookcmds.storage_get("data/0"), "storage not found"),
}


def _secret() -> str:
    return hookcmds.secret_add({"key": "value"})


def test_every_function_of_ops_is_called_here():
    assert set(WORKING) | set(REFUSED) == FUNCTIONS


@pytest.mark.parametrize("name", sorted(WORKING))
def test_a_tool_works(name, bench):
    action = context.ActionRun(id="1", params={"times": 3})
    with bench.hook(hook=hooks.Hook(kind="action", name="echo", action_id="1"), action=action):
        assert WORKING[name](bench) in (True, None, 3)
    assert bench.world.gaps == ()


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_a_tool_is_refused_as_juju_refuses_it(name, bench):
    call, text = REFUSED[name]
    with bench.hook(), pytest.raises(hookcmds.Error) as refusal:
        call()
    assert text in refusal.value.stderr


def test_what_an_action_reports_is_kept(bench):
    action = context.ActionRun(id="1", params={})
    with bench.hook(hook=hooks.Hook(kind="action", name="echo", action_id="1"), action=action):
        hookcmds.action_set({"a": {"b": 1}, "c": "x=y"})
        hookcmds.action_log("half way")
        hookcmds.action_fail()
    assert action.results == {"a": {"b": "1"}, "c": "x=y"}
    assert action.log == ["half way"]
    assert action.failed
    assert action.message == "action failed without reason given, check action for errors"


def test_a_large_databag_with_any_text_survives(bench):
    value = "é🙂\n'\"\\" * 40_000
    with bench.hook():
        hookcmds.relation_set({"dashboard": value}, bench.database, app=True)
        assert hookcmds.relation_get(bench.database, unit="probe", app=True)["dashboard"] == value


def test_tools_work_from_a_directory_with_blanks_and_a_long_name(bench, tmp_path, monkeypatch):
    folder = tmp_path / ("with blanks " * 12)
    folder.mkdir()
    made = agent.Agent(
        directory=folder,
        python=bench.world._python,
        lock=bench.world.lock,
        on_change=lambda: None,
    )
    made.start()
    with bench.hook() as running:
        made.open(running)
        monkeypatch.setenv("JUJU_AGENT_SOCKET_ADDRESS", made.address)
        monkeypatch.setenv("PATH", str(made.tools), prepend=":")
        assert hookcmds.is_leader()
    made.stop()
    assert not pathlib.Path(made.address).exists()
