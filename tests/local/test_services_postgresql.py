"""A real PostgreSQL server."""

from __future__ import annotations

import json

import pytest

from paas_app_charmer.local import services
from paas_app_charmer.local.services import postgresql_client

MODULES = "errors, sandbox, services"
PREAMBLE = """
import psycopg
log = []

def start(application="my-web"):
    context = services.Context(folder=folder / "service", model="local", application=application,
                               log=log.append)
    return services.find("postgresql_client").start(context)

def ask(running, app={"database": "my-web", "requested-secrets": '["username","password"]'}):
    return running.offer(services.Request(relation_id=1, endpoint="db", app=app, units={}))

def sql(offer, *statements):
    with psycopg.connect(offer.secrets["secret-user"]["uris"]) as connection:
        for statement in statements:
            cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else None
"""


@pytest.fixture
def inside_prints(inside):
    """Run the body of a `main()` that has those functions, and return the lines it printed."""

    def run(body: str) -> list[str]:
        lines = "\n".join(f"    {line}" for line in body.strip().splitlines())
        done = inside.run(f"{PREAMBLE}\ndef main():\n{lines}\n    return 0\n", modules=MODULES)
        assert done.stderr == ""
        return done.stdout.splitlines()

    return run


def test_the_application_gets_a_database_of_its_own(inside_prints):
    printed = inside_prints("""
running = start()
offer = ask(running)
print(sql(offer, "CREATE TABLE visits (n int)", "INSERT INTO visits VALUES (1)",
          "SELECT current_database(), current_user, n FROM visits"))
running.stop()
""")
    assert printed == ["[('my-web', 'my-web', 1)]"]


def test_the_application_is_no_superuser(inside_prints):
    printed = inside_prints("""
running = start()
print(sql(ask(running), "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"))
running.stop()
""")
    assert printed == ["[(False,)]"]


def test_without_the_password_nobody_is_let_in(inside_prints):
    printed = inside_prints("""
running = start()
endpoint = ask(running).app["endpoints"]
for user in ("my-web", "postgres"):
    try:
        psycopg.connect(f"postgresql://{user}:wrong@{endpoint}/my-web")
    except psycopg.OperationalError as error:
        print("refused")
running.stop()
""")
    assert printed == ["refused", "refused"]


def test_names_with_quotes_are_names_all_the_same(inside_prints):
    printed = inside_prints("""
running = start(application="o'neil")
offer = ask(running, {"database": 'a"b', "requested-secrets": '["password"]'})
print(sql(offer, "SELECT 1"), offer.app["database"])
running.stop()
""")
    assert printed == ['[(1,)] a"b']


def test_asking_again_changes_nothing(inside_prints):
    printed = inside_prints("""
running = start()
print(ask(running) == ask(running))
running.stop()
""")
    assert printed == ["True"]


def test_a_request_without_database_gets_nothing_yet(inside_prints):
    printed = inside_prints("""
running = start()
print(ask(running, {}) == services.Offer())
running.stop()
""")
    assert printed == ["True"]


def test_data_address_and_password_outlive_a_run(inside_prints):
    first = inside_prints("""
running = start()
offer = ask(running)
sql(offer, "CREATE TABLE visits (n int)", "INSERT INTO visits VALUES (7)")
print(offer.secrets["secret-user"]["uris"])
running.stop()
""")
    second = inside_prints("""
running = start()
offer = ask(running)
print(offer.secrets["secret-user"]["uris"])
print(sql(offer, "SELECT n FROM visits"))
running.stop()
""")
    assert second == [*first, "[(7,)]"]


def test_it_stops_in_time_even_with_a_client_in_a_transaction(inside_prints):
    printed = inside_prints("""
running = start()
connection = psycopg.connect(ask(running).secrets["secret-user"]["uris"])
connection.execute("SELECT 1")
before = time.monotonic()
running.stop()
print(time.monotonic() - before < 2, running.alive())
""")
    assert printed == ["True False"]


def test_a_killed_run_leaves_no_process_and_no_data_are_lost(inside, inside_prints, namespace_of):
    command = inside.start(
        PREAMBLE
        + """
def main():
    sql(ask(start()), "CREATE TABLE visits (n int)", "INSERT INTO visits VALUES (7)")
    print("ready", flush=True)
    time.sleep(1000)
""",
        modules=MODULES,
    )
    assert command.stdout.readline() == "ready\n"
    namespace = namespace_of(command)
    assert "postgres" in namespace.processes()
    command.kill()
    command.wait(10)
    assert namespace.is_empty_soon()
    printed = inside_prints("""
running = start()
print(sql(ask(running), "SELECT n FROM visits"))
running.stop()
""")
    assert printed == ["[(7,)]"]


def test_data_of_another_version_are_refused_with_what_to_do(inside_prints):
    printed = inside_prints("""
start().stop()
(folder / "service/data/main/PG_VERSION").write_text("9.6")
try:
    start()
except errors.LocalError as error:
    print(error)
""")
    assert "was made by PostgreSQL 9.6" in printed[0]
    assert "run --clean" in printed[0]


def test_no_password_is_in_the_log(inside_prints):
    printed = inside_prints("""
running = start()
password = ask(running).secrets["secret-user"]["password"]
running.stop()
print(password in "".join(log), len(log) > 0)
""")
    assert printed == ["False True"]


def test_its_folder_is_for_its_owner_alone(inside_prints, tmp_path):
    inside_prints("""
running = start()
ask(running)
running.stop()
""")
    assert (tmp_path / "service/password").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "service/data/main").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    ("asked", "is_secret"),
    [
        ({"requested-secrets": json.dumps(["username", "password", "tls"])}, True),
        ({"requested-secrets": json.dumps(["tls"])}, False),
        ({}, False),
    ],
)
def test_credentials_are_a_secret_if_the_request_can_read_one(asked, is_secret):
    server = {"endpoints": "127.0.0.1:5432", "database": "shop"}
    offer = postgresql_client.credentials(asked, server, user="me", password="p@ss")
    content = {
        "username": "me",
        "password": "p@ss",
        "uris": "postgresql://me:p%40ss@127.0.0.1:5432/shop",
    }
    if is_secret:
        assert offer == services.Offer(app=server, secrets={"secret-user": content})
    else:
        assert offer == services.Offer(app={**server, **content})
