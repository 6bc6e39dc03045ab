"""The scheduler: asks for a summary of the cards every ``summary-interval`` seconds."""

from __future__ import annotations

import logging
import os

import psycopg

from . import database, jobs, process

logger = logging.getLogger(__name__)


def main() -> None:
    process.log_to_stdout()
    stop = process.stop_signal()
    interval = int(os.environ.get("FLASK_SUMMARY_INTERVAL", "30"))
    logger.info("scheduler started, one summary every %s s", interval)
    while not stop.is_set():
        try:
            with database.connect() as connection:
                jobs.enqueue(connection, "summary")
            logger.info("summary asked for")
        except (database.NotIntegratedError, psycopg.Error) as error:
            logger.warning("waiting for the database: %s", str(error).partition("\n")[0])
        stop.wait(interval)
    logger.info("scheduler stopped")


if __name__ == "__main__":
    main()
