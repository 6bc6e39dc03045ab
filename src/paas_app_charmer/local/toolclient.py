"""A hook tool as the charm finds it on PATH: ask the agent, print its answer, exit with its code.

The tools directory holds one program that runs this file and a link to it for every tool. A hook
calls many tools, so this file imports next to nothing, above all nothing of this package: beside
the 6 ms that Python takes to start, `os` alone would take one more, and `json` and `socket` ten.
The zygote's children use `ask` without the process.
"""

from __future__ import annotations

import posix
import sys

try:
    import _socket as socket
except ImportError:
    import socket

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import NoReturn

STDIN = "-"
_CHUNK = 65536
_WIDTH = 4


def encode(fields: Iterable[str]) -> bytes:
    """Make one frame: its length, then each field's length and UTF-8 text."""
    encoded = [field.encode("utf-8", "surrogateescape") for field in fields]
    body = b"".join(len(field).to_bytes(_WIDTH, "big") + field for field in encoded)
    return len(body).to_bytes(_WIDTH, "big") + body


def decode(body: bytes) -> list[str]:
    """Take the body of a frame apart."""
    fields: list[str] = []
    while body:
        end = _WIDTH + int.from_bytes(body[:_WIDTH], "big")
        fields.append(body[_WIDTH:end].decode("utf-8", "replace"))
        body = body[end:]
    return fields


def receive(read: Callable[[int], bytes]) -> list[str] | None:
    """Read one frame; None when the other side has closed."""
    head = _exactly(read, _WIDTH)
    if len(head) < _WIDTH:
        return None
    size = int.from_bytes(head, "big")
    body = _exactly(read, size)
    return decode(body) if len(body) == size else None


def ask(
    address: str, context: str, tool: str, argv: Sequence[str], stdin: Callable[[], str]
) -> tuple[int, str, str]:
    """Send one call and return exit code, standard output and standard error.

    `stdin` reads all of standard input; it is called only if the command line asks for it.
    """
    fields = [context, tool, str(len(argv)), *argv]
    for path in _files(argv):
        try:
            content = stdin() if path == STDIN else _read(path)
        except OSError:
            # The agent answers for a file that is not there, as the real tool would.
            continue
        fields += [path, content]
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connect(connection, address)
        connection.sendall(encode(fields))
        reply = receive(connection.recv)
    finally:
        connection.close()
    if reply is None:
        return 1, "", "ERROR the local agent went away\n"
    code, out, error = reply
    return int(code), out, error


def connect(connection: socket.socket, path: str) -> None:
    """Connect to the socket at a path.

    A socket's address holds 107 bytes and a project's path may be longer, so its name goes by a
    descriptor of its folder.
    """
    folder, _, name = path.rpartition("/")
    descriptor = posix.open(folder, posix.O_PATH)
    try:
        connection.connect(f"/proc/self/fd/{descriptor}/{name}")
    finally:
        posix.close(descriptor)


def main(words: Sequence[str]) -> NoReturn:
    """Be a tool: the command line is the path that it was called by, then its arguments."""
    address, context = map(_variable, (b"JUJU_AGENT_SOCKET_ADDRESS", b"JUJU_CONTEXT_ID"))
    program, *argv = words
    try:
        code, out, error = ask(address, context, program.rpartition("/")[2], argv, sys.stdin.read)
    except OSError as problem:
        code, out, error = 1, "", f"ERROR cannot reach the local agent: {problem}\n"
    try:
        for stream, text in ((sys.stdout, out), (sys.stderr, error)):
            stream.write(text)
            stream.flush()
    except OSError:
        code = 1
    # Nothing is left to do, and the interpreter would take a while to find that out.
    posix._exit(code)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  it is os._exit


def _variable(name: bytes) -> str:
    return posix.environ.get(name, b"").decode("utf-8", "surrogateescape")


def _files(argv: Sequence[str]) -> Iterator[str]:
    """Yield the paths that are named as `--file PATH`, `--file=PATH` or `key#file=PATH`."""
    for position, word in enumerate(argv):
        if word == "--":
            return
        name, equals, value = word.partition("=")
        if equals and (name == "--file" or name.endswith("#file")):
            yield value
        elif word == "--file" and position + 1 < len(argv):
            yield argv[position + 1]


def _read(path: str) -> str:
    with open(path, encoding="utf-8", errors="surrogateescape") as file:  # noqa: PTH123  pathlib costs more than the call
        return file.read()


def _exactly(read: Callable[[int], bytes], size: int) -> bytes:
    found = b""
    while len(found) < size:
        chunk = read(min(size - len(found), _CHUNK))
        if not chunk:
            break
        found += chunk
    return found
