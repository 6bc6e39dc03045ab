"""What Pebble may do instead of an answer, at any call."""

from __future__ import annotations

import builtins
import dataclasses
import datetime as dt
import http.client
from collections.abc import Callable, Iterable, Mapping, Sequence

import ops

MARK = "hush-"
"""With what every secret value of these tests begins."""


_KILLED = 137
"""Exit code of a process that was killed."""


class Killed(BaseException):
    """The hook's process ends here: nothing in it runs any more, no handler of errors either."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Fault:
    """What goes wrong during one event."""

    at: int
    """The call that it happens at, the first being 1."""
    name: str = ""
    """Of the calls that are counted; all of them by default."""
    kind: str
    """Of ``KINDS``."""
    done: bool = False
    """Whether Pebble did what it was asked for, and only the answer is lost."""
    lasting: bool = False
    """Whether all later calls of the event fare the same."""

    def strikes(self, calls: Sequence[str]) -> bool:
        """Return whether it happens at the last of these calls."""
        counts = [call for call in calls if self.name in {"", call}]
        if self.lasting:
            return len(counts) >= self.at
        return len(counts) == self.at and self.name in {"", calls[-1]}


def _refused(call: str, services: Sequence[str], environment: Mapping[str, str]) -> Exception:
    """Return what Pebble says when it cannot do this, with what a process may have printed."""
    said = printed(environment)
    if call in {"push", "make_dir", "remove_path", "pull"}:
        return ops.pebble.PathError("generic-file-error", "write: no space left on device")
    if call in {"start_services", "restart_services", "replan_services", "stop_services"}:
        output = f"INFO Most recent service output:\n{_indented(said)}"
        return change_error(services, output, "exited quickly with code 1")
    if call in {"wait", "wait_output"}:
        return ops.pebble.ExecError(["a command"], _KILLED, "\n".join(said), None)
    return ops.pebble.APIError({}, 500, "Internal Server Error", "no space left on device")


def change_error(services: Sequence[str], *log: str) -> ops.pebble.ChangeError:
    """Return what ops raises for a change that failed for each of these services."""
    now = dt.datetime.now(tz=dt.timezone.utc)
    tasks = [
        ops.pebble.Task(
            id=ops.pebble.TaskID(name),
            kind="start",
            summary=f'Start service "{name}"',
            status="Error",
            log=list(log),
            progress=ops.pebble.TaskProgress(label="", done=1, total=1),
            spawn_time=now,
            ready_time=now,
        )
        for name in services
    ]
    error = "cannot perform the following tasks"
    change = ops.pebble.Change(
        id=ops.pebble.ChangeID("1"),
        kind="start",
        summary="",
        status="Error",
        tasks=tasks,
        ready=True,
        err=error,
        spawn_time=now,
        ready_time=now,
    )
    return ops.pebble.ChangeError(error, change)


def printed(environment: Mapping[str, str]) -> list[str]:
    """Return what a program prints that tells all it knows, one line far too long."""
    secrets = [value for value in environment.values() if MARK in value]
    return ["Traceback:", *(f"cannot log in with {one}" for one in secrets), *_long(secrets)]


def _long(secrets: Iterable[str]) -> Iterable[str]:
    return (f"{'x' * 190} {one} is wrong" for one in secrets)


def _indented(lines: Iterable[str]) -> str:
    return "\n".join(f"    {line}" for text in lines for line in text.splitlines())


KINDS: dict[str, Callable[[str, Sequence[str], Mapping[str, str]], BaseException]] = {
    "gone": lambda *_: ops.pebble.ConnectionError("socket not found (container restarted?)"),
    # What ops lets through of a connection that breaks after the request.
    "cut": lambda *_: http.client.RemoteDisconnected("closed without response"),
    "short": lambda *_: http.client.IncompleteRead(b"{"),
    "slow": lambda *_: builtins.TimeoutError("timed out"),
    "late": lambda *_: ops.pebble.TimeoutError("timed out waiting for change 1 (30 seconds)"),
    "garbled": lambda *_: ops.pebble.ProtocolError("expected Content-Type 'application/json'"),
    "refused": _refused,
    "killed": lambda *_: Killed(),
}
"""By name: what a call raises, given its name and what it is about: services and variables."""
