"""The load of the benchmark: an open loop counts what a closed one would not see."""

from __future__ import annotations

import contextlib
import socket
import threading
import time

import pytest
from benchmarks import load

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"


@pytest.fixture
def serve():
    """Answer each connection, one at a time, with what a function returns."""
    with contextlib.ExitStack() as stack:

        def start(answer):
            listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
            stack.callback(listener.shutdown, socket.SHUT_RDWR)

            def accept():
                with contextlib.suppress(OSError):
                    while True:
                        connection, _ = listener.accept()
                        with connection, contextlib.suppress(ConnectionError):
                            connection.recv(4096)
                            connection.sendall(answer())

            threading.Thread(target=accept, daemon=True).start()
            return f"127.0.0.1:{listener.getsockname()[1]}"

        yield start


def slowly():
    time.sleep(0.2)
    return ANSWER


def slowest(sent):
    return max(one.delay for one in sent.requests)


def test_requests_are_sent_at_their_moments_however_late_the_answers_are(serve):
    with load.on(serve(slowly), rate=20) as sent:
        time.sleep(1)
    assert 15 <= len(sent.requests) <= 25
    assert slowest(sent) > 1, "those that waited for others count from when they were due"


def test_without_a_rate_one_request_follows_the_other(serve):
    with load.on(serve(slowly), rate=0) as sent:
        time.sleep(1)
    assert 3 <= len(sent.requests) <= 6
    assert slowest(sent) < 0.5


@pytest.mark.parametrize(
    ("answer", "loss"),
    [
        (ANSWER, None),
        (b"", "closed without an answer"),
        (ANSWER[:-1], "closed in the middle of the answer"),
        (ANSWER.replace(b"200 OK", b"503 Away"), "status 503"),
    ],
)
def test_only_a_whole_and_good_answer_is_none_that_is_lost(serve, answer, loss):
    with load.on(serve(lambda: answer), rate=20) as sent:
        time.sleep(0.2)
    assert set(sent.lost) == ({loss} if loss else set())


def test_a_port_on_which_nobody_listens_refuses():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        with load.on(f"127.0.0.1:{free.getsockname()[1]}", rate=20) as sent:
            time.sleep(0.2)
    assert set(sent.lost) == {"refused"}
