"""A migration that only the leader runs: once for each release, and nobody starts before it."""

from __future__ import annotations

import dataclasses
import pathlib
from typing import Any

import conftest
import ops
import ops.testing
import pytest

BY_LEADER = "migration: {run-on: leader}"
REQUIRED = {"postgresql": {"interface": "postgresql_client", "optional": True}}
DATA = {"endpoints": "db:5432", "username": "u", "password": "hunter22", "database": "app"}
OTHER = {**DATA, "endpoints": "new:5432"}
WAITING = ops.WaitingStatus("Waiting for the leader to migrate the database")


class Application:
    """Two units that share what Juju gives to both of them."""

    def __init__(self, tmp_path: pathlib.Path, *, paas_config: str = BY_LEADER) -> None:
        self.peers = ops.testing.PeerRelation("secret-storage")
        self.data = DATA
        self.secrets: Any = ()
        self.units = {number: self._deploy(tmp_path, number, paas_config) for number in (0, 1)}

    def _deploy(self, tmp_path: pathlib.Path, number: int, text: str) -> conftest.Deployment:
        folder = tmp_path / str(number)
        folder.mkdir()
        unit = conftest.deploy(
            folder, requires=REQUIRED, paas_config=text, unit=number, leader=number == 0
        )
        self.rock(unit, "1")
        return unit

    def rock(self, unit: conftest.Deployment, version: str) -> None:
        """Put a release of the rock into a unit's container, as a refresh does."""
        for name in ("tmp/flask", ".rock"):
            folder = unit.folder / name
            if name == "tmp/flask" and folder.exists():
                (folder / "state/release.json").unlink(missing_ok=True)
        (unit.folder / "rock").mkdir(exist_ok=True)
        (unit.folder / "rock/metadata.yaml").write_text(f"version: {version}")
        (unit.folder / "flask/app/migrate.sh").write_text("")
        mounts = {**unit.state.get_container("flask-app").mounts}
        mounts["rock"] = ops.testing.Mount(location="/.rock", source=unit.folder / "rock")
        unit.set_container(
            mounts=mounts,
            layers={"001-rock": conftest.rock("flask")},
            service_statuses={},
            check_infos=frozenset(),
            execs={ops.testing.Exec([], return_code=0)},
        )

    def run(self, number: int, *, leader: bool | None = None) -> ops.StatusBase:
        unit = self.units[number]
        database = ops.testing.Relation("postgresql", id=9, remote_app_data=self.data)
        relations = [dataclasses.replace(self.peers, peers_data={1 - number: {}}), database]
        changes = {} if leader is None else {"leader": leader}
        state = unit.run(relations=relations, secrets=self.secrets, **changes)
        (told,) = state.get_relations("secret-storage")
        self.peers = dataclasses.replace(self.peers, local_app_data=told.local_app_data)
        self.secrets = state.secrets
        return state.unit_status

    def migrations(self, number: int) -> int:
        history = self.units[number].context.exec_history.get("flask-app", [])
        return sum("migrate.sh" in call.command for call in history)

    def serves(self, number: int) -> bool:
        statuses = self.units[number].state.get_container("flask-app").service_statuses
        return getattr(statuses.get("flask"), "value", "") == "active"


@pytest.fixture
def app(tmp_path: pathlib.Path) -> Application:
    return Application(tmp_path)


def test_a_follower_waits_for_the_leader_and_runs_no_migration(app):
    app.run(0, leader=True)
    app.peers = dataclasses.replace(app.peers, local_app_data={})
    assert app.run(1) == WAITING
    assert not app.serves(1)
    assert app.migrations(1) == 0


def test_a_follower_starts_when_the_leader_has_migrated(app):
    assert app.run(0) == ops.ActiveStatus()
    assert app.run(1) == ops.ActiveStatus()
    assert (app.migrations(0), app.migrations(1)) == (1, 0)


def test_the_leader_runs_it_once_for_a_release(app):
    app.run(0)
    app.run(0)
    assert app.migrations(0) == 1


def test_another_pod_of_the_leader_does_not_run_it_again(app):
    app.run(0)
    app.rock(app.units[0], "1")
    assert app.run(0) == ops.ActiveStatus()
    assert app.migrations(0) == 1


def test_another_rock_is_migrated_again_and_a_follower_that_has_it_waits(app):
    app.run(0)
    app.run(1)
    app.rock(app.units[1], "2")
    assert app.run(1) == WAITING
    app.rock(app.units[0], "2")
    app.run(0)
    assert app.migrations(0) == 2
    assert app.run(1) == ops.ActiveStatus()


def test_a_follower_serves_on_while_the_leader_migrates_for_another_database(app):
    app.run(0)
    app.run(1)
    app.data = OTHER
    assert app.run(1) == WAITING
    assert app.serves(1)
    assert app.units[1].environment["POSTGRESQL_DB_HOSTNAME"] == "db"
    app.run(0)
    assert app.run(1) == ops.ActiveStatus()
    assert app.units[1].environment["POSTGRESQL_DB_HOSTNAME"] == "new"


def test_a_follower_waits_on_when_the_migration_fails(app):
    refused = ops.testing.Exec(["bash"], return_code=1)
    app.units[0].set_container(execs={ops.testing.Exec([], return_code=0), refused})
    assert isinstance(app.run(0), ops.BlockedStatus)
    assert app.run(1) == WAITING


def test_a_new_leader_migrates_what_the_old_one_did_not_finish(app):
    refused = ops.testing.Exec(["bash"], return_code=1)
    app.units[0].set_container(execs={ops.testing.Exec([], return_code=0), refused})
    app.run(0)
    assert app.run(1, leader=True) == ops.ActiveStatus()
    assert app.migrations(1) == 1


def test_a_leader_that_was_migrating_when_it_lost_the_leadership_waits_for_the_new_one(app):
    app.run(0)
    app.peers = dataclasses.replace(app.peers, local_app_data={})  # it could not tell any more
    assert app.run(1, leader=True) == ops.ActiveStatus()
    assert app.run(0, leader=False) == ops.ActiveStatus()


def test_a_leader_that_was_cut_off_before_it_told_tells_at_the_next_event(app):
    app.run(0)
    told = app.peers.local_app_data
    app.peers = dataclasses.replace(app.peers, local_app_data={})
    app.run(0)
    assert app.peers.local_app_data == told
    assert app.migrations(0) == 1


def test_a_unit_with_the_rock_before_that_becomes_leader_undoes_nothing(app):
    app.run(0)
    app.run(1)
    app.rock(app.units[1], "2")
    app.run(1, leader=True)
    told = app.peers.local_app_data
    assert app.run(0, leader=True) == ops.ActiveStatus()
    assert app.peers.local_app_data == told
    assert app.migrations(0) == 1


def test_going_back_to_the_rock_before_migrates_for_it_again(app):
    app.run(0)
    app.rock(app.units[0], "2")
    app.run(0)
    app.rock(app.units[0], "1")
    assert app.run(0) == ops.ActiveStatus()
    app.rock(app.units[1], "1")
    assert app.run(1) == ops.ActiveStatus()


def test_no_secret_is_told_to_the_units(app):
    app.run(0)
    assert "hunter22" not in str(app.peers.local_app_data)
    assert app.peers.local_app_data["migrated"]


def test_every_unit_migrates_where_nothing_else_was_said_and_nobody_tells(tmp_path):
    app = Application(tmp_path, paas_config="")
    app.run(0)
    app.run(1)
    assert (app.migrations(0), app.migrations(1)) == (1, 1)
    assert "migrated" not in app.peers.local_app_data
