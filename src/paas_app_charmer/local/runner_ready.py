"""Whether the application answers yet, and if not, what holds it back."""

from __future__ import annotations

import concurrent.futures
import dataclasses
import http.client
import threading
import time
import typing
import urllib.parse

from . import errors

if typing.TYPE_CHECKING:
    from collections.abc import Sequence

    from . import engine as juju
    from . import runner

TIMEOUT = 2.0
"""Seconds for one try."""
LOOK = 0.05
"""Seconds between two tries."""
PATIENCE = 20.0
"""Seconds that an application which its charm calls active may take to answer."""
START = 60.0
"""Seconds that a charm may wait, for example for a program that takes its time to start."""
REST = 5.0
"""Seconds that the charm may take to say what the application's answer says already."""
LONGEST = 300.0
"""Seconds after which it is said that nothing answers, whatever still goes on."""
MODEL = "localhost"
"""The model's name. Browsers lead every name below it to this machine, so what the charm takes for
its address, http://APPLICATION.MODEL:PORT, works here, for example for Django's ALLOWED_HOSTS."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Verdict:
    """How far the start has come."""

    url: str | None = None
    """Where the application answers."""
    reason: str | None = None
    """Why it does not, though nothing is under way any more."""
    final: bool = False
    """The reason is one that the runner cannot live with."""


class Start:
    """Follows how the runner starts, until the application answers."""

    def __init__(self, running: runner.Runner) -> None:
        self._running = running
        self.verdict = Verdict()
        """How it stands now."""

    def follow(self, tasks: Sequence[concurrent.futures.Future[None]]) -> None:
        """Look, in a thread, for an answer while `tasks` bring up all that is needed for one."""
        threading.Thread(target=self._follow, args=(tasks,), name="start", daemon=True).start()

    def _follow(self, tasks: Sequence[concurrent.futures.Future[None]]) -> None:
        begun = settled_since = time.monotonic()
        before = held_back(self._running.engine)
        while not self._running.stopping.wait(LOOK):
            failure = _failure(tasks)
            if failure:
                self.verdict = Verdict(reason=failure, final=True)
                return
            if not all(task.done() for task in tasks):
                continue
            url = self._running.url()
            url = url and answering(url, application=self._running.blueprint.application)
            if url:
                self.verdict = Verdict(url=url)
                return
            now = time.monotonic()
            settled = is_settled(self._running.engine)
            # After that, or it could be the reason before the last hook.
            reason = held_back(self._running.engine)
            if settled and reason == before:
                if now - settled_since > patience(self._running.engine):
                    self.verdict = Verdict(reason=reason or self._silence())
            else:
                settled_since, before = now, reason
                if now - begun > LONGEST:
                    self.verdict = Verdict(reason=f"nothing answers after {LONGEST:.0f} seconds")

    def _silence(self) -> str:
        if self._running.url() is None:
            return "the charm is active but has been given no URL by its ingress"
        return f"the charm is active but nothing answers at {self._running.url()}"


def is_settled(engine: juju.Engine) -> bool:
    """Tell whether no hook runs or is due; one that failed waits for the user."""
    return bool(in_error(engine)) or engine.wait_idle(0)


def is_at_rest(engine: juju.Engine) -> bool:
    """Tell whether nothing is under way and every unit says that it serves."""
    return is_settled(engine) and held_back(engine) is None


def come_to_rest(engine: juju.Engine, stopping: threading.Event) -> None:
    """Wait a while until the charm says what the application's answer says.

    Whoever is told the URL may ask for the status next. The application itself is not asked
    again: it may count its visitors.
    """
    deadline = time.monotonic() + REST
    while time.monotonic() < deadline and not is_at_rest(engine):
        if stopping.wait(LOOK):
            return


def in_error(engine: juju.Engine) -> list[str]:
    """Name the units whose hook failed."""
    return [name for name, unit in _units(engine) if unit["error"]]


def held_back(engine: juju.Engine) -> str | None:
    """Say in the charm's words which unit does not serve, and why."""
    for name, unit in _units(engine):
        status = unit["workload-status"]
        if status["current"] != "active":
            message = f": {status['message']}" if status["message"] else ""
            return f"{name} is {status['current']}{message}"
    return None


def patience(engine: juju.Engine) -> float:
    """Return for how many seconds something may still come of how it stands."""
    found = {unit["workload-status"]["current"] for _, unit in _units(engine)}
    if in_error(engine) or not found <= {"active", "waiting"}:
        return 0.0
    return START if "waiting" in found else PATIENCE


def _units(engine: juju.Engine) -> list[tuple[str, typing.Any]]:
    (application,) = engine.snapshot()["applications"].values()
    return list(application["units"].items())


def _failure(tasks: Sequence[concurrent.futures.Future[None]]) -> str | None:
    for task in tasks:
        error = task.exception() if task.done() else None
        if isinstance(error, errors.LocalError):
            return str(error)
        if error is not None:
            return f"the runner failed: {type(error).__name__}: {error}"
    return None


def answering(url: str, *, application: str) -> str | None:
    """Return the URL under which the application answers at the address of `url`.

    That is `url` itself or, if it accepts only the host name that its charm knows, the same with
    that name. An error of the server's own is no answer.
    """
    parts = urllib.parse.urlsplit(url)
    named = f"{application}.{MODEL}:{parts.port}"
    for host in (parts.netloc, named):
        status = _status(parts, host)
        if status is not None and status < http.client.BAD_REQUEST:
            return parts._replace(netloc=host).geturl()
        if status != http.client.BAD_REQUEST:
            return (
                url if status is not None and status < http.client.INTERNAL_SERVER_ERROR else None
            )
    return url


def _status(parts: urllib.parse.SplitResult, host: str) -> int | None:
    connection = http.client.HTTPConnection(
        parts.hostname or "127.0.0.1", parts.port, timeout=TIMEOUT
    )
    try:
        connection.request("GET", parts.path or "/", headers={"Host": host})
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
