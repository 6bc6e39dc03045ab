"""A migration for the leader alone, one that is stuck, and a relation that is gone a while."""

from __future__ import annotations

import pytest
from benchmarks import deployment

until = deployment.until

CONFIG = """\
migration:
  run-on: leader
  timeout: 2s
change:
  gap: 3s
"""
STUCK = "stuck"
"""While this file is there the migration does not end."""
MIGRATION = f"""\
#!/usr/bin/env bash
if [ -e {STUCK} ]; then echo "waiting for a lock"; sleep 600; fi
exec python3 -m postcards.migrate
"""
WAITING = ("waiting", "Waiting for the leader to migrate the database")


@pytest.fixture(scope="module")
def app(copy_of):
    flask = copy_of("flask")
    flask.write("migrate.sh", MIGRATION)
    flask.write("charm/paas-config.yaml", CONFIG)
    flask.run("--config", "greeting-from=me")
    flask("scale", "2")
    until(flask.is_active)
    return flask


def migrations(app, unit):
    """Return how often a unit has run the migration to its end."""
    lines = app("logs", "-n", "10000", "--unit", str(unit), "--service", "charm").splitlines()
    return sum("the schema is up to date" in line for line in lines)


def test_of_two_units_one_has_migrated_and_both_serve(app):
    assert (migrations(app, 0), migrations(app, 1)) == (1, 0)
    assert [app.page("/health", unit=unit)["database"] for unit in (0, 1)] == ["ok", "ok"]


def test_a_stuck_migration_of_a_new_revision_is_ended_with_all_that_it_started(app):
    app.write(STUCK, "")
    app.write("migrate.sh", MIGRATION + "# another revision\n")
    until(lambda: "it took longer than 2 s" in app.unit()[1])
    until(lambda: app.unit(1) == WAITING)
    log = app("logs", "-n", "10000", "--service", "charm")
    assert "it took longer than 2 s" in log
    assert "waiting for a lock" in log
    assert not any("sleep 600" in line for line in app.processes().values())


def test_the_other_units_follow_when_it_is_repaired(app):
    (app.folder / STUCK).unlink()
    app("fire", "update-status")
    until(app.is_active)
    assert app.page("/health", unit=1)["database"] == "ok"
    assert migrations(app, 1) == 0


def test_a_gap_in_the_relation_to_the_database_stops_nothing_at_first(app):
    app("remove-relation", "postgresql")
    until(lambda: app.unit() == ("blocked", "missing integrations: postgresql"))
    assert app.get("/pid", unit=0)


def test_one_that_lasts_stops_the_application(app):
    def is_stopped():
        app("fire", "update-status")
        try:
            app.get("/pid", unit=0)
        except OSError:
            return True
        return False

    until(is_stopped)
    assert app.unit() == ("blocked", "missing integrations: postgresql")


def test_the_application_is_back_with_the_relation(app):
    app("integrate", "postgresql")
    until(app.is_active)
    until(lambda: app.page("/health", unit=0)["database"] == "ok")
