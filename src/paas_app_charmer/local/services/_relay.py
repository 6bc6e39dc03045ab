"""A program: one port in front of several units, with the application's path taken off.

Its argument is the port. Each line on its standard input is the whole table of routes, as JSON:
`[{"prefix", "strip", "units": ["host:port"]}]`. It ends with its input.

A unit gets every request on a connection of its own, so that the end of a response is known
even if the server does not announce it. Connections of clients are kept.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import sys
import typing

from paas_app_charmer.local.services import _http

if typing.TYPE_CHECKING:
    from collections.abc import Mapping

_HOST = "127.0.0.1"
_CONNECT_WITHIN = 5.0
_OF_ONE_CONNECTION = (b"connection", b"keep-alive", b"proxy-connection")
_ANNOUNCED = (
    *(b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-port", b"x-forwarded-proto"),
    *(b"x-forwarded-prefix", b"x-forwarded-server", b"x-real-ip"),
)

Route = typing.Mapping[str, typing.Any]


class Refusal(Exception):  # noqa: N818  it is a response, not a fault
    """The relay's own answer instead of a unit's."""

    def __init__(self, status: str, text: str) -> None:
        super().__init__(text)
        self.status = status

    def encoded(self) -> bytes:
        """Return the whole response."""
        text = f"{self}\n".encode()
        head = f"HTTP/1.1 {self.status}\r\nContent-Type: text/plain\r\nConnection: close\r\n"
        return f"{head}Content-Length: {len(text)}\r\n\r\n".encode() + text


class Relay:
    """Serves clients by the newest table of routes."""

    def __init__(self, port: int) -> None:
        self.routes: list[Route] = []
        self._port = port
        self._turn = itertools.count()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one client's requests until it leaves."""
        with contextlib.suppress(OSError, ValueError, EOFError, asyncio.LimitOverrunError):
            while True:
                request = await _http.read_head(reader)
                try:
                    is_kept = await self._exchange(request, reader, writer)
                except Refusal as refusal:
                    writer.write(refusal.encoded())
                    is_kept = False  # the body of the request has not been read
                await writer.drain()
                if not is_kept:
                    break
        writer.close()

    async def _exchange(
        self, request: _http.Head, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        method, target, version = request.line.split(b" ", 2)
        route = self._route(target.decode("latin-1"))
        prefix = str(route["prefix"])
        if route["strip"]:
            rest = target[len(prefix) :]
            target = rest if rest.startswith(b"/") else b"/" + rest
        from_unit, to_unit = await self._connect(route)
        client = str(writer.get_extra_info("peername")[0])
        headers = forwarded(request, prefix=prefix, client=client, port=self._port)
        to_unit.write(_http.Head(b" ".join((method, target, version)), headers).encoded())
        sending = asyncio.create_task(_http.copy_body(request, reader, to_unit))
        try:
            response = await _final_head(from_unit, writer)
            if b" 101 " in response.line:
                await _join((reader, to_unit), (from_unit, writer), response)
                return False
            is_kept = await _respond(request, response, from_unit, writer)
            return is_kept and sending.done() and sending.exception() is None
        finally:
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)
            to_unit.close()

    def _route(self, target: str) -> Route:
        path = target.partition("?")[0]
        for route in self.routes:
            if path == route["prefix"] or path.startswith(f"{route['prefix']}/"):
                return route
        if not self.routes:
            # An application that is about to come has not answered yet, whoever waits for it.
            raise Refusal("503 Service Unavailable", "No application is behind this ingress yet.")
        known = ", ".join(f"http://{_HOST}:{self._port}{route['prefix']}" for route in self.routes)
        raise Refusal("404 Not Found", f"No application has this path. There is: {known}")

    async def _connect(self, route: Route) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        units: list[str] = route["units"]
        first = next(self._turn)
        for number in range(len(units)):
            host, _, port = units[(first + number) % len(units)].rpartition(":")
            with contextlib.suppress(OSError, asyncio.TimeoutError):
                return await asyncio.wait_for(
                    asyncio.open_connection(host, int(port)), _CONNECT_WITHIN
                )
        raise Refusal(
            "503 Service Unavailable",
            f"No unit of the application answers (tried: {', '.join(units) or 'none is there'}). "
            "`paas-app-charmer status` says why.",
        )


def forwarded(
    request: _http.Head, *, prefix: str, client: str, port: int
) -> tuple[tuple[bytes, bytes], ...]:
    """Return the headers for the unit: what Traefik adds, and one request for each connection."""
    is_upgrade = b"upgrade" in request.get(b"connection").lower()
    passed = request.without(*_OF_ONE_CONNECTION, *_ANNOUNCED)
    host = request.get(b"host")
    announced: Mapping[bytes, bytes] = {
        b"x-forwarded-for": client.encode(),
        b"x-forwarded-host": host,
        b"x-forwarded-port": str(port).encode(),
        b"x-forwarded-proto": b"http",
        b"x-forwarded-prefix": prefix.encode(),
        b"x-forwarded-server": b"paas-app-charmer",
        b"x-real-ip": client.encode(),
    }
    return (*passed, *announced.items(), (b"connection", b"Upgrade" if is_upgrade else b"close"))


async def _final_head(from_unit: asyncio.StreamReader, writer: asyncio.StreamWriter) -> _http.Head:
    """Read the response's head, passing on what comes before it, such as `100 Continue`."""
    try:
        while True:
            head = await _http.read_head(from_unit)
            if not head.line.split(b" ")[1].startswith(b"1") or b" 101 " in head.line:
                return head
            writer.write(head.encoded())
            await writer.drain()
    except (OSError, ValueError, EOFError, asyncio.LimitOverrunError):
        raise Refusal(
            "502 Bad Gateway",
            "The unit closed the connection without a response. "
            "`paas-app-charmer logs` shows what it wrote.",
        ) from None


async def _respond(
    request: _http.Head,
    response: _http.Head,
    from_unit: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
) -> bool:
    status = response.line.split(b" ")[1]
    has_body = not request.line.startswith(b"HEAD ") and status not in {b"204", b"304"}
    is_announced = not has_body or response.is_chunked or response.length is not None
    wish = request.get(b"connection").lower()
    is_modern = request.line.endswith(b"HTTP/1.1")
    is_kept = is_announced and (b"keep-alive" in wish or (is_modern and b"close" not in wish))
    connection = (b"connection", b"keep-alive" if is_kept else b"close")
    headers = (*response.without(*_OF_ONE_CONNECTION), connection)
    writer.write(_http.Head(response.line, headers).encoded())
    if has_body and is_announced:
        await _http.copy_body(response, from_unit, writer)
    elif has_body:
        await _http.copy_rest(from_unit, writer)
    return is_kept


async def _join(
    up: tuple[asyncio.StreamReader, asyncio.StreamWriter],
    down: tuple[asyncio.StreamReader, asyncio.StreamWriter],
    response: _http.Head,
) -> None:
    """Pass bytes both ways: the two sides have agreed on another protocol, as a rule WebSocket."""
    down[1].write(response.encoded())
    directions = [asyncio.create_task(_http.copy_rest(*way)) for way in (up, down)]
    _, unfinished = await asyncio.wait(directions, return_when=asyncio.FIRST_COMPLETED)
    for direction in unfinished:
        direction.cancel()


async def _main(port: int) -> None:
    relay = Relay(port)
    await asyncio.start_server(relay.serve, _HOST, port)
    orders = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(orders), sys.stdin
    )
    print("listening", flush=True)  # noqa: T201  our answer to whoever started us
    while line := await orders.readline():
        relay.routes = json.loads(line)


if __name__ == "__main__":
    asyncio.run(_main(int(sys.argv[1])))
