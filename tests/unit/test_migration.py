"""Which command migrates, and what makes it run again."""

from __future__ import annotations

import itertools

import pytest

from paas_app_charmer import env, migration

from . import builders

BACKING = frozenset({"POSTGRESQL_DB_HOSTNAME"})
ENVIRONMENT = {
    "POSTGRESQL_DB_HOSTNAME": env.Variable(value="db-0", origin=env.Origin(kind="rock")),
    "DEMO_GREETING": env.Variable(value="hello", origin=env.Origin(kind="rock")),
}


def command(*files: str, environment=ENVIRONMENT, backing=BACKING, image="", **changes):
    workload = builders.workload(files=frozenset(files), image=image)
    seen = builders.seen(**changes)
    return migration.command(builders.SPEC, seen, workload, environment, backing)


@pytest.mark.parametrize(
    ("file", "argv"),
    [
        ("migrate", ("/demo/app/migrate",)),
        ("migrate.sh", ("bash", "-eo", "pipefail", "migrate.sh")),
        ("migrate.py", ("python3", "migrate.py")),
        ("manage.py", ("python3", "manage.py", "migrate")),
    ],
)
def test_each_kind_of_script_has_its_command(file, argv):
    found = command(file, "app.py")
    assert found is not None
    assert found.argv == argv


def test_a_rock_without_a_script_has_no_migration():
    assert command("app.py", "migrations") is None


@pytest.mark.parametrize(
    ("weaker", "stronger"),
    list(itertools.pairwise(["migrate", "migrate.sh", "migrate.py", "manage.py"])),
)
def test_of_two_scripts_one_always_wins(weaker, stronger):
    both, one = command(weaker, stronger), command(stronger)
    assert both == one


def test_a_migration_fails_with_the_command_in_the_status():
    found = command("migrate.sh")
    assert found is not None
    assert found.failure == (
        "database migration command ['bash', '-eo', 'pipefail', 'migrate.sh'] failed, "
        "will retry in next update-status"
    )


def test_b33_a_migration_that_hangs_is_ended():
    found = command("migrate")
    assert found is not None
    assert 0 < found.timeout <= 3600


def changed(name: str):
    return {**ENVIRONMENT, name: env.Variable(value="other", origin=env.Origin(kind="rock"))}


def fingerprint(**changes) -> str:
    found = command("migrate.py", **changes)
    assert found is not None
    return found.fingerprint


def test_another_database_makes_it_run_again():
    assert fingerprint(environment=changed("POSTGRESQL_DB_HOSTNAME")) != fingerprint()


def test_a_database_that_is_gone_makes_it_run_again():
    assert fingerprint(backing=frozenset()) != fingerprint()


def test_an_option_does_not_make_it_run_again():
    assert fingerprint(environment=changed("DEMO_GREETING")) == fingerprint()


def test_another_script_makes_it_run_again():
    other = command("migrate")
    assert other is not None
    assert other.fingerprint != fingerprint()


def test_a_fingerprint_does_not_hold_the_values():
    assert "db-0" not in fingerprint()
