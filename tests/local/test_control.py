from __future__ import annotations

import json
import threading

import pytest

from paas_app_charmer.local import control, control_server, sockets


@pytest.fixture
def serve(tmp_path):
    servers = []

    def start(answer, folder=tmp_path):
        server = control_server.Server(folder, answer)
        server.start()
        servers.append(server)
        return folder

    yield start
    for server in servers:
        server.close()


def test_the_answer_comes_back_with_its_arguments(serve):
    folder = serve(lambda request, arguments, _: [request, arguments])
    assert control.ask(folder, "scale", units=2) == ["scale", {"units": 2}]


def test_events_arrive_in_order_before_the_answer(serve):
    def answer(_request, _arguments, emit):
        emit("first")
        emit("second")
        return "done"

    events = []
    assert control.ask(serve(answer), "logs", on_event=events.append) == "done"
    assert events == ["first", "second"]


def test_a_refusal_reaches_the_client_as_its_one_line(serve):
    def answer(_request, _arguments, _emit):
        raise control.Refused("no such endpoint: cache")

    with pytest.raises(control.Refused, match=r"^no such endpoint: cache$"):
        control.ask(serve(answer), "integrate")


def test_a_defect_in_the_runner_is_told_without_a_traceback(serve):
    def answer(_request, _arguments, _emit):
        raise KeyError("postgresql")

    with pytest.raises(
        control.Refused, match=r"^the runner failed on 'status': KeyError\('postgresql'\)"
    ):
        control.ask(serve(answer), "status")


def test_without_a_runner_the_client_says_how_to_start_one(tmp_path):
    with pytest.raises(control.NotRunning, match="start it with `paas-app-charmer run`"):
        control.ask(tmp_path, "status")


def test_without_a_state_folder_the_client_says_how_to_start_one(tmp_path):
    with pytest.raises(control.NotRunning, match="start it with `paas-app-charmer run`"):
        control.ask(tmp_path / ".paas", "status")


def test_the_socket_of_a_killed_runner_is_as_none(tmp_path):
    sockets.listen(tmp_path / control.SOCKET).close()
    with pytest.raises(control.NotRunning):
        control.ask(tmp_path, "status")


def test_a_new_runner_takes_over_the_socket_of_a_killed_one(tmp_path, serve):
    (tmp_path / control.SOCKET).touch()
    serve(lambda *_: "alive")
    assert control.ask(tmp_path, "status") == "alive"


def test_a_project_with_a_long_path_can_be_controlled(tmp_path, serve):
    folder = tmp_path / ("deep" * 20) / ("deeper" * 20)
    folder.mkdir(parents=True)
    serve(lambda *_: "alive", folder)
    assert control.ask(folder, "status") == "alive"


def test_another_version_is_refused_with_the_way_out(serve):
    folder = serve(lambda *_: "answered")
    reply = _raw(folder, {"version": 99, "request": "status", "arguments": {}})
    assert "`paas-app-charmer down`" in reply["refused"]


def test_another_version_can_still_stop_the_runner(serve):
    folder = serve(lambda *_: "stopped")
    assert _raw(folder, {"version": 99, "request": "down", "arguments": {}}) == {
        "answer": "stopped"
    }


def test_a_slow_request_does_not_hold_up_another(serve):
    held = threading.Event()

    def answer(request, _arguments, _emit):
        return held.wait(10) if request == "slow" else "at once"

    folder = serve(answer)
    slow = threading.Thread(target=control.ask, args=(folder, "slow"))
    slow.start()
    assert control.ask(folder, "fast") == "at once"
    held.set()
    slow.join()


def test_a_client_that_hangs_up_ends_its_stream(serve):
    ended = threading.Event()

    def answer(_request, _arguments, emit):
        try:
            while True:
                emit("line")
        except ConnectionError:
            ended.set()
            raise

    folder = serve(answer)
    with control.connection(folder) as channel:
        channel.sendall(b'{"version": 1, "request": "logs", "arguments": {}}\n')
        channel.recv(10)
    assert ended.wait(5)


def _raw(folder, message):
    with control.connection(folder) as channel, channel.makefile("rw") as stream:
        control.write(stream, message)
        return json.loads(stream.readline())
