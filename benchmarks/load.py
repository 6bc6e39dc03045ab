"""A constant load, and what became of each request.

It is an open loop: a request is sent at its moment, however late the answers to earlier ones are.
A closed loop would wait while the server is away, and so count one loss where users see fifty. It
is what keeps a worker busy with one long request after the other.
"""

from __future__ import annotations

import asyncio
import collections
import contextlib
import dataclasses
import itertools
import selectors
import socket
import threading
import time
from collections.abc import Generator, Iterable

TIMEOUT = 10.0
"""Seconds after which an answer comes too late for anybody."""
_BREATH = 0.1
"""Seconds after a loss, for who waits for each answer."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Request:
    """One request and its end."""

    delay: float
    """Seconds from the moment at which it was due to the end of its answer."""
    ended: float
    """By the monotonic clock."""
    loss: str
    """Why there was no good answer; empty if there was."""

    @property
    def due(self) -> float:
        """When it was to be sent, by the monotonic clock."""
        return self.ended - self.delay


class Load:
    """GET requests for one page of a server, sent between ``start`` and ``stop``."""

    def __init__(self, address: str, path: str = "/pid", *, rate: int = 50) -> None:
        """Prepare; with a ``rate`` of 0 a request is sent when the one before it has ended."""
        host, _, port = address.rpartition(":")
        self._address = host, int(port)
        self._message = f"GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"
        self._rate = rate
        self._stop = threading.Event()
        send = self._send_at_a_rate if rate else self._send_in_turn
        self._thread = threading.Thread(target=lambda: asyncio.run(send()), name="load")
        self.requests: list[Request] = []

    @property
    def lost(self) -> dict[str, int]:
        """How many requests were lost, by the reason."""
        return dict(collections.Counter(one.loss for one in self.requests if one.loss))

    @property
    def longest_gap(self) -> float:
        """Seconds between two good answers, at the worst."""
        return longest_gap(self.requests)

    def start(self) -> None:
        """Begin to send."""
        self._thread.start()

    def stop(self) -> None:
        """Send no more and wait for the answers that are due."""
        self._stop.set()
        self._thread.join()

    async def _send_in_turn(self) -> None:
        while not self._stop.is_set():
            await self._request(time.monotonic())
            if self.requests[-1].loss:
                await asyncio.sleep(_BREATH)

    async def _send_at_a_rate(self) -> None:
        started = time.monotonic()
        under_way: set[asyncio.Task[None]] = set()
        number = 0
        while not self._stop.is_set():
            number += 1
            due = started + number / self._rate
            await asyncio.sleep(due - time.monotonic())
            task = asyncio.create_task(self._request(due))
            under_way.add(task)
            task.add_done_callback(under_way.discard)
        await asyncio.gather(*under_way)

    async def _request(self, due: float) -> None:
        try:
            loss = await asyncio.wait_for(self._ask(), TIMEOUT)
        except ConnectionRefusedError:
            loss = "refused"
        except asyncio.TimeoutError:
            loss = "no answer in time"
        except OSError:
            loss = "reset"
        ended = time.monotonic()
        self.requests.append(Request(delay=ended - due, ended=ended, loss=loss))

    async def _ask(self) -> str:
        """Return why there was no good answer, empty if there was."""
        reader, writer = await asyncio.open_connection(*self._address)
        try:
            writer.write(self._message.encode())
            head, _, body = (await reader.read(-1)).partition(b"\r\n\r\n")
        finally:
            writer.close()
        if not head:
            return "closed without an answer"
        first, *fields = head.decode("latin-1").lower().split("\r\n")
        headers = dict(field.split(": ", 1) for field in fields)
        if len(body) < int(headers.get("content-length", 0)):
            return "closed in the middle of the answer"
        status = first.split()[1]
        return "" if status < "400" else f"status {status}"


def longest_gap(requests: Iterable[Request]) -> float:
    """Return the seconds between two good answers, at the worst."""
    ends = sorted(one.ended for one in requests if not one.loss)
    return max((later - sooner for sooner, later in itertools.pairwise(ends)), default=0)


@contextlib.contextmanager
def on(address: str, path: str = "/pid", *, rate: int = 50) -> Generator[Load]:
    """Load a server for as long as the ``with`` block lasts."""
    load = Load(address, path, rate=rate)
    load.start()
    try:
        yield load
    finally:
        load.stop()


def flat_out(address: str, path: str, *, requests: int, connections: int = 4) -> float:
    """Ask as often as a server can answer, and return how many answers a second that makes.

    It is a closed loop, which finds what a server can do and not what users would lose.
    """
    host, _, port = address.rpartition(":")
    message = (
        f"GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n"
        "Accept: */*\r\nUser-Agent: benchmark\r\nX-Request-Id: 5f2b1c9e\r\n\r\n"
    ).encode()

    def send() -> None:
        connection = socket.create_connection((host, int(port)), timeout=TIMEOUT)
        connection.sendall(message)
        waiting.register(connection, selectors.EVENT_READ, connection)

    started = time.monotonic()
    with selectors.DefaultSelector() as waiting:
        for _ in range(connections):
            send()
        sent = connections
        while waiting.get_map():
            for key, _ in waiting.select():
                connection: socket.socket = key.data
                if connection.recv(65536):
                    continue
                waiting.unregister(connection)
                connection.close()
                if sent < requests:
                    send()
                    sent += 1
    return requests / (time.monotonic() - started)
