"""HTTP/1 messages as a relay needs them: heads that can be changed, bodies that pass through."""

from __future__ import annotations

import dataclasses
import typing

if typing.TYPE_CHECKING:
    import asyncio

_PIECE = 1 << 16


@dataclasses.dataclass(frozen=True)
class Head:
    """First line and headers of a request or a response; names of headers in lower case."""

    line: bytes
    headers: tuple[tuple[bytes, bytes], ...]

    def get(self, name: bytes) -> bytes:
        """Return a header's value, empty if it is not there."""
        return next((value for key, value in self.headers if key == name), b"")

    def without(self, *names: bytes) -> tuple[tuple[bytes, bytes], ...]:
        """Return the headers but for some."""
        return tuple(header for header in self.headers if header[0] not in names)

    def encoded(self) -> bytes:
        """Return it as it is sent."""
        fields = b"".join(name + b": " + value + b"\r\n" for name, value in self.headers)
        return self.line + b"\r\n" + fields + b"\r\n"

    @property
    def length(self) -> int | None:
        """Bytes in the body, as far as the head says it."""
        text = self.get(b"content-length")
        return int(text) if text.isdigit() else None

    @property
    def is_chunked(self) -> bool:
        """Tell whether the body says itself where it ends."""
        return b"chunked" in self.get(b"transfer-encoding").lower()


async def read_head(reader: asyncio.StreamReader) -> Head:
    """Read one. Raises IncompleteReadError if the sender has closed, ValueError if it is none."""
    text = await reader.readuntil(b"\r\n\r\n")
    line, *fields = text[:-4].split(b"\r\n")
    if line.count(b" ") < 2:  # noqa: PLR2004  three words
        raise ValueError("no HTTP/1 message")
    pairs = (field.partition(b":") for field in fields)
    return Head(line, tuple((name.strip().lower(), value.strip()) for name, _, value in pairs))


async def copy_body(
    head: Head, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    """Pass on the body that a head announces; without an announcement there is none."""
    if head.is_chunked:
        await _copy_chunks(reader, writer)
    elif head.length:
        await _copy_bytes(reader, writer, head.length)


async def copy_rest(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Pass on everything until the sender closes."""
    while piece := await reader.read(_PIECE):
        writer.write(piece)
        await writer.drain()


async def _copy_bytes(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, count: int
) -> None:
    while count:
        piece = await reader.read(min(count, _PIECE))
        if not piece:
            raise ConnectionError("the sender closed in the middle of a body")
        writer.write(piece)
        await writer.drain()
        count -= len(piece)


async def _copy_chunks(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while True:
        line = await reader.readuntil(b"\r\n")
        writer.write(line)
        size = int(line.partition(b";")[0], 16)
        if size == 0:
            break
        await _copy_bytes(reader, writer, size + 2)
    # Trailers, as a rule none, and an empty line.
    while line != b"\r\n":
        line = await reader.readuntil(b"\r\n")
        writer.write(line)
    await writer.drain()
