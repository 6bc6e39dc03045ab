"""A migration that fails, with nothing running yet and beside a release that serves."""

from __future__ import annotations

import pytest
import yaml
from benchmarks import deployment

until = deployment.until

MARK = "broken"
"""While this file is there the migration fails. The runner does not take it for a new revision."""
MIGRATION = f"""\
#!/usr/bin/env bash
if [ -e {MARK} ]; then echo "about to fail"; echo "the schema is in the way"; exit 1; fi
exec python3 -m postcards.migrate
"""
TOLD = (
    "database migration command ['bash', '-eo', 'pipefail', 'migrate.sh'] failed, "
    "will retry in next update-status: the schema is in the way"
)
REASON = f"{TOLD[:60]}…{TOLD[-59:]}"


@pytest.fixture(scope="module")
def app(copy_of):
    """The example, whose migration fails at the first start; it can have a second database."""
    flask = copy_of("flask")
    flask.write("migrate.sh", MIGRATION)
    charm = yaml.safe_load(flask.read("charm/charmcraft.yaml"))
    charm["requires"]["archive"] = {
        "interface": "postgresql_client",
        "optional": True,
        "limit": 1,
    }
    flask.write("charm/charmcraft.yaml", yaml.safe_dump(charm))
    flask.write(MARK, "")
    with pytest.raises(deployment.RefusedError) as refused:
        flask.run("--config", "greeting-from=me")
    assert REASON in str(refused.value)
    return flask


def repair(app):
    (app.folder / MARK).unlink()


def answers(app):
    try:
        return app.page("/health", unit=0)["database"] == "ok"
    except OSError:
        return False


def test_the_application_is_not_started_before_its_migration_succeeds(app):
    assert app.unit() == ("blocked", REASON)
    assert not answers(app)
    assert not any("gunicorn" in line for line in app.processes().values())


def test_all_that_it_printed_is_in_the_log(app):
    log = app("logs", "--service", "charm")
    assert "about to fail" in log
    assert TOLD in log


def test_it_is_tried_again_and_the_application_starts_once_it_is_repaired(app):
    app("fire", "update-status")
    assert app.unit() == ("blocked", REASON)
    repair(app)
    app("fire", "update-status")
    until(app.is_active)
    until(lambda: answers(app))


def test_a_release_that_serves_goes_on_when_the_next_migration_fails_until_it_is_repaired(app):
    before, processes = app.page("/pid"), app.processes()
    app.write(MARK, "")
    app("integrate", "archive", "--url", "postgresql://me:pass@127.0.0.1:1/archive")
    assert app.unit() == ("blocked", REASON)
    assert app.page("/pid") == before
    assert app.processes() == processes
    assert app.page("/env/ARCHIVE_NAME")["value"] is None
    repair(app)
    app("fire", "update-status")
    until(app.is_active)
    until(lambda: app.page("/env/ARCHIVE_NAME")["value"] == "archive")
    assert app.page("/pid")["parent"] == before["parent"]


def test_a_new_revision_whose_migration_fails_is_not_started_and_the_repaired_one_is(app):
    app.write("migrate.sh", "echo 'nobody tried this'; exit 3\n")
    until(
        lambda: (
            app.unit()[0] == "blocked" and "nobody tried this" in app("logs", "--service", "charm")
        )
    )
    assert not answers(app)
    app.write("migrate.sh", MIGRATION)
    until(app.is_active)
    until(lambda: answers(app))
