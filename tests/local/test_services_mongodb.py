"""A real FerretDB, which is built if it is not in the cache."""

from __future__ import annotations

import json
import time

import pymongo
import pymongo.errors
import pytest

from paas_app_charmer.local import errors, gotool, services
from paas_app_charmer.local.services import mongodb_client

pytestmark = pytest.mark.timeout(900)  # of which a build may take most

ASKED = {"database": "my-web", "requested-secrets": '["username","password","uris"]'}


def request(app=None) -> services.Request:
    asked = ASKED if app is None else app
    return services.Request(relation_id=1, endpoint="mongodb", app=asked, units={})


@pytest.fixture
def log():
    return []


@pytest.fixture
def start(tmp_path, log):
    started: list[services.Running] = []

    def start():
        context = services.Context(
            folder=tmp_path / "s p?ce", model="local", application="my-web", log=log.append
        )
        started.append(services.find("mongodb_client").start(context))
        return started[-1]

    yield start
    for running in started:
        running.stop()


def uri(offer):
    return offer.secrets["secret-user"]["uris"]


def database(address):
    client = pymongo.MongoClient(address, serverSelectionTimeoutMS=5000)
    return client.get_default_database()


def test_the_application_writes_and_reads(start):
    running = start()
    offer = running.offer(request())
    visits = database(uri(offer)).visits
    visits.insert_many([{"n": 1}, {"n": 2}])
    assert [visit["n"] for visit in visits.find().sort("n", -1)] == [2, 1]
    assert running.description == f"FerretDB v1.24.2 on {offer.app['endpoints']}"


def test_the_databag_is_that_of_the_protocol(start):
    running = start()
    offer = running.offer(request())
    assert sorted(offer.app) == ["database", "endpoints", "version"]
    secret = offer.secrets["secret-user"]
    login = f"my-web:{secret['password']}"
    assert secret["uris"] == f"mongodb://{login}@{offer.app['endpoints']}/my-web"
    assert running.offer(request()) == offer
    assert running.offer(request({})) == services.Offer()
    plain = running.offer(request({"database": "my-web"}))
    assert (plain.secrets, plain.app["uris"]) == ({}, secret["uris"])


def test_a_database_of_another_name_is_reached_by_the_same_user(start):
    offer = start().offer(request({**ASKED, "database": "other"}))
    found = database(uri(offer))
    assert found.name == "other"
    found.visits.insert_one({"n": 1})
    assert found.visits.count_documents({}) == 1


def test_without_the_password_nobody_is_let_in(start):
    offer = start().offer(request())
    password = offer.secrets["secret-user"]["password"]
    for address in (
        uri(offer).replace(password, "wrong"),
        f"mongodb://{offer.app['endpoints']}/x",
    ):
        with pytest.raises(pymongo.errors.OperationFailure, match=r"(?i)authentication"):
            database(address).visits.insert_one({})


def test_data_address_and_password_outlive_a_run(start):
    running = start()
    first = running.offer(request())
    database(uri(first)).visits.insert_one({"n": 7})
    before = time.monotonic()
    running.stop()
    assert (time.monotonic() - before < 2, running.alive()) == (True, False)
    second = start().offer(request())
    assert second == first
    assert database(uri(second)).visits.find_one()["n"] == 7


def test_the_password_and_each_connection_are_in_no_log(start, log):
    running = start()
    offer = running.offer(request())
    database(uri(offer)).visits.insert_one({})
    running.stop()
    assert log
    assert offer.secrets["secret-user"]["password"] not in "".join(log)
    assert [line for line in log if "Connection started" in line] == []


def test_if_it_cannot_be_built_it_says_what_else_there_is(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    go = tmp_path / "go"
    go.write_text("#!/bin/sh\necho no network >&2\nexit 1\n")
    go.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    told = []
    context = services.Context(
        folder=tmp_path, model="local", application="my-web", progress=told.append
    )
    with pytest.raises(errors.LocalError, match=r"(?s)no network.*on the path.*--url mongodb://"):
        mongodb_client.start(context)
    assert "takes a minute" in told[0]


def test_what_a_module_lacks_is_added_before_it_is_built(tmp_path, monkeypatch):
    """With a Go of the test's own that notes what it is asked to build."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "module").mkdir()
    (tmp_path / "module" / "main.go").write_text("package main\n")
    go = tmp_path / "go"
    answer = json.dumps({"Dir": str(tmp_path / "module")})
    go.write_text(f"""#!/bin/sh
if [ "$1" = mod ]; then echo '{answer}'; exit; fi
mkdir "$GOBIN"; cat go.mod complete/main.go complete/version.txt > "$GOBIN/thing"
""")
    go.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    thing = gotool.Program(
        name="thing",
        module="example.com/thing",
        package="example.com/thing/cmd/thing",
        version="v1.2.3",
        files={"version.txt": "v1.2.3\n"},
    )
    built = gotool.ensure(thing, lambda _step: None).read_text()
    assert "require example.com/thing v1.2.3" in built
    assert "replace example.com/thing => ./complete" in built
    assert built.endswith("package main\nv1.2.3\n")
