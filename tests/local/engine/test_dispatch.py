"""A hook behaves the same as a process and as a child of the zygote."""

from __future__ import annotations

import os
import pathlib
import shutil
import threading
import time

import pytest

MODES = ("plain", "zygote")
VOLATILE = {"JUJU_CONTEXT_ID", "JUJU_MODEL_UUID", "JUJU_SECRET_ID", "JUJU_AGENT_SOCKET_ADDRESS"}
SCRIPT = """
import os, subprocess, sys, threading
print("printed")
print("to stderr", file=sys.stderr)
{body}
"""


@pytest.fixture
def scripted(deploy, tmp_path):
    """Deploy a charm whose program is the body given, and run its install hook."""

    def make(mode, body, **options):
        charm = tmp_path / f"charm-{mode}"
        shutil.copytree(deploy(tmp_path / f"unused-{mode}").charm_dir, charm)
        (charm / "src" / "charm.py").write_text(SCRIPT.format(body=body))
        deployment = deploy(tmp_path / mode, charm, dispatch=mode, **options)
        deployment.engine.add_unit()
        return deployment

    return make


def story(deployment):
    """Everything that a charm can see of its hooks, and everything it leaves behind."""
    deployment.engine.add_unit()
    deployment.settle()
    relation = deployment.engine.integrate("database", "postgresql", app={"key": "value"})
    deployment.settle()
    deployment.engine.set_config({"port": 9000, "greeting": "good day"})
    deployment.settle()
    action = deployment.engine.run_action("echo", {"times": 2})
    deployment.engine.remove_relation("database")
    deployment.settle()
    folder = str(deployment.folder)
    seen = [
        (
            entry["hook"],
            {
                key: value.replace(folder, "")
                for key, value in entry["env"].items()
                if key not in VOLATILE
            },
        )
        for entry in deployment.seen()
    ]
    unit = deployment.unit()
    unit["workload-status"].pop("since")
    messages = [text for text in deployment.logged("juju-log") if "/" not in text]
    return relation, action, seen, unit, messages


def test_the_zygote_and_plain_processes_tell_the_same_story(deploy, tmp_path):
    plain, zygote = (story(deploy(tmp_path / mode, dispatch=mode)) for mode in MODES)
    assert zygote == plain


@pytest.mark.parametrize("mode", MODES)
def test_what_a_hook_prints_is_logged(mode, scripted):
    deployment = scripted(mode, "")
    deployment.settle()
    assert deployment.logged("hook")[:2] in (["printed", "to stderr"], ["to stderr", "printed"])


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("sys.exit(3)", "exit status 3"),
        ("sys.exit('words')", "exit status 1"),
        ("raise ValueError('x')", "exit status 1"),
        ("os.kill(os.getpid(), 9)", "signal 9"),
    ],
)
def test_how_a_hook_ended_is_told(mode, body, reason, scripted):
    deployment = scripted(mode, body)
    assert not deployment.engine.wait_idle(20)
    assert deployment.unit()["error"]["reason"] == reason


@pytest.mark.parametrize("mode", MODES)
def test_a_traceback_that_ops_has_not_seen_is_shown(mode, scripted):
    deployment = scripted(mode, "raise ValueError('early')")
    assert not deployment.engine.wait_idle(20)
    assert deployment.unit()["error"]["tail"][-1] == "ValueError: early"


@pytest.mark.parametrize("mode", MODES)
def test_tools_that_are_started_in_unusual_ways_work(mode, scripted):
    body = """
done = subprocess.run("is-leader --format=json", shell=True, capture_output=True, text=True)
bare = subprocess.run(["is-leader"], stdout=subprocess.PIPE)
popen = subprocess.Popen(["is-leader"], stdout=subprocess.PIPE).communicate()[0]
print("answers", done.stdout.strip(), bare.stdout, popen)
failed = subprocess.run(["relation-get", "-r", "99", "-", "x"], capture_output=True, text=True)
print("refused", failed.returncode, "not found" in failed.stderr)
"""
    deployment = scripted(mode, body)
    deployment.settle()
    lines = deployment.logged("hook")
    assert "answers true b'True\\n' b'True\\n'" in lines
    assert "refused 2 True" in lines


@pytest.mark.parametrize("mode", MODES)
def test_a_daemon_that_a_hook_leaves_behind_does_not_hold_it(mode, scripted):
    body = "subprocess.Popen(['sleep', '3'])"
    begun = time.monotonic()
    scripted(mode, f"{body} if os.environ['JUJU_HOOK_NAME'] == 'install' else None").settle()
    assert time.monotonic() - begun < 2.5


@pytest.mark.parametrize("mode", MODES)
def test_stopping_ends_a_hook_that_hangs_with_all_it_started(mode, scripted, tmp_path):
    pids = tmp_path / f"pids-{mode}"
    body = f"""
child = subprocess.Popen(["sleep", "60"])
open({str(pids)!r}, "w").write(f"{{os.getpid()}} {{child.pid}}")
child.wait()
"""
    deployment = scripted(mode, body)
    deadline = time.monotonic() + 10
    while not pids.exists() or not pids.read_text():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    deployment.engine.stop()
    time.sleep(0.2)
    alive = [pid for pid in pids.read_text().split() if _runs(int(pid))]
    assert alive == []
    assert not any(thread.name == "probe/0" for thread in threading.enumerate())


def test_a_zygote_that_died_is_started_again(running):
    (process,) = [item.runner._process for item in running.engine._uniters.values()]
    process.kill()
    process.wait()
    before = len(running.events())
    running.engine.fire("update-status")
    running.settle()
    assert running.events()[before:] == ["update-status"]


def test_without_a_zygote_hooks_run_as_processes(deploy, tmp_path):
    charm = tmp_path / "charm"
    shutil.copytree(deploy(tmp_path / "unused").charm_dir, charm)
    (charm / "dispatch").write_text("#!/bin/sh\necho own dispatch of $JUJU_HOOK_NAME\n")
    (charm / "dispatch").chmod(0o755)
    deployment = deploy(tmp_path / "other", charm)
    deployment.engine.add_unit()
    deployment.settle()
    assert "own dispatch of install" in deployment.logged("hook")


@pytest.mark.parametrize("mode", MODES)
def test_hooks_do_not_inherit_the_runners_environment(mode, scripted, monkeypatch):
    monkeypatch.setenv("LEAKED", "secret")
    deployment = scripted(mode, "print(sorted(os.environ))")
    deployment.settle()
    assert not any("LEAKED" in line for line in deployment.logged("hook"))


def _runs(pid):
    try:
        status = pathlib.Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


def test_stopping_leaves_no_process(running):
    running.engine.stop()
    assert not any(_runs(pid) for pid in _children())


def _children():
    own = os.getpid()
    text = pathlib.Path(f"/proc/{own}/task/{own}/children").read_text()
    return [int(pid) for pid in text.split()]
