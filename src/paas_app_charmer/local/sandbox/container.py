"""A container's file system on this machine: the host's, read-only, with a layer of its own.

It is a mount namespace without a process of its own; whoever is inside `sandbox.enter` can start
programs in it.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import pathlib
import signal
import socket
import subprocess
import typing

from paas_app_charmer.local import errors

from . import namespaces, rootfs

if typing.TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import IO, Any


@dataclasses.dataclass(frozen=True, kw_only=True)
class File:
    """A file of a container's own."""

    text: str
    mode: int = 0o644


def _nothing() -> Mapping[str, Any]:
    return {}


@dataclasses.dataclass(frozen=True, kw_only=True)
class View:
    """What a container sees beside the host's own folders. Paths in it are absolute."""

    writable: Mapping[str, pathlib.Path] = dataclasses.field(default_factory=_nothing)
    """Path in the container to a folder or file of the host, read and write."""
    readable: Mapping[str, pathlib.Path] = dataclasses.field(default_factory=_nothing)
    """The same, read-only."""
    files: Mapping[str, File] = dataclasses.field(default_factory=_nothing)
    """Files of its own; like all that is its own, in memory and gone with it."""
    folders: tuple[str, ...] = ()
    """Empty folders of its own; /tmp, /var/tmp and /var/log always are."""
    commands: Mapping[str, File | str] = dataclasses.field(default_factory=_nothing)
    """Programs by bare name, found before the host's: a script, or where a link leads."""


class Container:
    """A view that is there: programs can be started in it until it is closed."""

    def __init__(self, namespace: int) -> None:
        self._namespace = namespace

    def spawn(
        self,
        argv: Sequence[str],
        *,
        env: Mapping[str, str],
        cwd: str = "/",
        stdin: int | IO[Any] | None = subprocess.DEVNULL,
        stdout: int | IO[Any] | None = None,
        stderr: int | IO[Any] | None = None,
        new_session: bool = True,
        user: int | None = None,
    ) -> subprocess.Popen[bytes]:
        """Start a program. `env` is its whole environment.

        `user`, a uid and gid, needs `Mode.ROOT`; some programs refuse to run as root.
        """
        namespace = self._namespace

        def move_in() -> None:
            namespaces.join(namespace, namespaces.NEWNS)
            namespaces.drop_ambient_capabilities()
            if user is not None:
                os.setgroups([])
                os.setresgid(user, user, user)
                os.setresuid(user, user, user)
            os.chdir(cwd)

        try:
            return subprocess.Popen(
                argv,
                env=dict(env),
                stdin=stdin,
                stdout=stdout,
                stderr=stderr,
                start_new_session=new_session,
                # Only the child itself can join the namespace: the kernel refuses it to a process
                # with threads, and so there is no way around this hook.
                preexec_fn=move_in,  # noqa: PLW1509
            )
        except subprocess.SubprocessError as error:
            # What failed in the child is not told; the folder is what a caller can get wrong.
            raise errors.LocalError(f"{argv[0]} cannot be started in {cwd}") from error

    def kill(self) -> None:
        """Kill every process in it, also those that nobody is the parent of any more."""
        mine = os.fstat(self._namespace).st_ino
        for process in processes():
            with contextlib.suppress(OSError):
                if pathlib.Path(f"/proc/{process}/ns/mnt").stat().st_ino == mine:
                    os.kill(process, signal.SIGKILL)

    def close(self) -> None:
        """Let the file system go as soon as the last process in it ends; this ends none."""
        if self._namespace >= 0:
            os.close(self._namespace)
            self._namespace = -1

    def __enter__(self) -> Container:  # noqa: PYI034  typing.Self is newer than Python 3.10
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def processes() -> list[int]:
    """List the run's processes; none if /proc is not its own, where numbers mean others."""
    if pathlib.Path("/proc/self").readlink().name != str(os.getpid()):
        return []
    return [int(path.name) for path in pathlib.Path("/proc").glob("[0-9]*")]


def build(view: View) -> Container:
    """Make the file system; a few milliseconds. Works only inside `sandbox.enter`."""
    ours, theirs = socket.socketpair()
    child = os.fork()
    if child == 0:
        ours.close()
        _build_in_child(view, theirs)
    theirs.close()
    with ours:
        message, descriptors, _, _ = socket.recv_fds(ours, 4096, maxfds=1)
    os.waitpid(child, 0)
    if not descriptors:
        raise errors.LocalError(f"The container's file system cannot be made: {message.decode()}")
    return Container(descriptors[0])


def _build_in_child(view: View, theirs: socket.socket) -> typing.NoReturn:
    try:
        namespaces.unshare(namespaces.NEWNS)
        rootfs.make(view)
        # The namespace outlives this process for as long as somebody holds it open.
        namespace = os.open("/proc/self/ns/mnt", os.O_RDONLY)
        socket.send_fds(theirs, [b"made"], [namespace])
    except BaseException as error:  # noqa: BLE001  it has to reach the process that reports errors
        theirs.send(str(error).encode()[:4000])
    os._exit(0)
