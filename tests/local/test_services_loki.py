"""The log sink."""

from __future__ import annotations

import json
import urllib.error
import urllib.request

import pytest

from paas_app_charmer.local import pebble, services
from paas_app_charmer.local.services import loki_push_api

PUSH = {
    "streams": [
        {
            "stream": {"juju_unit": "my-web/0", "pebble_service": "flask", "product": "Juju"},
            "values": [["1700000000000000000", "one"], ["1700000000500000000", "two"]],
        },
        {"stream": {"pebble_service": "tick-worker"}, "values": [["1700000001000000000", "tick"]]},
    ]
}
LINES = [
    "2023-11-14T22:13:20.000000Z my-web/0 flask one",
    "2023-11-14T22:13:20.500000Z my-web/0 flask two",
    "2023-11-14T22:13:21.000000Z tick-worker tick",
]


@pytest.fixture
def received() -> list[str]:
    return []


@pytest.fixture
def sink(tmp_path, received):
    context = services.Context(
        folder=tmp_path, model="local", application="my-web", log=received.append
    )
    running = services.find("loki_push_api").start(context)
    yield running
    running.stop()


@pytest.fixture
def url(sink):
    request = services.Request(relation_id=1, endpoint="logging", app={}, units={})
    return json.loads(sink.offer(request).units["loki-k8s/0"]["endpoint"])["url"]


def post(url: str, body: bytes) -> int:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data=body)) as response:
            return response.status
    except urllib.error.HTTPError as error:
        return error.code


def test_a_push_gives_its_lines_with_time_unit_and_service():
    assert list(loki_push_api.lines(PUSH)) == LINES


def test_lines_are_handed_on_and_kept(url, received, tmp_path):
    assert post(url, json.dumps(PUSH).encode()) == 204
    assert received == LINES
    assert (tmp_path / "forwarded.log").read_text().splitlines() == LINES


@pytest.mark.parametrize("body", [b"\x82\x01snappy", b"[]", b'{"streams": [{}]}', b"{}"])
def test_what_is_no_push_is_refused_and_the_sink_goes_on(url, body, received):
    assert post(url, body) == 400
    assert post(url, json.dumps(PUSH).encode()) == 204
    assert received == LINES


def test_another_path_is_not_found(url):
    assert post(url.replace("push", "query"), b"{}") == 404


def test_it_is_ready(url):
    with urllib.request.urlopen(url.replace("/loki/api/v1/push", "/ready")) as response:
        assert response.status == 200


def test_it_stops(sink):
    sink.stop()
    assert not sink.alive()


def test_pebble_forwards_to_it(inside, monkeypatch):
    monkeypatch.setenv("PAAS_PEBBLE", str(pebble.find(print)))
    done = inside.run(
        """
received = []

def main():
    sink = services.find("loki_push_api").start(services.Context(
        folder=folder, model="local", application="my-web", log=received.append))
    request = services.Request(relation_id=1, endpoint="logging", app={}, units={})
    url = json.loads(sink.offer(request).units["loki-k8s/0"]["endpoint"])["url"]
    target = {"override": "replace", "type": "loki", "location": url, "services": ["all"],
              "labels": {"juju_unit": "my-web/0"}}
    talker = {"override": "replace", "command": 'sh -c "echo hello; sleep 1000"'}
    layer = json.dumps({"services": {"talker": talker}, "log-targets": {"sink": target}})
    container = sandbox.build(sandbox.View(
        readable={pebble.PROGRAM: pathlib.Path(os.environ["PAAS_PEBBLE"])},
        writable={pebble.SOCKET_FOLDER: folder},
        files={f"{pebble.LAYERS_FOLDER}/001-talker.yaml": sandbox.File(text=layer)}))
    service_manager = pebble.start(container, folder=folder)
    container.spawn([pebble.PROGRAM, "start", "talker"],
                    env={"PEBBLE_SOCKET": "/charm/container/pebble.socket"}).wait()
    for _ in range(300):
        if received:
            break
        time.sleep(0.02)
    service_manager.stop()
    sink.stop()
    print(received[0].partition(" ")[2])
    return 0
""",
        modules="pebble, sandbox, services",
    )
    assert (done.stdout, done.stderr) == ("my-web/0 talker hello\n", "")
