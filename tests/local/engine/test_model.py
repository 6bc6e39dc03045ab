"""The state survives a restart whole, and its small rules hold."""

from __future__ import annotations

import dataclasses

import pytest
import yaml

from paas_app_charmer.local import (
    api,
    charmdir,
    charmmeta,
    model,
    remote,
    secretstate,
    settings,
    snapshot,
    store,
)


@pytest.fixture
def state():
    made = model.Model(application="probe", charm=charm())
    made.units["probe/0"] = model.Unit(name="probe/0")
    return made


def charm():
    return charmmeta.parse(
        {
            "name": "probe",
            "requires": {"database": {"interface": "postgresql_client", "limit": 1}},
            "peers": {"peers": {"interface": "peers"}},
            "config": {
                "options": {
                    "word": {"type": "string", "default": "x"},
                    "count": {"type": "int"},
                    "share": {"type": "float"},
                    "loud": {"type": "boolean"},
                    "key": {"type": "secret"},
                }
            },
        }
    )


def test_everything_is_stored_and_read_back(bench, tmp_path):
    uri = remote.provider_secret(bench.state, bench.database, {"a": "b"}, label="user")
    secret = bench.state.secrets[secretstate.identifier(uri)]
    secretstate.follow(secret, "probe/0", 1, "mine")
    secretstate.schedule(dataclasses.replace(secret, rotate="daily"), model.now())
    unit = bench.state.units["probe/0"]
    unit.failure = model.Failure(hook="install", reason="exit status 1", tail=["one", "two"])
    unit.ports["80/tcp"] = ["*"]
    bench.state.config.update({"port": 1, "ratio": 1.5, "loud": True, "greeting": "1"})
    path = tmp_path / "state.json"
    store.save(path, store.dump(bench.state))
    assert store.load(path) == bench.state


def test_no_state_is_none(tmp_path):
    assert store.load(tmp_path / "state.json") is None


def test_a_databag_that_ends_as_it_began_keeps_its_version():
    relation = model.Relation(id=0, endpoint="db", interface="x", remote_app="pg")
    assert relation.update("pg", {"a": "1"})
    assert not relation.update("pg", {"a": "1", "b": ""})
    assert relation.update("pg", {"a": ""})
    assert (relation.databags["pg"], relation.versions["pg"]) == ({}, 2)


@pytest.mark.parametrize(
    ("option", "given", "kept"),
    [
        ("word", "7", "7"),
        ("count", "7", 7),
        ("count", 7, 7),
        ("share", "1", 1.0),
        ("share", 0.5, 0.5),
        ("loud", "true", True),
        ("loud", "False", False),
        ("key", "", ""),
    ],
)
def test_a_value_is_kept_in_its_options_type(option, given, kept, state):
    value = settings.config_values(state, {option: given})[option]
    assert (value, type(value)) == (kept, type(kept))


@pytest.mark.parametrize(
    ("option", "given", "text"),
    [
        ("word", 7, 'option "word" expected string, got 7'),
        ("count", "many", 'option "count" expected int, got "many"'),
        ("count", 1.5, 'option "count" expected int, got 1.5'),
        ("count", True, 'option "count" expected int, got true'),
        ("share", "half", 'option "share" expected float, got "half"'),
        ("loud", "perhaps", 'option "loud" expected boolean, got "perhaps"'),
        ("volume", "1", 'unknown option "volume"; the charm has: count, key, loud, share, word'),
    ],
)
def test_a_value_that_does_not_fit_is_refused_in_one_line(option, given, text, state):
    with pytest.raises(api.EngineError) as refusal:
        settings.config_values(state, {option: given})
    assert str(refusal.value) == text


def test_a_secret_option_wants_a_secret_that_is_there(state):
    for value in ("plain text", "secret:cvq2jgfmp25c7e3s9bbg"):
        with pytest.raises(api.EngineError, match="wants the id of a secret"):
            settings.config_values(state, {"key": value})
    uri = remote.add_user_secret(state, "key", {"token": "x"})
    assert settings.config_values(state, {"key": uri}) == {"key": uri}


def test_an_endpoint_takes_no_more_than_its_limit(state):
    remote.add_relation(state, "database", "postgresql", units=1)
    with pytest.raises(api.EngineError, match="is integrated with postgresql already"):
        remote.add_relation(state, "database", "postgresql", units=1)
    with pytest.raises(api.EngineError, match="takes at most 1"):
        remote.add_relation(state, "database", "pgbouncer", units=1)


def test_endpoints_that_are_not_there_are_refused_with_those_that_are(state):
    for endpoint in ("cache", "peers"):
        with pytest.raises(api.EngineError, match="it has: database"):
            remote.add_relation(state, endpoint, "redis", units=1)
    with pytest.raises(api.EngineError, match="is not integrated"):
        remote.remove_relation(state, "database", None)


def test_a_providers_secret_gets_a_revision_only_for_new_content(state):
    relation = remote.add_relation(state, "database", "postgresql", units=1)
    first = remote.provider_secret(state, relation, {"a": "1"}, label="user")
    assert remote.provider_secret(state, relation, {"a": "1"}, label="user") == first
    assert state.secrets[secretstate.identifier(first)].latest == 1
    remote.provider_secret(state, relation, {"a": "2"}, label="user")
    assert state.secrets[secretstate.identifier(first)].latest == 2
    assert remote.provider_secret(state, relation, {"a": "1"}, label="tls") != first


def test_a_relation_takes_the_secrets_that_it_brought_with_it(state):
    relation = remote.add_relation(state, "database", "postgresql", units=1)
    remote.provider_secret(state, relation, {"a": "1"}, label="user")
    secretstate.drop_grants(state, relation)
    assert state.secrets == {}


def test_user_secrets_have_names_of_their_own(state):
    uri = remote.add_user_secret(state, "key", {"token": "x"})
    with pytest.raises(api.EngineError, match="already"):
        remote.add_user_secret(state, "key", {"token": "y"})
    assert remote.user_secret(state, uri) is remote.user_secret(state, "key")
    with pytest.raises(api.EngineError, match='no secret "other"'):
        remote.user_secret(state, "other")


def test_content_of_secrets_is_in_no_repr_and_no_snapshot(state):
    remote.add_user_secret(state, "key", {"token": "hush"})
    assert "hush" not in repr(state)
    assert "hush" not in str(snapshot.snapshot(state, {}, ()))


def test_an_application_is_as_well_as_its_worst_unit(state):
    state.units["probe/0"].status = model.Status(status="active")
    state.units["probe/1"] = model.Unit(name="probe/1")
    state.units["probe/1"].status = model.Status(status="blocked", message="no database")
    assert snapshot.application_status(state).message == "no database"
    state.status = model.Status(status="maintenance")
    assert snapshot.application_status(state).status == "maintenance"


# --- the copy of the charm -----------------------------------------------------------------------
CHARMCRAFT = {
    "name": "probe",
    "type": "charm",
    "parts": {},
    "containers": {"app": {}},
    "config": {"options": {"note": {"type": "string", "optional": False, "required": True}}},
    "actions": {"rotate": {}},
}


@pytest.fixture
def source(tmp_path):
    made = tmp_path / "source"
    (made / "src").mkdir(parents=True)
    (made / "src" / "charm.py").write_text("print()\n")
    (made / "charmcraft.yaml").write_text("name: probe\n")
    (made / "paas-config.yaml").write_text("port: 8000\nprometheus: {}\n")
    for hidden in (".git/config", "venv/bin/python", "tests/test_it.py", "probe.charm"):
        path = made / hidden
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    return made


def refresh(source, target, **override):
    return charmdir.refresh(source, target, charmcraft=CHARMCRAFT, paas_config=override)


def test_a_copy_has_what_packing_takes_and_the_split_metadata(source, tmp_path):
    target = tmp_path / "charm"
    assert refresh(source, target)
    files = sorted(str(path.relative_to(target)) for path in target.rglob("*") if path.is_file())
    assert files == [
        *("actions.yaml", "config.yaml", "metadata.yaml", "paas-config.yaml", "src/charm.py")
    ]
    assert yaml.safe_load((target / "metadata.yaml").read_text()) == {
        "name": "probe",
        "containers": {"app": {}},
    }
    options = yaml.safe_load((target / "config.yaml").read_text())["options"]
    assert options["note"] == {"type": "string", "optional": False, "required": True}


def test_a_refresh_says_whether_anything_changed(source, tmp_path):
    target = tmp_path / "charm"
    refresh(source, target)
    assert not refresh(source, target)
    (source / "src" / "charm.py").write_text("pass\n")
    assert refresh(source, target)
    (source / "src" / "charm.py").chmod(0o755)
    assert refresh(source, target)
    (source / "src" / "charm.py").rename(source / "src" / "other.py")
    assert refresh(source, target)
    assert not (target / "src" / "charm.py").exists()


def test_a_refresh_keeps_what_ops_has_stored(source, tmp_path):
    target = tmp_path / "charm"
    refresh(source, target)
    (target / ".unit-state.db").write_text("kept")
    assert not refresh(source, target)
    assert (target / ".unit-state.db").exists()


def test_a_units_settings_are_laid_over_paas_config(source, tmp_path):
    target = tmp_path / "charm"
    refresh(source, target, port=8001)
    content = yaml.safe_load((target / "paas-config.yaml").read_text())
    assert content == {"port": 8001, "prometheus": {}}
    (source / "paas-config.yaml").write_text("- no mapping\n")
    assert refresh(source, target, port=8001)
    assert (target / "paas-config.yaml").read_text() == "- no mapping\n"
    (source / "paas-config.yaml").unlink()
    assert refresh(source, target, port=8001)
    assert yaml.safe_load((target / "paas-config.yaml").read_text()) == {"port": 8001}


def test_stale_byte_code_goes_with_the_source_that_changed(source, tmp_path):
    target = tmp_path / "charm"
    refresh(source, target)
    cache = target / "src" / "__pycache__"
    cache.mkdir()
    (cache / "charm.cpython-310.pyc").write_bytes(b"old")
    assert not refresh(source, target)
    (source / "src" / "charm.py").write_text("abcde()\n")
    assert refresh(source, target)
    assert not cache.exists()
