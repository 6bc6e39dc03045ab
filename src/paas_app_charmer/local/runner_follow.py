"""What a unit's Pebble tells: log lines go to the journal, notices become Juju's events."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import http.client
import threading
import time
import typing

from . import errors, logs, runner_pebble

if typing.TYPE_CHECKING:
    import pathlib
    from collections.abc import Callable, Mapping

    from . import engine as juju

_GONE = (OSError, ValueError, http.client.HTTPException, errors.LocalError)
"""How it shows that Pebble ended in the middle of an answer."""
_STARTS = frozenset({"autostart", "start", "restart", "replan"})
"""Changes by which a service may start for the first time."""
_SPAWN = 0.1
"""Seconds from a change's begin to the start of its services' processes, generously."""


@dataclasses.dataclass(kw_only=True, eq=False)
class Follower:
    """Follows the Pebble of one unit until it ends."""

    pebble: pathlib.Path
    """Its socket."""
    unit: str
    container: str
    journal: logs.Journal
    engine: juju.Engine
    _followed: set[str] = dataclasses.field(default_factory=set[str], init=False)

    def start(self) -> None:
        """Begin; nothing has to be stopped."""
        _thread(self._carry_notices)

    def _carry_notices(self) -> None:
        for notice in runner_pebble.notices(self.pebble):
            data: dict[str, str] = notice.get("last-data") or {}
            if notice["type"] == "custom":
                self.engine.pebble_notice(
                    self.unit,
                    self.container,
                    notice_id=notice["id"],
                    notice_type=notice["type"],
                    notice_key=notice["key"],
                )
            elif data.get("kind") in _STARTS:
                self._follow_services()
                time.sleep(_SPAWN)
                self._follow_services()
            elif "check-name" in data:
                self._carry_check(notice["key"], data)

    def _follow_services(self) -> None:
        """Follow what has started: Pebble leaves services out that start after it was asked."""
        for name, state in runner_pebble.services(self.pebble).items():
            if name in self._followed:
                continue
            # One that failed is inactive again, and its lines are those that matter most.
            if state != "inactive" or runner_pebble.has_written(self.pebble, name):
                self._followed.add(name)
                _thread(functools.partial(self._carry_logs, name))

    def _carry_logs(self, service: str) -> None:
        for record in runner_pebble.logs(self.pebble, service):
            self.journal.add(
                logs.Line(
                    source=self.unit,
                    stream=service,
                    text=record["message"].rstrip(),
                    time=_seconds(record["time"]),
                )
            )

    def _carry_check(self, change: str, data: Mapping[str, str]) -> None:
        # As Juju does: a check has failed when its perform-check change has, and has recovered
        # when its recover-check change is done.
        status = runner_pebble.change(self.pebble, change)["status"]
        tell = functools.partial(
            self.engine.pebble_check, self.unit, self.container, data["check-name"]
        )
        if (data["kind"], status) == ("perform-check", "Error"):
            tell(failed=True)
        elif (data["kind"], status) == ("recover-check", "Done"):
            tell(failed=False)


def _thread(body: Callable[[], None]) -> None:
    def guarded() -> None:
        try:
            body()
        except _GONE:
            return

    threading.Thread(target=guarded, name="follow", daemon=True).start()


def _seconds(moment: str) -> float:
    # Pebble writes up to nine digits of a second; Python 3.10 reads three or six.
    whole, _, fraction = moment.rstrip("Z").partition(".")
    date = dt.datetime.fromisoformat(whole).replace(tzinfo=dt.timezone.utc)
    return date.timestamp() + float(f"0.{fraction or 0}")
