"""The relay that stands for Traefik, between real clients and real servers."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import http.server
import json
import socket
import threading
import time
import urllib.parse

import pytest

from paas_app_charmer.local import errors, services
from paas_app_charmer.local.services import ingress

ASKED = {"model": '"local"', "name": '"my-web"', "port": "8000", "strip-prefix": "true"}


class Unit(http.server.BaseHTTPRequestHandler):
    """Tells what it was asked, as JSON."""

    protocol_version = "HTTP/1.1"
    name: str

    def do_GET(self) -> None:
        if self.path == "/close":
            self.close_connection = True
            return
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length).decode() if length else self._chunks()
        seen = {
            "unit": self.name,
            "method": self.command,
            "path": self.path,
            "headers": {name.lower(): value for name, value in self.headers.items()},
            "body": body,
        }
        content = json.dumps(seen).encode()
        self.send_response(200)
        if self.path == "/chunked":
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for piece in (content[:10], content[10:], b""):
                self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece))
            return
        if self.path == "/until-the-end":
            self.close_connection = True
        else:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def do_POST(self) -> None:
        self.do_GET()

    def do_HEAD(self) -> None:
        self.do_GET()

    def _chunks(self) -> str:
        if self.headers.get("Transfer-Encoding") != "chunked":
            return ""
        body = b""
        while size := int(self.rfile.readline(), 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body.decode()

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def unit():
    """Start servers by name; return the address of each."""
    servers: list[http.server.ThreadingHTTPServer] = []

    def start(name: str) -> str:
        handler = type(name, (Unit,), {"name": name})
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        servers.append(server)
        return f"127.0.0.1:{server.server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def running(tmp_path):
    context = services.Context(folder=tmp_path, model="local", application="my-web")
    running = services.find("ingress").start(context)
    yield running
    running.stop()


@pytest.fixture
def related(running):
    """Relate an application with units at some addresses; return its URL."""

    def relate(*addresses: str, app: dict[str, str] = ASKED) -> urllib.parse.SplitResult:
        units = {f"my-web/{number}": address for number, address in enumerate(addresses)}
        offer = running.offer(
            services.Request(
                relation_id=1,
                endpoint="ingress",
                app=app,
                units={unit: {} for unit in units},
                addresses=units,
            )
        )
        url = urllib.parse.urlsplit(json.loads(offer.app["ingress"])["url"])
        _until_known(url)
        return url

    return relate


def _until_known(url: urllib.parse.SplitResult) -> None:
    # The table of routes reaches the relay through a pipe.
    for _ in range(200):
        _, text = ask(url, "/-")
        if "No application has this path" not in text and "none is there" not in text:
            return
        time.sleep(0.01)


def connect(url: urllib.parse.SplitResult) -> http.client.HTTPConnection:
    return http.client.HTTPConnection(url.hostname, url.port, timeout=10)


def ask(url, path="/", method="GET", body=None, **headers) -> tuple[int, str]:
    with contextlib.closing(connect(url)) as connection:
        connection.request(method, url.path + path, body, headers)
        response = connection.getresponse()
        return response.status, response.read().decode()


def seen(url, path="/", method="GET", body=None, **headers) -> dict[str, object]:
    status, text = ask(url, path, method, body, **headers)
    assert status == 200, text
    return json.loads(text)


def test_the_applications_path_is_taken_off(related, unit):
    url = related(unit("a"))
    assert url.path == "/local-my-web"
    assert seen(url, "/page?x=1&y=%20")["path"] == "/page?x=1&y=%20"


def test_the_path_itself_is_the_root(related, unit):
    assert seen(related(unit("a")), "")["path"] == "/"
    assert seen(related(unit("a")), "?x=1")["path"] == "/?x=1"


def test_the_path_is_kept_if_the_charm_does_not_ask_for_more(related, unit):
    url = related(unit("a"), app={"model": '"local"', "name": '"my-web"', "port": "8000"})
    assert seen(url, "/page")["path"] == "/local-my-web/page"


def test_units_take_turns(related, unit):
    url = related(unit("a"), unit("b"))
    assert [seen(url)["unit"] for _ in range(4)] in (list("abab"), list("baba"))


def test_a_unit_that_does_not_answer_is_passed_over(related, unit):
    url = related("127.0.0.1:9", unit("b"))
    assert [seen(url)["unit"] for _ in range(3)] == ["b", "b", "b"]


def test_what_the_client_said_is_announced_as_traefik_does(related, unit):
    url = related(unit("a"))
    headers = seen(url, Host="shop.example", **{"X-Forwarded-For": "6.6.6.6"})["headers"]
    assert headers["host"] == "shop.example"
    assert {name: headers[name] for name in headers if name.startswith("x-")} == {
        "x-forwarded-for": "127.0.0.1",
        "x-forwarded-host": "shop.example",
        "x-forwarded-port": str(url.port),
        "x-forwarded-proto": "http",
        "x-forwarded-prefix": "/local-my-web",
        "x-forwarded-server": "paas-app-charmer",
        "x-real-ip": "127.0.0.1",
    }


@pytest.mark.parametrize("size", [3, 1_000_000])
def test_a_body_reaches_the_unit(related, unit, size):
    assert seen(related(unit("a")), "/", "POST", "x" * size)["body"] == "x" * size


def test_a_body_in_chunks_reaches_the_unit(related, unit):
    assert seen(related(unit("a")), "/", "POST", iter([b"one", b"two"]))["body"] == "onetwo"


@pytest.mark.parametrize("path", ["/", "/chunked", "/until-the-end"])
def test_every_kind_of_response_is_whole(related, unit, path):
    assert seen(related(unit("a")), path)["path"] == path


def test_a_response_without_body_ends_at_once(related, unit):
    assert ask(related(unit("a")), method="HEAD") == (200, "")


def test_a_clients_connection_is_kept(related, unit):
    url = related(unit("a"))
    with contextlib.closing(connect(url)) as connection:
        ports: set[int] = set()
        for path in ("/", "/chunked", "/"):
            connection.request("GET", url.path + path)
            assert json.loads(connection.getresponse().read())["path"] == path
            ports.add(connection.sock.getsockname()[1])
    assert len(ports) == 1


def test_another_protocol_passes_through(related):
    async def talk() -> bytes:
        async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            head = await reader.readuntil(b"\r\n\r\n")
            if {b"upgrade: echo", b"connection: upgrade"} <= set(head.lower().split(b"\r\n")):
                writer.write(b"HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\n\r\n")
            else:
                writer.close()
                return
            while piece := await reader.read(100):
                writer.write(piece.upper())
                await writer.drain()
            writer.close()

        server = await asyncio.start_server(echo, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        url = await asyncio.to_thread(related, f"127.0.0.1:{port}")
        reader, writer = await asyncio.open_connection(url.hostname, url.port)
        writer.write(
            f"GET {url.path}/ HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\n"
            "Upgrade: echo\r\n\r\n".encode()
        )
        assert b" 101 " in await reader.readuntil(b"\r\n\r\n")
        writer.write(b"hello")
        answer = await reader.readexactly(5)
        writer.close()
        server.close()
        return answer

    assert asyncio.run(talk()) == b"HELLO"


def test_what_comes_before_the_response_is_passed_on(related, unit):
    url = related(unit("a"))
    with socket.create_connection((url.hostname, url.port)) as client:
        client.sendall(
            f"POST {url.path}/ HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n"
            "Expect: 100-continue\r\n\r\n".encode()
        )
        assert client.recv(100).startswith(b"HTTP/1.1 100 Continue\r\n")
        client.sendall(b"ok")
        assert client.recv(10_000).startswith(b"HTTP/1.1 200")


def test_no_unit_that_answers_is_told_in_plain_words(related):
    status, text = ask(related("127.0.0.1:9"))
    assert status == 503
    assert text.startswith("No unit of the application answers (tried: 127.0.0.1:9).")


def test_a_unit_that_closes_without_response_is_told_in_plain_words(related, unit):
    status, text = ask(related(unit("a")), "/close")
    assert (status, text.partition(".")[0]) == (
        502,
        "The unit closed the connection without a response",
    )


def test_another_path_is_not_found_and_the_right_one_named(related, unit):
    url = related(unit("a"))
    status, text = ask(url._replace(path="/other"))
    assert status == 404
    assert url.geturl() in text


def test_a_path_that_only_begins_alike_is_not_the_applications(related, unit):
    status, _ = ask(related(unit("a")), "-2/")
    assert status == 404


def test_a_request_that_is_no_http_ends_its_connection_and_nothing_else(related, unit):
    url = related(unit("a"))
    with socket.create_connection((url.hostname, url.port)) as client:
        client.sendall(b"nonsense\r\n\r\n")
        assert client.recv(100) == b""
    assert seen(url)["unit"] == "a"


def test_scaling_changes_where_requests_go(related, unit):
    url = related(unit("a"))
    related(unit("b"))
    for _ in range(100):
        if seen(url)["unit"] == "b":
            break
        time.sleep(0.01)
    assert [seen(url)["unit"] for _ in range(2)] == ["b", "b"]


def test_a_removed_relation_leads_nowhere(running, related, unit):
    url = related(unit("a"))
    running.withdraw(1)
    for _ in range(100):
        if ask(url)[0] == 503:
            break
        time.sleep(0.01)
    assert ask(url) == (503, "No application is behind this ingress yet.\n")


def test_the_port_outlives_a_run(tmp_path):
    context = services.Context(folder=tmp_path, model="local", application="my-web")
    descriptions: set[str] = set()
    for _ in range(2):
        running = services.find("ingress").start(context)
        descriptions.add(running.description)
        running.stop()
    assert len(descriptions) == 1


def test_a_port_that_is_taken_is_refused_by_its_number(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        context = services.Context(folder=tmp_path, model="local", application="a", port=port)
        with pytest.raises(errors.LocalError, match=f"port {port}; another one can be chosen"):
            services.find("ingress").start(context)


@pytest.mark.parametrize("app", [{}, {"model": '"local"'}, {"name": "not JSON"}])
def test_half_a_request_gets_nothing_yet(app):
    request = services.Request(relation_id=1, endpoint="ingress", app=app, units={})
    assert ingress.route_for(request, model="local") is None


def test_units_that_have_not_asked_yet_get_no_requests():
    request = services.Request(
        relation_id=1,
        endpoint="ingress",
        app=ASKED,
        units={"my-web/0": {}},
        addresses={"my-web/10": "127.0.0.1:8010", "my-web/0": "127.0.0.1:8000"},
    )
    route = ingress.route_for(request, model="local")
    assert route == {"prefix": "/local-my-web", "strip": True, "units": ["127.0.0.1:8000"]}
