from __future__ import annotations

import socket
import subprocess
import sys

import pytest

from paas_app_charmer.local import errors, runner_ports


@pytest.fixture
def reserved(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return runner_ports.Reserved()


@pytest.mark.parametrize("kind", [socket.SOCK_STREAM, socket.SOCK_DGRAM])
def test_a_port_that_somebody_uses_is_passed_over(reserved, kind):
    with socket.socket(socket.AF_INET, kind) as used:
        used.bind(("127.0.0.1", 0))
        number = used.getsockname()[1]
        if kind == socket.SOCK_STREAM:
            used.listen()
        assert reserved.choose(after=number) > number


def test_no_port_is_given_twice(reserved):
    first = reserved.choose(after=21000)
    assert reserved.choose(after=first) > first


def test_a_released_port_can_be_had_again(reserved):
    first = reserved.choose(after=21000)
    reserved.release(first)
    assert reserved.choose(after=first) == first


def test_a_port_that_another_run_has_reserved_is_passed_over(reserved):
    number = reserved.choose(after=21000)
    program = (
        "from paas_app_charmer.local import runner_ports\n"
        f"print(runner_ports.Reserved().choose(after={number}))"
    )
    other = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert int(other.stdout) > number


def test_a_demanded_port_that_is_taken_is_refused(reserved):
    number = reserved.choose(after=21000)
    with pytest.raises(errors.LocalError, match=f"port {number} is taken"):
        reserved.demand(number)


def test_what_comes_again_has_the_port_that_it_had(reserved):
    number = reserved.choose(after=21000)
    assert reserved.again(number, wanted=None, otherwise=22000) == number
    assert reserved.again(number, wanted=number, otherwise=22000) == number


def test_what_comes_first_leaves_others_theirs_that_nobody_listens_on_yet(reserved):
    unit = reserved.choose(after=21000)
    assert reserved.again(None, wanted=None, otherwise=unit) > unit
