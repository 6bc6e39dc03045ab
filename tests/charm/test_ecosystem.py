"""The names of the ecosystem in a charm whose author asks for them."""

from __future__ import annotations

import json

import calls as recorder
import conftest
import ops
import ops.testing
import pytest

WANTED = "environment: {names: ecosystem}"
DATA = {"endpoints": "db:5432", "username": "u", "password": "hunter22", "database": "app"}
URL = "postgresql://u:hunter22@db:5432/app"
REQUIRES = {"main-db": {"interface": "postgresql_client", "optional": True}}


def flask(tmp_path, **changes) -> conftest.Deployment:
    related = ops.testing.Relation("main-db", remote_app_data=DATA)
    return conftest.deploy(
        tmp_path,
        requires=REQUIRES,
        relations=[ops.testing.PeerRelation("secret-storage"), related],
        **changes,
    )


@pytest.fixture
def calls(monkeypatch):
    return recorder.record(monkeypatch)


def test_the_names_of_the_ecosystem_are_there_beside_the_contracts(tmp_path):
    charm = flask(tmp_path, paas_config=WANTED)
    charm.run()
    assert charm.environment["DATABASE_URL"] == charm.environment["MAIN_DB_CONNECT_STRING"] == URL
    assert charm.environment["SECRET_KEY"] == charm.environment["FLASK_SECRET_KEY"]
    assert charm.environment["PORT"] == "8000"


def test_without_that_choice_they_are_not(tmp_path):
    charm = flask(tmp_path)
    charm.run()
    assert not {"DATABASE_URL", "SECRET_KEY", "PORT"} & charm.environment.keys()


def test_the_authors_options_keep_their_variables(tmp_path):
    options = {"database-url": {"type": "string"}, "secret-key": {"type": "string"}}
    config = {"database-url": "elsewhere", "secret-key": "the author's"}
    charm = flask(tmp_path, paas_config=WANTED, options=options, config=config)
    charm.run()
    assert charm.environment["FLASK_DATABASE_URL"] == "elsewhere"
    assert charm.environment["DATABASE_URL"] == URL
    assert charm.environment["SECRET_KEY"] == charm.environment["FLASK_SECRET_KEY"]
    assert charm.environment["SECRET_KEY"] == "the author's"


def test_a_default_of_the_rock_gives_way(tmp_path):
    rock = conftest.rock("flask")
    rock.services["flask"].environment["DATABASE_URL"] = "sqlite:///x"
    charm = flask(tmp_path, paas_config=WANTED, layer=rock)
    charm.run()
    assert charm.environment["DATABASE_URL"] == URL


def test_what_is_noted_for_tools_tells_what_each_is(tmp_path):
    charm = flask(tmp_path, paas_config=WANTED)
    charm.run()
    noted = json.loads((charm.folder / "tmp/flask/state/release.json").read_text())
    assert noted["sources"]["DATABASE_URL"] == {
        "kind": "integration",
        "name": "main-db",
        "property": "connect_string",
        "ecosystem": True,
    }
    assert {"DATABASE_URL", "SECRET_KEY"} <= set(noted["secrets"])
    assert "hunter22" not in json.dumps(noted)


def test_a_refresh_that_brings_the_choice_reloads_gunicorn(tmp_path, calls):
    charm = flask(tmp_path, services={"mail-worker": conftest.WORKER})
    charm.run()
    calls.clear()
    (tmp_path / "charm/paas-config.yaml").write_text(WANTED, encoding="utf-8")
    charm.run(charm.context.on.upgrade_charm())
    assert calls.signals() == [("SIGHUP", ["flask"])]
    assert calls.restarts() == [["mail-worker"]]
    assert f"DATABASE_URL={URL}" in charm.settings


def test_b32_the_next_event_changes_nothing(tmp_path, calls):
    charm = flask(tmp_path, paas_config=WANTED)
    charm.run()
    calls.clear()
    charm.run(charm.context.on.update_status())
    assert calls.writes() == []


def test_a_database_that_goes_takes_its_name_along(tmp_path):
    charm = flask(tmp_path, paas_config=WANTED)
    charm.run()
    charm.run(relations=[ops.testing.PeerRelation("secret-storage")])
    assert "DATABASE_URL" not in charm.environment


def test_names_that_nobody_knows_are_told(tmp_path):
    status = flask(tmp_path, paas_config="environment: {names: heroku}").run().unit_status
    assert status == ops.BlockedStatus(
        "Invalid paas-config.yaml: invalid options: environment.names (should be 'contract' or "
        "'ecosystem')"
    )


def test_django_has_its_hosts_as_a_list_with_commas(tmp_path):
    charm = conftest.deploy(
        tmp_path,
        framework="django",
        paas_config=WANTED,
        requires=REQUIRES,
        config={"django-allowed-hosts": "a.example", "django-debug": True},
        relations=[
            ops.testing.PeerRelation("secret-storage"),
            ops.testing.Relation("main-db", remote_app_data=DATA),
        ],
    )
    charm.run()
    hosts = charm.environment["ALLOWED_HOSTS"].split(",")
    assert hosts == json.loads(charm.environment["DJANGO_ALLOWED_HOSTS"])
    assert hosts[0] == "a.example"
    assert charm.environment["DEBUG"] == "true"
