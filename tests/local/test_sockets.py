"""A socket in the project's folder, however deep that is."""

from __future__ import annotations

import socket
import stat

import pytest

from paas_app_charmer.local import sockets, toolclient


@pytest.fixture
def path(tmp_path):
    folder = tmp_path / ("deep" * 30) / ("deeper" * 20)
    folder.mkdir(parents=True)
    return folder / "agent.socket"


def test_a_path_may_be_longer_than_an_address_of_a_socket(path):
    with sockets.listen(path) as listener, socket.socket(socket.AF_UNIX) as connection:
        toolclient.connect(connection, str(path))
        connection.sendall(b"hello")
        served, _ = listener.accept()
        with served:
            assert served.recv(5) == b"hello"


def test_nobody_else_may_connect(path):
    with sockets.listen(path):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_socket_of_a_process_that_is_gone_is_replaced(path):
    sockets.listen(path).close()
    with sockets.listen(path), socket.socket(socket.AF_UNIX) as connection:
        toolclient.connect(connection, str(path))


def test_where_nobody_listens_the_kernel_says_so(path):
    with socket.socket(socket.AF_UNIX) as connection, pytest.raises(FileNotFoundError):
        toolclient.connect(connection, str(path))
