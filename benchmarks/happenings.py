"""What can happen to an application: each waits until it has come about."""

from __future__ import annotations

import time
from collections.abc import Callable

from . import deployment
from .stage import NO_MIGRATION, UNIT, Stage

Act = Callable[[Stage, int], object]
"""Is given the number of the time."""
SOON = 5.0
"""Seconds within which a status has to tell, after the event that it comes from."""
AGAIN = 3.0
"""Seconds that something may take which ends by itself, so that all of it is seen."""
UNITS = 5
"""As many as there are at the most."""
ODD = (
    "x" * 100_000,
    "two\nlines, the last one empty\n",
    " \t'single' \"double\" `back` ${HOME} %s {0} \\n ",
    "päckchen 包裹 📮",
    "FLASK_OTHER=1",
)
"""Values of an option that are passed through files, layers and processes."""


def fires(event: str) -> Act:
    return lambda stage, _: stage.fire(event)


def greets(stage: Stage, number: int) -> None:
    stage.configure(greeting=f"Good day {number}")
    name = "/env/FLASK_GREETING"
    deployment.until(lambda: stage.page(name, unit=0)["value"] == f"Good day {number}")


def sets_default(stage: Stage, number: int) -> None:
    # The rock's command names this class already: Juju sees a change, the application none.
    if number % 2:
        stage.configure("webserver-worker-class")
    else:
        stage.configure(webserver_worker_class="sync")


def says(stage: Stage, number: int) -> None:
    stage.configure(motto=ODD[number])
    stage.wears(ODD[number])


def falls_silent(stage: Stage, number: int) -> None:
    if number % 2:
        stage.configure(motto="All is well")
        stage.wears("All is well")
    else:
        stage.configure("motto")
        stage.wears(None)


def resets(stage: Stage) -> None:
    stage.configure("motto", "greeting", "webserver-worker-class", "webserver-threads")
    stage.settle()


def is_blocked(stage: Stage) -> None:
    deployment.until(lambda: stage.unit()[0] == "blocked", seconds=SOON)


def fails_to_migrate(stage: Stage, number: int) -> None:
    if number == 0:
        stage.move_database("localhost")
    else:
        stage.fire("update-status")
    is_blocked(stage)


def migrates_after_all(stage: Stage) -> None:
    stage.in_container("rm", NO_MIGRATION)
    stage.fire("update-status")
    stage.settle()
    stage.move_database("127.0.0.1")
    stage.settle()


def refuses(motto: str) -> Act:
    def act(stage: Stage, _: int) -> None:
        stage.configure(motto=motto)
        time.sleep(AGAIN)
        stage.fire("update-status")
        is_blocked(stage)

    return act


def comes_back(stage: Stage) -> None:
    deployment.until(lambda: stage.page("/pid", unit=0))


def loses_master(stage: Stage, _: int) -> None:
    stage.kill_master()
    time.sleep(AGAIN)
    comes_back(stage)


def loses_container(stage: Stage, _: int) -> None:
    stage.kill("/charm/bin/pebble run")
    stage.behind("new-container", unit=UNIT)
    comes_back(stage)


def loses_relation(stage: Stage, _: int) -> None:
    stage.ask("remove-relation", endpoint="postgresql")
    stage.ask("integrate", endpoint="postgresql", url=None)
    stage.behind("idle")


def restarts_service(stage: Stage, _: int) -> None:
    stage.restart()


def scales(stage: Stage, units: int) -> None:
    stage.ask("scale", units=units)
    stage.settle()


def takes_class(name: str) -> Callable[[Stage], None]:
    def act(stage: Stage) -> None:
        stage.configure(webserver_worker_class=name)
        stage.settle()

    return act


def takes_threads(stage: Stage) -> None:
    stage.configure(webserver_threads="2")
    stage.settle()
