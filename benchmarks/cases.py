"""All that is done to the application under load."""

from __future__ import annotations

from . import happenings
from .case import Case
from .stage import FAILS, FAILS_LATER, NO_MIGRATION

NO_EVENTS = Case(
    key="no-events",
    name="no events",
    act=lambda _stage, _number: None,
    times=0,
    rest=6.0,
    limit=True,
    reference="0, p99 5 ms",
)
PEBBLE_RESTART = Case(
    key="pebble-restart",
    name="Pebble restarts the service, past the charm",
    act=happenings.restarts_service,
    limit=True,
    reference="66, p99 102 ms, gap 2.3 s",
)
CASES = (
    NO_EVENTS,
    PEBBLE_RESTART,
    Case(
        key="update-status",
        name="update-status",
        act=happenings.fires("update-status"),
        times=20,
        quiet=True,
        reference="0, p99 8 ms",
    ),
    Case(
        key="config-changed",
        name="config-changed that changes nothing",
        act=happenings.fires("config-changed"),
        times=20,
        quiet=True,
        reference="0, p99 204 to 243 ms, 40 workers",
    ),
    Case(
        key="idle-option",
        name="an option changes, its effect does not",
        act=happenings.sets_default,
        times=20,
        quiet=True,
        after=happenings.resets,
        reference="as above",
    ),
    Case(
        key="peer-changed",
        name="peer relation-changed that changes nothing",
        act=happenings.fires("secret-storage-relation-changed"),
        times=5,
        quiet=True,
        reference="0, p99 212 to 274 ms, 10 workers",
    ),
    # Far from the other kill of a master: Pebble waits longer for what ends twice in 30 seconds.
    Case(
        key="kill-master-idle",
        name="SIGKILL of gunicorn's master, no slow requests",
        act=happenings.loses_master,
        with_slow=False,
        back=3.0,
        reference="39, p99 42 ms, gap 0.8 s",
    ),
    Case(
        key="options",
        name="options of the author, one after another",
        act=happenings.greets,
        times=10,
        after=happenings.resets,
        reference="(107 each, when 8 s apart)",
    ),
    Case(
        key="option",
        name="an option of the author, 8 s apart",
        act=happenings.greets,
        times=2,
        apart=8.0,
        rest=0.0,
        after=happenings.resets,
        reference="107 each, p99 89 ms, gap 2.6 s",
    ),
    Case(
        key="removal",
        name="a variable goes and comes",
        act=happenings.falls_silent,
        times=3,
        before=lambda stage: stage.configure(motto="All is well"),
        after=happenings.resets,
    ),
    Case(
        key="odd-values",
        name="100 kB, line breaks, quotes, Unicode",
        act=happenings.says,
        times=len(happenings.ODD),
        after=happenings.resets,
    ),
    Case(
        key="key-rotation",
        name="rotate-secret-key",
        act=lambda stage, _: stage.ask(
            "run-action", name="rotate-secret-key", params={}, unit=None
        ),
        reference="52, 70, 137; p99 54 to 2003 ms, gap 1.1 to 2.8 s",
    ),
    Case(
        key="credentials",
        name="the database's password changes and changes back",
        act=lambda stage, number: stage.change_password(number),
        times=2,
        after=lambda stage: stage.settle(),
    ),
    Case(
        key="migration-fails",
        name="a migration fails, three times",
        act=happenings.fails_to_migrate,
        times=3,
        before=lambda stage: stage.in_container("touch", NO_MIGRATION),
        after=happenings.migrates_after_all,
        reference="0, p99 54 to 217 ms, 2 workers",
    ),
    Case(
        key="boot-refused",
        name="the application cannot be imported",
        act=happenings.refuses(FAILS),
        after=happenings.resets,
    ),
    Case(
        key="boot-fails",
        name="the same, and no check can tell",
        act=happenings.refuses(FAILS_LATER),
        after=happenings.resets,
    ),
    Case(
        key="database-restart",
        name="the database crashes and recovers",
        act=lambda stage, _: stage.kill("postgres: checkpointer"),
        rest=5.0,
    ),
    Case(
        key="relation-gap",
        name="the database's relation goes and comes",
        act=happenings.loses_relation,
        after=lambda stage: stage.settle(),
    ),
    Case(
        key="kill-idle-worker",
        name="SIGKILL of a worker between requests",
        act=lambda stage, _: stage.kill_worker(busy=False),
        times=3,
        apart=2.0,
    ),
    Case(
        key="kill-busy-worker",
        name="SIGKILL of a worker with a request",
        act=lambda stage, _: stage.kill_worker(busy=True),
        slow=1,
        fast=1,
    ),
    Case(
        key="kill-master",
        name="SIGKILL of gunicorn's master",
        act=happenings.loses_master,
        back=3.0,
        reference="not back in 30 s, p99 2067 ms",
    ),
    Case(
        key="kill-pebble",
        name="SIGKILL of Pebble, so of its container",
        act=happenings.loses_container,
        back=15.0,
        after=lambda stage: stage.settle(),
    ),
    Case(
        key="threads",
        name="options of the author, 2 threads a worker",
        act=happenings.greets,
        times=3,
        apart=1.0,
        before=happenings.takes_threads,
        after=happenings.resets,
    ),
    Case(
        key="gevent",
        name="options of the author, gevent",
        act=happenings.greets,
        times=3,
        apart=1.0,
        before=happenings.takes_class("gevent"),
        after=happenings.resets,
    ),
    Case(
        key="peers-join",
        name="scale from 1 to 5, on the first unit",
        act=lambda stage, _: happenings.scales(stage, happenings.UNITS),
        reference="66 to 71 each, p99 79 to 1197 ms, gap 1.3 s",
    ),
    Case(
        key="rolling",
        name="an option of the author, with 5 units",
        act=happenings.greets,
        away=happenings.UNITS - 1,
        after=happenings.resets,
    ),
    Case(
        key="peer-leaves",
        name="scale from 5 to 4, on the first unit",
        act=lambda stage, _: happenings.scales(stage, happenings.UNITS - 1),
    ),
)
PRELOAD = Case(
    key="preload",
    name="options of the author, --preload",
    act=happenings.greets,
    times=2,
    apart=3.0,
)
