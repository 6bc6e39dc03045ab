"""A real Redis server."""

from __future__ import annotations

import time

import pytest
import redis

from paas_app_charmer.local import errors, services


@pytest.fixture
def start(tmp_path):
    started: list[services.Running] = []

    def start() -> tuple[services.Running, redis.Redis]:
        context = services.Context(folder=tmp_path, model="local", application="my-web")
        running = services.find("redis").start(context)
        started.append(running)
        return running, redis.Redis(port=port_of(running), decode_responses=True)

    yield start
    for running in started:
        running.stop()


def port_of(running: services.Running) -> int:
    request = services.Request(relation_id=1, endpoint="redis", app={}, units={})
    return int(running.offer(request).units["redis-k8s/0"]["port"])


def test_it_answers_where_it_says_it_is(start):
    running, client = start()
    assert client.ping()
    assert running.description == f"Redis on 127.0.0.1:{port_of(running)}"


def test_data_and_address_outlive_a_run(start):
    running, client = start()
    client.set("key", "value")
    port = port_of(running)
    running.stop()
    running, client = start()
    assert (client.get("key"), port_of(running)) == ("value", port)


def test_it_stops_in_time(start):
    running, _ = start()
    before = time.monotonic()
    running.stop()
    assert (time.monotonic() - before < 2, running.alive()) == (True, False)


def test_a_folder_that_cannot_be_used_is_reported_with_the_reason(start, tmp_path):
    (tmp_path / "appendonly.aof").mkdir()
    with pytest.raises(errors.LocalError, match=r"redis-server did not start: .*append"):
        start()
