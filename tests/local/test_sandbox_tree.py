"""One process tree that ends as one."""

from __future__ import annotations

import signal

import pytest

DAEMONS = """
def main():
    # A daemon as old programs make one: in its own session, its parent gone.
    subprocess.run(["sh", "-c", "setsid sleep 1000 & setsid sleep 1001 & sleep 0.2"])
    print("ready", flush=True)
    time.sleep(1000)
"""


def test_the_exit_status_of_main_is_that_of_the_command(inside_as):
    assert inside_as.run("def main(): return 7").returncode == 7


def test_sys_exit_in_main_gives_the_exit_status(inside):
    assert inside.run("def main(): sys.exit(3)").returncode == 3


def test_an_exception_in_main_is_shown_and_gives_status_1(inside):
    done = inside.run("def main(): raise ValueError('broken')")
    assert (done.returncode, "ValueError: broken" in done.stderr) == (1, True)


def test_a_main_that_is_killed_gives_the_status_that_a_shell_would_give(inside):
    assert inside.run("def main(): os.kill(os.getpid(), signal.SIGKILL)").returncode == 137


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1])
def test_a_signal_to_the_command_reaches_main_once(inside, number):
    command = inside.start(f"""
def main():
    seen = []
    signal.signal({int(number)}, lambda number, _: seen.append(number))
    print("ready", flush=True)
    time.sleep(0.3)
    return len(seen)
""")
    assert command.stdout.readline() == "ready\n"
    command.send_signal(number)
    assert command.wait(10) == 1


def test_killing_the_command_leaves_no_process(inside_as, namespace_of):
    command = inside_as.start(DAEMONS)
    assert command.stdout.readline() == "ready\n"
    namespace = namespace_of(command)
    assert namespace.processes().count("sleep") == 2
    command.kill()
    command.wait(10)
    assert namespace.is_empty_soon()


def test_the_end_of_main_leaves_no_process(inside_as, namespace_of):
    command = inside_as.start(DAEMONS.replace("time.sleep(1000)", "sys.stdin.readline()"))
    assert command.stdout.readline() == "ready\n"
    namespace = namespace_of(command)
    command.wait(10)
    assert namespace.is_empty_soon()


def test_orphans_are_reaped(inside):
    done = inside.run("""
def main():
    subprocess.run(["sh", "-c", "sleep 0.05 & sleep 0.05 &"])
    time.sleep(0.3)
    states = [path.read_text().rpartition(")")[2].split()[0]
              for path in pathlib.Path("/proc").glob("[0-9]*/stat")]
    return states.count("Z")
""")
    assert done.returncode == 0


def test_main_sees_the_processes_of_the_run_alone(inside_as):
    done = inside_as.run("""
def main():
    print(sorted(path.name for path in pathlib.Path("/proc").glob("[0-9]*")))
    return 0
""")
    assert done.stdout == "['1', '2']\n"


def test_mounts_of_the_run_do_not_reach_the_host(inside, tmp_path):
    done = inside.run("""
def main():
    from paas_app_charmer.local.sandbox import namespaces
    namespaces.mount_tmpfs(str(folder))
    (folder / "seen").touch()
    return 0
""")
    assert (done.returncode, list(tmp_path.iterdir())) == (0, [])
