"""Where a project keeps what: the folders, the lock, and what the runner itself remembers."""

from __future__ import annotations

import contextlib
import dataclasses
import fcntl
import json
import os
import pathlib
import shutil
import signal
import threading
import time
import typing

from . import errors

if typing.TYPE_CHECKING:
    from collections.abc import Generator

CHARM_FILE = "charmcraft.yaml"
ROCK_FILE = "rockcraft.yaml"
STATE = ".paas"
LOCK = "runner.pid"
MEMORY = "runner.json"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Project:
    """One application with its rock and charm."""

    folder: pathlib.Path
    """Holds rockcraft.yaml and the application."""
    charm: pathlib.Path
    """Holds charmcraft.yaml, or what a packed charm holds."""
    packed: pathlib.Path | None = None
    """The packed charm."""

    @property
    def state(self) -> pathlib.Path:
        """Everything that the runner keeps; `down --clean` removes it."""
        return self.folder / STATE


def find(start: pathlib.Path) -> Project:
    """Find the project that `start` is, is the charm of, or lies in."""
    start = start.resolve()
    for folder in (start, *start.parents):
        charm = _charm(folder)
        if charm:
            return _with_rock(charm)
    raise errors.LocalError(
        f"no {CHARM_FILE} in {start}, its folder `charm` or above: name the folder of a project"
    )


def with_packed(file: pathlib.Path, start: pathlib.Path) -> Project:
    """Find the project that `start` is or lies in, to be run with a packed charm."""
    start = start.resolve()
    for folder in (start, *start.parents):
        if (folder / ROCK_FILE).is_file():
            return Project(folder=folder, charm=folder / STATE / "charm", packed=file.resolve())
    raise errors.LocalError(
        f"no {ROCK_FILE} in {start} or above, so there is no application to run {file.name} "
        "with: name its folder with --project"
    )


def find_state(start: pathlib.Path) -> pathlib.Path:
    """Find where the runner of a project keeps its state; that may have a packed charm only."""
    start = start.resolve()
    for folder in (start, *start.parents):
        if _charm(folder):
            break
        if (folder / ROCK_FILE).is_file() and (folder / STATE).is_dir():
            return folder / STATE
    return find(start).state


def _charm(folder: pathlib.Path) -> pathlib.Path | None:
    places = (folder, folder / "charm")
    return next((place for place in places if (place / CHARM_FILE).is_file()), None)


def _with_rock(charm: pathlib.Path) -> Project:
    for folder in (charm, charm.parent):
        if (folder / ROCK_FILE).is_file():
            return Project(folder=folder, charm=charm)
    raise errors.LocalError(
        f"{charm} holds a charm, but there is no {ROCK_FILE} in it or above it"
    )


def running(state: pathlib.Path) -> int | None:
    """Return the process id of the runner that holds the lock, if one does."""
    path = state / LOCK
    if not path.exists():
        return None
    with path.open("r+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return int(file.read() or 0)
    return None


def already_running(process: int) -> errors.LocalError:
    """Return the refusal of a second run."""
    return errors.LocalError(
        f"already running here as process {process}: stop it with `paas-app-charmer down`, "
        "or look at it with `paas-app-charmer status`"
    )


def kill(state: pathlib.Path) -> None:
    """End a runner that does not answer; the kernel ends all that it started with it."""
    process = running(state)
    if process:
        os.kill(process, signal.SIGKILL)


def clean(state: pathlib.Path, *, everything: bool = False) -> None:
    """Forget state and data, and with `everything` what is only slow to make again."""
    kept = () if everything else (LOCK, ".gitignore", "venv", "builds")
    for entry in state.iterdir() if state.exists() else ():
        if entry.name in kept:
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()
    if everything and state.exists():
        state.rmdir()


@contextlib.contextmanager
def lock(state: pathlib.Path) -> Generator[None]:
    """Hold the project; the kernel lets it go when the runner ends, however it ends."""
    state.mkdir(mode=0o700, exist_ok=True)
    # Everything here is made anew by a run and some of it is secret, so no repository wants it.
    (state / ".gitignore").write_text("*\n", encoding="utf-8")
    with (state / LOCK).open("a+") as file:
        if not _take(file):
            file.seek(0)
            raise already_running(int(file.read() or 0))
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def _take(file: typing.TextIO) -> bool:
    for _ in range(5):
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        time.sleep(0.02)  # another command may just be looking whether somebody has it
    return False


@dataclasses.dataclass(kw_only=True)
class Memory:
    """What outlives a run and is no business of Juju's."""

    path: pathlib.Path
    urls: dict[str, str] = dataclasses.field(default_factory=dict[str, str], repr=False)
    """Endpoint to the address of a service that the user named."""
    ports: dict[str, dict[str, int]] = dataclasses.field(default_factory=dict[str, dict[str, int]])
    """Unit to what its ports are for (`port`, `metrics-port`, `statsd`) to the number."""
    _saving: threading.Lock = dataclasses.field(default_factory=threading.Lock, init=False)

    def save(self) -> None:
        """Write it for the next run; the addresses may hold passwords.

        Services start in threads of their own, and each saves when it has started.
        """
        temporary = self.path.with_suffix(".new")
        with self._saving:
            fields = {"urls": dict(self.urls), "ports": dict(self.ports)}
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                json.dump(fields, file, indent=1)
            temporary.replace(self.path)


def remember(state: pathlib.Path) -> Memory:
    """Read what the last run left."""
    path = state / MEMORY
    fields: dict[str, typing.Any] = {}
    if path.exists():
        fields = json.loads(path.read_text(encoding="utf-8"))
    return Memory(path=path, **fields)
