"""Gunicorn: its file, its check, its worker class, and a reload that changes the environment."""

from __future__ import annotations

import dataclasses
import os
import pathlib
import runpy
import signal
import sys
import types
from typing import Any

import hypothesis
import hypothesis.strategies as st
import pytest

from paas_app_charmer import decide, facts, paas_config, release
from paas_app_charmer.servers import gunicorn_hooks

from . import builders


def released(web: dict[str, Any] | None = None, **changes: Any) -> release.Release:
    given = {"workload": builders.workload(web), **changes}
    return builders.released(builders.seen(**given))


def configured(**options: Any) -> str:
    return released(options=builders.chosen(**options)).files[0].content


def command(web: dict[str, Any] | None = None, **changes: Any) -> str:
    return builders.service_of(released(web, **changes), "demo").definition["command"]


def refusal(web: dict[str, Any] | None = None, **options: Any) -> str:
    seen = builders.seen(workload=builders.workload(web), options=builders.chosen(**options))
    decision = decide.decide(builders.SPEC, seen)
    assert isinstance(decision, release.Hold)
    return decision.message


def test_the_file_says_what_the_contract_asks_for():
    file = released().files[0]
    assert (file.path, file.mode) == ("/demo/gunicorn.conf.py", 0o600)
    assert file.content == content()


def test_what_runs_in_gunicorns_processes_stands_beside_its_file():
    assert names(released())[1:] == OURS
    assert all(file.mode == 0o600 for file in released().files)


OURS = [f"/demo/gunicorn_{name}.py" for name in ("orphans", "draining", "handover", "preload")]


def content(*, imports: str = "", settings: str = "", port: int = 8000, **hooks: list[str]) -> str:
    """Return gunicorn's file with what a test expects beside the usual; hooks by their names."""
    calls = {
        "on_starting(server)": [
            "preload['on_starting'](server)",
            "handover['on_starting'](server)",
        ],
        "when_ready(server)": ["preload['when_ready'](server)"],
        "on_reload(server)": [
            "preload['on_reload'](server)",
            "handover['on_reload'](server)",
        ],
        "post_fork(server, worker)": [
            "orphans['post_fork'](server, worker)",
            "handover['post_fork'](server, worker)",
        ],
        "post_worker_init(worker)": [
            "draining['post_worker_init'](worker)",
            "orphans['post_worker_init'](worker)",
            "handover['post_worker_init'](worker)",
        ],
        "worker_exit(server, worker)": [],
    }
    text = ""
    for hook, usual in calls.items():
        name = hook.split("(")[0]
        lines = [*hooks.get(name, []), *usual, *hooks.get(f"after_{name}", [])]
        text += "".join([f"def {hook}:\n", *(f"    {line}\n" for line in lines)] if lines else [])
    return (
        "import runpy\n"
        "orphans = runpy.run_path('/demo/gunicorn_orphans.py')\n"
        "draining = runpy.run_path('/demo/gunicorn_draining.py')\n"
        "handover = runpy.run_path('/demo/gunicorn_handover.py')\n"
        "preload = runpy.run_path('/demo/gunicorn_preload.py')\n"
        f"{imports}"
        f"bind = ['0.0.0.0:{port}']\n"
        "chdir = '/demo/app'\n"
        "accesslog = '-'\n"
        "errorlog = '-'\n"
        "statsd_host = 'localhost:9125'\n"
        "graceful_timeout = 30\n"
        f"{settings}{text}"
    )


def test_requests_have_the_time_to_finish_that_the_author_gives_them():
    config = paas_config.PaasConfig.model_validate({"change": {"graceful-timeout": "90s"}})
    wanted = released(config=config)
    assert "graceful_timeout = 90\n" in wanted.files[0].content
    assert builders.service_of(wanted, "demo").definition["kill-delay"] == "1m35s"


def test_a_rock_whose_server_may_take_longer_to_stop_keeps_that_time():
    wanted = released({"kill-delay": "2m"})
    assert "graceful_timeout = 115\n" in wanted.files[0].content
    assert builders.service_of(wanted, "demo").definition["kill-delay"] == "2m0s"


JSON = paas_config.PaasConfig(framework_logging_format="json")


def traced(**changes: Any) -> release.Release:
    return released(endpoints=(builders.endpoint("tracing"),), **changes)


def names(wanted: release.Release) -> list[str]:
    return [file.path for file in wanted.files]


def test_json_logs_bring_a_file_of_their_own_and_the_lines_that_use_it():
    wanted = released(config=JSON)
    assert names(wanted)[1:] == [*OURS, "/demo/gunicorn_json.py"]
    assert wanted.files[0].content == content(
        imports="json_log = runpy.run_path('/demo/gunicorn_json.py')\n",
        settings="logger_class = json_log['logger_class']\n",
        on_starting=["json_log['follow'](server)"],
        on_reload=["json_log['follow'](server)"],
        post_worker_init=["json_log['capture'](worker)"],
    )


def test_traces_bring_a_file_of_their_own_and_the_lines_that_use_it():
    wanted = traced()
    assert names(wanted)[1:] == [*OURS, "/demo/gunicorn_tracing.py"]
    assert wanted.files[0].content == content(
        imports="traces = runpy.run_path('/demo/gunicorn_tracing.py')\n",
        settings='access_log_format = \'%(h)s %(l)s %(u)s %(t)s "%(r)s" %(s)s %(b)s "%(f)s" '
        '"%(a)s" %({x-request-id}o)s\'\n',
        after_post_fork=["traces['post_fork'](server, worker)"],
        post_worker_init=["traces['instrument'](worker)"],
        worker_exit=["traces['worker_exit'](server, worker)"],
    )


def test_the_span_of_a_request_is_around_what_the_log_remembers_of_it():
    found = traced(config=JSON).files[0].content
    assert found.index("json_log['capture'](") < found.index("traces['instrument'](")


def test_the_master_is_told_last_that_a_worker_is_ready():
    lines = traced(config=JSON).files[0].content.splitlines()
    start = lines.index("def post_worker_init(worker):")
    ready = [line for line in lines[start + 1 :] if line.startswith("    ")]
    assert ready.index("    handover['post_worker_init'](worker)") == 4


def test_an_integration_that_gives_nothing_yet_changes_nothing():
    waiting = builders.endpoint("tracing", data=None)
    assert released(endpoints=(waiting,)).files == released().files


@pytest.mark.parametrize(
    "changes", [{"config": JSON}, {"endpoints": (builders.endpoint("tracing"),)}]
)
def test_json_logs_and_traces_come_and_go_by_a_reload(changes):
    rock = builders.workload()
    plain = builders.released(builders.seen(workload=rock))
    up = builders.applied(rock, plain)
    wanted = builders.released(builders.seen(workload=up, **changes))
    assert builders.service_of(wanted, "demo").action is release.Action.RELOAD
    assert checked(workload=up, **changes) != checked(workload=up)
    up = builders.applied(up, wanted)
    same = builders.released(builders.seen(workload=up, **changes))
    assert builders.service_of(same, "demo").action is release.Action.NOTHING
    back = builders.released(builders.seen(workload=up))
    assert builders.service_of(back, "demo").action is release.Action.RELOAD
    assert names(back) == names(plain)


def test_b39_a_rock_that_is_not_known_to_have_open_telemetry_is_released_with_traces():
    rock = builders.workload(modules=frozenset())
    assert "/demo/gunicorn_tracing.py" in names(traced(workload=rock))


def test_settings_stand_in_the_file_when_they_have_a_value_and_in_their_order():
    found = configured(
        webserver_timeout=0, webserver_keepalive=5, webserver_threads=2, webserver_workers=3
    )
    assert found == content(settings="workers = 3\nthreads = 2\nkeepalive = 5\ntimeout = 0\n")


def test_the_worker_class_never_stands_in_the_file():
    assert configured(webserver_worker_class="sync") == configured()


def test_logs_go_to_files_where_pebble_cannot_send_them():
    wanted = released(forwards_logs=False)
    assert wanted.directories == ("/var/log/demo",)
    assert "accesslog = '/var/log/demo/access.log'\n" in wanted.files[0].content
    assert "errorlog = '/var/log/demo/error.log'\n" in wanted.files[0].content


def test_the_server_binds_to_the_port_of_the_author():
    wanted = released(config=paas_config.PaasConfig(port=8888))
    assert wanted.files[0].content == content(port=8888)


def test_statistics_go_where_the_rocks_exporter_listens():
    exporter = builders.service("/bin/statsd_exporter --statsd.listen-udp=localhost:9999")
    workload = builders.workload(more={"statsd-exporter": exporter})
    assert "statsd_host = 'localhost:9999'\n" in released(workload=workload).files[0].content


def test_the_check_is_the_servers_own_command():
    preflight = released().preflight
    assert preflight is not None
    assert preflight.argv == (
        *("/bin/python3", "-m", "gunicorn", "-c", "/demo/gunicorn.conf.py", "app:app"),
        *("-k", "sync", "--check-config"),
    )
    assert preflight.failure == (
        "Webserver configuration check failed, "
        "please review your charm configuration or database relation"
    )


def checked(**changes: Any) -> str:
    preflight = released(**changes).preflight
    assert preflight is not None
    return preflight.fingerprint


def test_b06_the_check_is_not_repeated_for_the_same_inputs():
    assert checked() == checked()
    assert checked(workload=builders.workload(more={"a": builders.service()})) == checked()


@pytest.mark.parametrize(
    "changes",
    [
        {"options": builders.chosen(webserver_workers=3)},
        {"options": builders.chosen(demo_env="test")},
        {"workload": builders.workload({"command": "gunicorn app:app"})},
    ],
)
def test_b06_the_check_is_repeated_when_something_it_reads_changed(changes):
    assert checked(**changes) != checked()


def test_an_unset_worker_class_leaves_the_command_alone():
    assert command({"command": "gunicorn  'app:app'"}) == "gunicorn  'app:app'"


def test_b38_the_worker_class_replaces_the_rocks_and_keeps_the_quotes():
    rock = "gunicorn 'app:create(\"a b\")' -k [ sync ]"
    workload = builders.workload({"command": rock}, modules=frozenset({"gevent"}))
    changed = command(workload=workload, options=builders.chosen(webserver_worker_class="gevent"))
    assert changed == "gunicorn 'app:create(\"a b\")' -k [ gevent ]"


@pytest.mark.parametrize(
    ("rock", "changed"),
    [
        ("gunicorn --worker-class=gevent a:b", "gunicorn --worker-class=sync a:b"),
        ("gunicorn --worker-class gevent a:b", "gunicorn --worker-class sync a:b"),
        ("gunicorn a:b -k", "gunicorn a:b -k sync"),
    ],
)
def test_b38_every_spelling_of_the_worker_class_is_understood(rock, changed):
    chosen = builders.chosen(webserver_worker_class="sync")
    assert command({"command": rock}, options=chosen) == changed


def test_gevent_needs_its_module_in_the_rock():
    assert refusal(webserver_worker_class="gevent") == (
        "gunicorn[gevent] must be installed in the rock. https://bit.ly/demo-async-doc"
    )


@pytest.mark.parametrize(
    ("chosen", "modules"), [("gevent", ("gevent",)), ("sync", ()), (None, ())]
)
def test_only_gevent_is_looked_for_in_the_rock(chosen, modules):
    options = builders.chosen(webserver_worker_class=chosen)
    assert builders.SPEC.server.modules(options) == modules


def test_other_worker_classes_are_refused():
    assert refusal(webserver_worker_class="eventlet") == (
        "Only 'gevent' and 'sync' are allowed. https://bit.ly/demo-async-doc"
    )


def test_a_worker_class_without_a_place_in_the_command_is_refused():
    assert refusal({"command": "gunicorn app:app"}, webserver_worker_class="sync") == (
        "Worker class is set through `juju config` but the `-k` worker class argument "
        "is not in the service command."
    )


def test_a_command_that_cannot_be_read_is_told():
    assert "No closing quotation" in refusal({"command": "gunicorn 'app:app"})


def exporter(**config: Any) -> str:
    found = paas_config.PaasConfig.model_validate(
        {key.replace("_", "-"): value for key, value in config.items()}
    )
    return builders.service_of(released(config=found), "statsd-exporter").definition["command"]


def test_an_exporter_with_nothing_new_to_serve_is_left_alone():
    assert exporter() == builders.EXPORTER


def test_b26b_the_exporter_follows_the_port_and_path_of_metrics():
    assert exporter(metrics_port=9200, metrics_path="/stats") == (
        f"{builders.EXPORTER} --web.listen-address=:9200 --web.telemetry-path=/stats"
    )


def test_a_rock_without_an_exporter_is_served_too():
    workload = dataclasses.replace(builders.workload(), services={"demo": builders.WEB})
    wanted = released(workload=workload, config=paas_config.PaasConfig(metrics_port=1))
    assert [one.name for one in wanted.services] == ["demo"]


class Master:
    """Gunicorn's master, as far as the environment goes: its own, and that of a reload."""

    def __init__(self, environment: dict[str, str], content: str) -> None:
        self.environ = dict(environment)
        self._load(content)

    def reload(self, content: str) -> None:
        for name in self._raw:
            if name in self._original:
                self.environ[name] = self._original[name]
            else:
                self.environ.pop(name, None)
        self._load(content)

    def _load(self, content: str) -> None:
        self._original = dict(self.environ)
        settings: dict[str, Any] = {}
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(os, "environ", self.environ)
            patch.setattr(runpy, "run_path", lambda _: {})
            exec(content, settings)
        pairs = [line.strip().split("=", 1) for line in settings.get("raw_env", [])]
        self._raw = dict(pairs)
        self.environ.update(self._raw)


@hypothesis.given(
    st.lists(
        st.dictionaries(
            st.sampled_from(["A", "B", "C"]),
            st.sampled_from(["1", "2", "", " a=b ", "line\n", 'it\'s "quoted" \\']),
        ),
        min_size=1,
        max_size=6,
    )
)
def test_after_any_reloads_the_workers_have_exactly_the_environment_of_the_plan(environments):
    workload = builders.workload()
    master: Master | None = None
    for environment in environments:
        web = {**builders.WEB, "environment": environment}
        workload = dataclasses.replace(workload, services={"demo": web})
        wanted = builders.released(builders.seen(workload=workload))
        service = builders.service_of(wanted, "demo")
        content = wanted.files[0].content
        if service.action is release.Action.START:
            master = Master(service.definition["environment"], content)
        assert master is not None
        if service.action is release.Action.RELOAD:
            master.reload(content)
        assert master.environ == service.definition["environment"]
        workload = builders.applied(workload, wanted)


def changed(
    rock: facts.Workload, first: dict[str, str], then: dict[str, str]
) -> tuple[release.Action, str]:
    """Return what is done when the rock's variables change, and the file."""
    before = with_environment(rock, first)
    up = builders.applied(before, builders.released(builders.seen(workload=before)))
    wanted = builders.released(builders.seen(workload=with_environment(up, then)))
    return builders.service_of(wanted, "demo").action, wanted.files[0].content


def with_environment(workload: facts.Workload, environment: dict[str, str]) -> facts.Workload:
    web = {**workload.services["demo"], "environment": environment}
    return dataclasses.replace(workload, services={**workload.services, "demo": web})


@pytest.mark.parametrize(
    ("web", "always"),
    [
        ({"command": "gunicorn -c /demo/app/own.py app:app"}, {}),
        ({"command": "gunicorn app:app"}, {}),
        ({"command": "gunicorn app:app"}, {"GUNICORN_CMD_ARGS": "-c python:own"}),
        ({"command": "/bin/sh -c 'gunicorn -c /demo/gunicorn.conf.py app:app'"}, {}),
    ],
    ids=str,
)
def test_a_server_that_a_reload_cannot_bring_the_environment_to_is_restarted(web, always):
    action, file = changed(builders.workload(web), always, {**always, "A": "new"})
    assert action is release.Action.RESTART
    assert "raw_env" not in file


@pytest.mark.parametrize(
    ("web", "always"),
    [
        ({}, {}),
        ({}, {"GUNICORN_CMD_ARGS": "--workers=2 --preload"}),
        ({"command": f"{builders.COMMAND} --preload"}, {}),
        ({"command": "gunicorn -c/demo/gunicorn.conf.py app:app --reload"}, {}),
        ({"command": "gunicorn --config=file:/demo/gunicorn.conf.py app:app"}, {}),
        ({"command": "gunicorn app:app", "working-dir": "/demo"}, {}),
        ({"command": "gunicorn app:app"}, {"GUNICORN_CMD_ARGS": "-c /demo/gunicorn.conf.py"}),
    ],
    ids=str,
)
def test_a_server_that_reads_the_file_is_reloaded(web, always):
    action, file = changed(builders.workload(web), always, {**always, "A": "new"})
    assert action is release.Action.RELOAD
    assert "raw_env = ['A=new']\n" in file


@pytest.mark.parametrize(
    "name", ["GUNICORN_CMD_ARGS", "WEB_CONCURRENCY", "PYTHONPATH", "LD_PRELOAD"]
)
@pytest.mark.parametrize(("first", "then"), [("", "2"), ("1", "2"), ("1", "")])
def test_what_is_read_at_the_start_only_takes_a_restart(name, first, then):
    def given(value: str) -> dict[str, str]:
        return {name: value} if value else {}

    action, file = changed(builders.workload(), given(first), given(then))
    assert action is release.Action.RESTART
    assert "os.environ" not in file


def test_a_fresh_start_needs_no_environment_in_the_file():
    rock = builders.workload()
    up = builders.applied(rock, builders.released(builders.seen(workload=rock)))
    chosen = {"options": builders.chosen(demo_env="test"), "pinned_key": "new"}
    reloaded = released(workload=up, **chosen)
    assert "raw_env = ['DEMO_ENV=test', 'DEMO_SECRET_KEY=new']\n" in reloaded.files[0].content
    crashed = dataclasses.replace(builders.applied(up, reloaded), active=frozenset())
    assert "raw_env" not in released(workload=crashed, **chosen).files[0].content


class Process:
    """A master or a worker, as far as the parts need one."""

    def __init__(self, **attributes: Any) -> None:
        self.warnings: list[str] = []
        self.log = types.SimpleNamespace(
            warning=lambda text, *given: self.warnings.append(text % given)
        )
        vars(self).update(attributes)


def part(name: str) -> dict[str, Any]:
    """Load what is put into the container, as gunicorn's file does."""
    return runpy.run_path(
        str(pathlib.Path(gunicorn_hooks.__file__).with_name(f"gunicorn_{name}.py"))
    )


def test_a_python_that_cannot_call_c_serves_and_says_what_that_costs(monkeypatch):
    monkeypatch.setitem(sys.modules, "ctypes", None)
    handler = signal.getsignal(signal.SIGRTMAX)
    orphans = part("orphans")
    worker = Process()
    orphans["post_fork"](None, worker)
    orphans["post_worker_init"](worker)
    assert worker.warnings == ["this worker would outlive a master that is killed: no ctypes"]
    assert signal.getsignal(signal.SIGRTMAX) == handler


def test_a_master_that_cannot_wait_for_its_new_workers_reloads_as_it_always_did(monkeypatch):
    def no_pipe() -> None:
        raise OSError("Too many open files")

    monkeypatch.setattr(os, "pipe", no_pipe)
    server = Process(WORKERS={}, cfg=types.SimpleNamespace(address=["here"]))
    part("handover")["on_reload"](server)
    assert server.warnings == [
        "the old workers stop before the new ones are ready: Too many open files"
    ]
    assert not hasattr(server, "manage_workers")


def test_whatever_goes_wrong_while_a_master_waits_the_reload_is_finished_and_signals_are_kept():
    calls: list[str] = []

    class Master(Process):
        def manage_workers(self) -> None:
            calls.append("the old ones are stopped")

    def broken() -> None:
        os.kill(os.getpid(), signal.SIGHUP)
        raise KeyError("of another gunicorn")

    here = types.SimpleNamespace(address=["here"])
    server = Master(WORKERS={}, cfg=here, timeout=30, murder_workers=broken)
    before = signal.signal(signal.SIGHUP, lambda *_: calls.append("it is told"))
    try:
        part("handover")["on_reload"](server)
        server.WORKERS = {1: "new"}
        server.manage_workers()
    finally:
        signal.signal(signal.SIGHUP, before)
    assert calls == ["it is told", "the old ones are stopped"]
    assert len(server.warnings) == 1
    server.manage_workers()
    assert calls[2:] == ["the old ones are stopped"], "once for each reload"


def test_a_master_that_preloads_and_cannot_begin_anew_keeps_its_workers(monkeypatch):
    def no_fork() -> int:
        raise OSError("Cannot allocate memory")

    monkeypatch.setattr(os, "fork", no_fork)
    server = Process(cfg=types.SimpleNamespace(preload_app=True))
    part("preload")["on_reload"](server)
    assert server.refused
    assert server.warnings == [
        "gunicorn cannot begin anew: OSError('Cannot allocate memory')",
    ]


def test_a_program_that_cannot_be_executed_leaves_the_master_as_it_was(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python3"))
    (tmp_path / "app").mkdir()
    server = Process(
        START_CTX={"cwd": str(tmp_path)},
        WORKERS={7: None},
        LISTENERS=[],
        cfg=types.SimpleNamespace(chdir=str(tmp_path / "app")),
    )
    with pytest.raises(FileNotFoundError):
        part("preload")["_begin_anew"](server)
    assert pathlib.Path.cwd() == tmp_path / "app"
    assert signal.SIGHUP not in signal.pthread_sigmask(signal.SIG_BLOCK, ())


def test_a_master_that_does_not_preload_is_reloaded_as_gunicorn_does_it():
    server = Process(cfg=types.SimpleNamespace(preload_app=False))
    part("preload")["on_reload"](server)
    part("preload")["when_ready"](server)
    assert not hasattr(server, "refused")


def test_other_workers_than_those_that_need_it_stop_as_they_always_did():
    handler = signal.getsignal(signal.SIGTERM)
    for worker in (Process(), Process(poller=1, futures=1, murder_keepalived=1)):
        worker.set_accept_enabled = None
        part("draining")["post_worker_init"](worker)
    part("draining")["post_worker_init"](Process())
    assert signal.getsignal(signal.SIGTERM) == handler
