"""The worker: does one job after the other until it is asked to stop."""

from __future__ import annotations

import logging
import os
import socket

import psycopg

from . import cards, database, jobs, process

IDLE = 1.0  # seconds between two looks at an empty queue
RETRY = 5.0  # seconds to wait for a database that does not answer

logger = logging.getLogger(__name__)


def work_once(worker: str) -> bool:
    """Do one job, if there is one, and say whether there was."""
    with database.connect() as connection:
        job = jobs.claim(connection)
        if job is None:
            return False
        if job["kind"] == "reply":
            cards.answer(
                connection,
                job["card_id"],
                greeting=os.environ.get("FLASK_GREETING", "Thank you for your card"),
                signed=os.environ.get("FLASK_GREETING_FROM", "The postcards"),
            )
        else:
            cards.count(connection)
            jobs.forget_old(connection)
        jobs.finish(connection, job["id"], worker)
    logger.info("job %s (%s) done by %s", job["id"], job["kind"], worker)
    return True


def main() -> None:
    process.log_to_stdout()
    stop = process.stop_signal()
    worker = f"{socket.gethostname()}:{os.getpid()}"
    logger.info("worker %s started", worker)
    while not stop.is_set():
        try:
            pause = 0 if work_once(worker) else IDLE
        except (database.NotIntegratedError, psycopg.Error) as error:
            logger.warning("waiting for the database: %s", str(error).partition("\n")[0])
            pause = RETRY
        stop.wait(pause)
    logger.info("worker %s stopped", worker)


if __name__ == "__main__":
    main()
