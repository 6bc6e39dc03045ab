"""No change drops a request: what runs of ours in an older gunicorn and in a newer one."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import pathlib
import select
import signal
import socket
import sys
import time

import pytest
from benchmarks import deployment, load, served

from paas_app_charmer import release
from paas_app_charmer.local import packages

until = deployment.until

APPLICATION = """
import hashlib
import json
import os
import time

if os.environ.get("FLASK_ENV") == "broken":
    raise RuntimeError("no bread today")
time.sleep(float(os.environ.get("FLASK_APPLICATION_ROOT", "0").strip("/")))
loaded = {"by": os.getpid(), "env": os.environ.get("FLASK_ENV"), "with": sorted(os.environ)}

def app(environ, start_response):
    path = environ["PATH_INFO"]
    if path.startswith("/sleep"):
        time.sleep(float(path[6:]))
    if path == "/busy":
        hashlib.pbkdf2_hmac("sha512", b"", b"", 3_000_000)
    seen = {"pid": os.getpid(), "env": os.environ.get("FLASK_ENV"), "port": environ["SERVER_PORT"]}
    seen |= {"loaded": loaded, "with": sorted(os.environ)}
    body = json.dumps(seen).encode()
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]
"""
GUNICORNS = ("gunicorn==23.0.0", "gunicorn>=25")
WORKERS = ("-k [ sync ]", "-k [ gthread ] --threads 2", "-k [ gevent ]")
PRELOADING = tuple(f"{worker} --preload" for worker in WORKERS)
ONE_OF_EACH = (WORKERS[0], PRELOADING[0])
COMMON = {"webserver-workers": 2, "webserver-keepalive": 30}
SLOW_TO_LOAD = {"flask-application-root": "/1.5"}
OLD = {"flask-env": "old"}
NEW = {"flask-env": "new"}
BROKEN = {"flask-env": "broken"}


@pytest.fixture(scope="module", params=GUNICORNS)
def python(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("gunicorn") / "venv"
    packages.make_environment(folder, python=sys.executable)
    interpreter = folder / "bin" / "python"
    # Of what gevent's worker needs, newer ones do not bring all.
    packages.install([request.param, "gevent", "packaging"], python=interpreter, cwd=folder)
    return interpreter


@pytest.fixture
def serve(python, tmp_path):
    """Start gunicorn with two workers; what is left of it is stopped when the test is over."""
    with contextlib.ExitStack() as stack:

        def start(arguments=WORKERS[0], **options):
            running = Gunicorn(tmp_path / "flask", python, APPLICATION, arguments=arguments)
            stack.callback(running.close)
            running.change(**options)
            until(lambda: len(running.workers()) == 2 and running.ask())
            return running

        yield start


class Gunicorn(served.Server):
    """One that is changed by options, and asked for pages."""

    def change(self, **options):
        return self.apply(self.write(options={**COMMON, **options}))

    def ask(self, path="/"):
        return json.loads(deployment.fetch(f"http://{self.address}{path}"))

    def runs_with(self, env):
        return self.ask()["env"] == env

    def heirlooms(self):
        """Return how many open files the master would hand on to another program."""
        files = pathlib.Path(f"/proc/{self.master}/fdinfo").iterdir()
        flags = (int(file.read_text().split()[3], base=8) for file in files)
        return sum(not one & os.O_CLOEXEC for one in flags)

    def log(self):
        return "\n".join(self.lines("err"))

    def kill(self):
        os.kill(self.master, signal.SIGKILL)
        self._process.wait()
        self._process = None


class Slow:
    """A request that takes some seconds, and the worker that serves it."""

    def __init__(self, server, path):
        self._connection = http.client.HTTPConnection(server.address, timeout=20)
        self._connection.request("GET", path)
        time.sleep(0.2)  # it is taken up

    def has_answer(self):
        return bool(select.select([self._connection.sock], [], [], 0)[0])

    def answer(self):
        with contextlib.closing(self._connection):
            return json.loads(self._connection.getresponse().read())


@pytest.mark.parametrize("worker", WORKERS + PRELOADING)
def test_a_reload_loses_no_request_and_nobody_waits_for_the_new_workers(serve, worker):
    server = serve(worker)
    slow = Slow(server, "/sleep3")
    with load.on(server.address, "/", rate=50) as sent:
        assert server.change(**NEW, **SLOW_TO_LOAD) is release.Action.RELOAD
        until(lambda: server.runs_with("new"))
    assert sent.lost == {}
    assert sent.longest_gap < 1, "the application takes longer to load"
    assert slow.answer()["env"] is None
    assert complaint(server) == ""


def complaint(server):
    file = server.folder / "complaint"
    return file.read_text() if file.exists() else ""


@pytest.mark.parametrize("worker", WORKERS + PRELOADING)
def test_workers_that_cannot_start_leave_the_old_ones_as_they_were(serve, worker):
    server = serve(worker, **OLD)
    before = set(server.workers())
    with load.on(server.address, "/", rate=50) as sent:
        assert server.change(**BROKEN) is release.Action.RELOAD
        until(lambda: "the new workers cannot start: the old ones go on" in server.log())
        assert "no bread today" in server.log()
        until(lambda: set(server.workers()) == before)
        assert complaint(server) == "the new workers cannot start"
        os.kill(min(before), signal.SIGTERM)
        other = until(lambda: (seen := server.ask())["pid"] not in before and seen)
        assert other["env"] == "old"
    assert sent.lost == {}
    assert server.change(**NEW) is release.Action.RELOAD
    until(lambda: server.runs_with("new"), seconds=3)


@pytest.mark.parametrize("worker", WORKERS + PRELOADING)
def test_workers_leave_with_a_killed_master_and_finish_what_is_in_flight(serve, worker):
    server = serve(worker)
    slow = Slow(server, "/sleep2.5")
    workers = server.workers()
    server.kill()
    with socket.socket() as next_one:
        next_one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        until(lambda: binds(next_one, server.port), seconds=1)
    until(lambda: not any(logs(one, server) for one in workers), seconds=1)
    assert not slow.has_answer()
    assert slow.answer()["port"] == str(server.port)
    until(lambda: not any(is_alive(one) for one in workers), seconds=3)


def test_a_worker_that_does_not_hear_of_it_does_not_keep_the_port(serve):
    server = serve()
    busy = Slow(server, "/busy")  # in C, where Python calls no handler of a signal
    server.kill()
    with socket.socket() as next_one:
        next_one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        until(lambda: binds(next_one, server.port), seconds=1)
    assert not busy.has_answer()
    assert busy.answer()["port"] == str(server.port)


def binds(one, port):
    one.bind(("0.0.0.0", port))
    one.listen()
    return True


def logs(worker, server):
    """Tell whether it can write where the master did. Pebble would wait for that to end."""
    streams = {os.path.realpath(f"/proc/{worker}/fd/{number}") for number in (1, 2)}
    return any(str(server.folder / name) in streams for name in ("out", "err"))


def is_alive(process):
    try:
        state = pathlib.Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state not in "XZ"  # somebody else has to take note of its end


def test_a_worker_that_still_loads_ends_with_a_killed_master(serve):
    server = serve()
    assert server.change(**NEW, **SLOW_TO_LOAD) is release.Action.RELOAD
    workers = until(lambda: len(server.workers()) == 4 and server.workers())
    server.kill()
    until(lambda: not any(is_alive(one) for one in workers), seconds=1.2)


def test_a_stop_does_not_wait_for_workers_that_load(serve):
    server = serve()
    server.change(**NEW, **{"flask-application-root": "/3"})
    until(lambda: len(server.workers()) == 4)
    time.sleep(0.3)  # they hear signals by now
    server.signal(signal.SIGTERM)
    until(lambda: "Handling signal: term" in server.log(), seconds=1)


@pytest.mark.parametrize("worker", ONE_OF_EACH)
def test_a_stop_does_not_wait_for_what_an_earlier_reload_left(serve, worker):
    server = serve(worker)
    slow = Slow(server, "/sleep4")
    server.change(**NEW)
    until(lambda: server.runs_with("new"))
    server.signal(signal.SIGTERM)
    until(lambda: "Handling signal: term" in server.log(), seconds=1)
    assert not slow.has_answer()
    assert slow.answer()["env"] is None


@pytest.mark.parametrize("worker", ONE_OF_EACH)
def test_a_reload_does_not_wait_for_what_an_earlier_one_left(serve, worker):
    server = serve(worker)
    slow = Slow(server, "/sleep4")
    server.change(**OLD)
    until(lambda: server.runs_with("old"))
    server.change(**NEW)
    until(lambda: server.runs_with("new"), seconds=2)
    assert not slow.has_answer()
    assert slow.answer()["env"] is None


def test_a_change_while_the_new_workers_load_has_effect_after_them(serve):
    server = serve()
    server.change(**OLD, **SLOW_TO_LOAD)
    until(lambda: len(server.workers()) == 4)
    server.change(**NEW)
    until(lambda: server.runs_with("new"))
    until(lambda: len(server.workers()) == 2)
    assert server.runs_with("new")


@pytest.mark.parametrize("worker", WORKERS[1:])
def test_a_connection_that_is_kept_has_its_next_request_answered_by_the_old_worker(serve, worker):
    server = serve(worker)
    kept = http.client.HTTPConnection(server.address, timeout=10)
    pids = [of_kept(kept)]
    server.change(**NEW)
    until(lambda: server.runs_with("new"))
    time.sleep(1.2)  # it has been told by now, and has turned once in its loop
    pids.append(of_kept(kept))
    assert pids[0] == pids[1]
    until(lambda: len(server.workers()) == 2, seconds=5)


@pytest.mark.parametrize("worker", WORKERS)
def test_a_connection_that_is_made_before_a_reload_has_its_first_request_answered(serve, worker):
    server = serve(worker)
    early = http.client.HTTPConnection(server.address, timeout=10)
    early.connect()
    time.sleep(0.2)  # it is accepted
    server.change(**NEW)
    until(lambda: server.runs_with("new"))
    time.sleep(1.2)
    with contextlib.closing(early):
        assert of_kept(early) > 0


def of_kept(connection):
    connection.request("GET", "/")
    return json.loads(connection.getresponse().read())["pid"]


def test_a_text_of_the_same_length_in_the_same_second_is_seen(serve):
    server = serve(**{"flask-env": "old"})
    file = server.folder / "gunicorn.conf.py"
    server.change(**{"flask-env": "one"})
    written = file.stat()
    until(lambda: server.runs_with("one"))
    changed = server.write(options={**COMMON, "flask-env": "two"})
    os.utime(file, ns=(written.st_atime_ns, written.st_mtime_ns))
    assert file.stat().st_size == written.st_size
    assert server.apply(changed) is release.Action.RELOAD
    until(lambda: server.runs_with("two"), seconds=3)


@pytest.mark.parametrize("worker", PRELOADING)
def test_who_preloads_has_the_application_loaded_once_after_a_reload_too(serve, worker):
    server = serve(worker, **OLD)
    before = server.ask()
    for options in (NEW, OLD, NEW):
        assert server.change(**options) is release.Action.RELOAD
        until(lambda expected=options["flask-env"]: server.runs_with(expected))
        until(lambda: len(server.workers()) == 2)
        seen = server.ask()
        assert seen["loaded"]["by"] == server.master, "each worker has a copy of its own"
        assert seen["loaded"]["env"] == options["flask-env"]
    assert seen["with"] == before["with"]
    assert not {name for name in seen["loaded"]["with"] if name.startswith("PAAS_")}


def test_who_preloads_collects_no_open_files_from_one_reload_to_the_next(serve):
    server = serve(PRELOADING[0])
    before = server.heirlooms()
    for number in range(4):
        server.change(**{"flask-env": str(number)})
        until(lambda expected=str(number): server.runs_with(expected))
    until(lambda: len(server.workers()) == 2)
    assert server.heirlooms() == before


@pytest.mark.parametrize("moment", [0.3, 2.0], ids=["tried", "loading"])
def test_a_change_while_the_application_is_preloaded_has_effect_after_it(serve, moment):
    server = serve(PRELOADING[0])
    with load.on(server.address, "/", rate=50) as sent:
        server.change(**OLD, **SLOW_TO_LOAD)
        time.sleep(moment)
        server.change(**NEW)
        until(lambda: server.runs_with("new"))
        until(lambda: len(server.workers()) == 2)
    assert sent.lost == {}


@pytest.mark.parametrize("moment", [0.3, 2.0], ids=["tried", "loading"])
def test_a_stop_does_not_wait_for_an_application_that_is_preloaded(serve, moment):
    server = serve(PRELOADING[0])
    slow = Slow(server, "/sleep3")
    server.change(**NEW, **SLOW_TO_LOAD)
    time.sleep(moment)
    master = server.master
    server.signal(signal.SIGTERM)
    ends = "Handling signal: term"
    until(lambda: ends in server.log() or not is_alive(master), seconds=1)
    assert not slow.has_answer()
    assert slow.answer()["env"] is None
