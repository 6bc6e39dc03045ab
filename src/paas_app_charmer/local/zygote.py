"""A process that has ops and the library imported already and forks one child per hook.

It is run by path, not as part of the package, with the unit's Python and inside the unit's
namespaces: `python -I zygote.py UNIT ADDRESS`. It connects to the agent and gets one frame per
hook: the number of variables, the variables as `KEY=VALUE`, and the program to run; with the frame
come two file descriptors for the hook's output. It answers with the exit code. The charm's own
code is imported by the child only, so every hook runs the code that is on disk.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import io
import os
import pathlib
import runpy
import select
import signal
import socket
import sys
import traceback

TYPE_CHECKING = False
if TYPE_CHECKING:
    from paas_app_charmer.local import preload, shortcut, toolclient
else:
    # Not from the package, which is the charm's: it may be another one, or of another version.
    sys.path.insert(0, str(pathlib.Path(__file__).parent))
    import preload
    import shortcut
    import toolclient

    del sys.path[0]

_DESCRIPTORS = 2


def main() -> int:
    """Serve until the agent closes the connection."""
    unit, address = sys.argv[1:3]
    preload.others()
    library = preload.Package(preload.LIBRARY, ("integrations",))
    # What is there now is never freed in a child; looking at it would only copy its pages.
    gc.collect()
    gc.freeze()
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    toolclient.connect(connection, address)
    connection.sendall(toolclient.encode(("zygote", unit)))
    while True:
        head, descriptors, _, _ = socket.recv_fds(connection, 4, _DESCRIPTORS)
        fields = _fields(connection, head)
        if fields is None:
            return 0
        child = os.fork()
        if child == 0:
            connection.close()
            os._exit(_run(fields, descriptors, library))
        for descriptor in descriptors:
            os.close(descriptor)
        code = _wait(child, connection)
        if code is None:
            return 0
        connection.sendall(toolclient.encode((str(code),)))


def _fields(connection: socket.socket, head: bytes) -> list[str] | None:
    pending = io.BytesIO(head)
    return toolclient.receive(lambda size: pending.read(size) or connection.recv(size))


def _wait(child: int, connection: socket.socket) -> int | None:
    """Wait for the child; when the agent goes away, end the hook and all that it has started."""
    process = os.pidfd_open(child)
    try:
        ready, _, _ = select.select([process, connection], [], [])
        if process not in ready:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return None
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    finally:
        os.close(process)


def _run(fields: list[str], descriptors: list[int], library: preload.Package) -> int:
    """Be the hook: its environment, output and directory, then the charm as `__main__`."""
    count, *rest = fields
    variables, (program,) = rest[: int(count)], rest[int(count) :]
    os.setsid()
    for target, descriptor in enumerate(descriptors, start=1):
        os.dup2(descriptor, target)
    os.environ.clear()
    for variable in variables:
        key, _, value = variable.partition("=")
        os.environ[key] = value
    charm = pathlib.Path(os.environ["JUJU_CHARM_DIR"])
    os.chdir(charm)
    own = [charm / "src", charm / "lib"]
    sys.path[:0] = map(str, own)
    library.leave_to(own)
    sys.argv = [program]
    shortcut.install()
    try:
        runpy.run_path(program, run_name="__main__")
    except SystemExit as stop:
        return _exit_code(stop)
    except BaseException:  # noqa: BLE001  as the interpreter does at the end of a program
        # ops replaces the hook for uncaught exceptions to send them to juju-log.
        sys.excepthook(*sys.exc_info())  # pyright: ignore[reportArgumentType]  there is one here
        return 1
    finally:
        _flush()
    return 0


def _exit_code(stop: SystemExit) -> int:
    if stop.code is None or isinstance(stop.code, int):
        return (stop.code or 0) & 0xFF
    sys.stderr.write(f"{stop.code}\n")
    return 1


def _flush() -> None:
    """Do what the interpreter would do at its end."""
    with contextlib.suppress(Exception):
        atexit._run_exitfuncs()  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  no other way
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
    except OSError:
        traceback.print_exc()
        sys.exit(1)
