"""A real MariaDB server."""

from __future__ import annotations

import json
import shutil

import pytest

from paas_app_charmer.local import errors
from paas_app_charmer.local.services import _mariadb

MODULES = "errors, sandbox, services"
PREAMBLE = """
import pymysql
log = []

def start(application="my-web"):
    context = services.Context(folder=folder / "service", model="local", application=application,
                               log=log.append)
    return services.find("mysql_client").start(context)

def ask(running, app={"database": "my-web", "requested-secrets": '["username","password"]'}):
    return running.offer(services.Request(relation_id=1, endpoint="db", app=app, units={}))

def connect(offer, **changed):
    host, _, port = offer.app["endpoints"].partition(":")
    secret = offer.secrets["secret-user"]
    return pymysql.connect(**{
        "host": host, "port": int(port), "user": secret["username"],
        "password": secret["password"], "database": offer.app["database"], "autocommit": True,
        **changed,
    })

def sql(offer, *statements):
    with connect(offer) as connection, connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
        return cursor.fetchall()
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
          "SELECT database(), current_user(), n FROM visits"))
running.stop()
""")
    assert printed == ["(('my-web', 'my-web@%', 1),)"]


def test_the_databag_is_that_of_the_protocol(inside_prints):
    (printed,) = inside_prints("""
running = start()
offer = ask(running)
print(json.dumps([dict(offer.app), dict(offer.secrets["secret-user"])]))
running.stop()
""")
    app, secret = json.loads(printed)
    assert sorted(app) == ["database", "endpoints", "version"]
    assert app["version"].endswith("-MariaDB")
    assert secret["uris"] == (
        f"mysql://my-web:{secret['password']}@{app['endpoints']}/{app['database']}"
    )


def test_the_application_is_no_administrator(inside_prints):
    printed = inside_prints("""
running = start()
offer = ask(running)
try:
    sql(offer, "CREATE DATABASE another")
except pymysql.OperationalError as error:
    print(error.args[0])
running.stop()
""")
    assert printed == ["1044"]


def test_a_name_that_looks_like_a_pattern_gives_no_right_to_similar_databases(inside_prints):
    printed = inside_prints("""
running = start()
secrets = {"requested-secrets": '["password"]'}
ask(running, {"database": "a_b", **secrets})
other = ask(running, {"database": "axb", **secrets})
print([row[0] for row in sql(other, "SHOW GRANTS")[1:]])
running.stop()
""")
    assert "ON `a\\\\_b`.*" in printed[0]
    assert "ON `axb`.*" in printed[0]


def test_without_the_password_nobody_is_let_in(inside_prints):
    printed = inside_prints("""
running = start()
offer = ask(running)
for user in ("my-web", "root", ""):
    for password in ("wrong", ""):
        try:
            connect(offer, user=user, password=password, database=None)
        except pymysql.OperationalError as error:
            print(error.args[0])
running.stop()
""")
    assert set(printed) <= {"1045", "1130", "1698"}
    assert len(printed) == 6


def test_names_with_quotes_are_names_all_the_same(inside_prints):
    printed = inside_prints("""
running = start(application="o'neil\\\\")
offer = ask(running, {"database": 'a`b"c', "requested-secrets": '["password"]'})
print(sql(offer, "SELECT 1"), offer.app["database"])
running.stop()
""")
    assert printed == ['((1,),) a`b"c']


def test_asking_again_changes_nothing(inside_prints):
    printed = inside_prints("""
running = start()
print(ask(running) == ask(running), ask(running, {}) == services.Offer())
running.stop()
""")
    assert printed == ["True True"]


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
    assert second == [*first, "((7,),)"]


def test_it_stops_in_time_even_with_a_client_in_a_transaction(inside_prints):
    printed = inside_prints("""
running = start()
connection = connect(ask(running), autocommit=False)
connection.cursor().execute("CREATE TABLE visits (n int)")
connection.cursor().execute("INSERT INTO visits VALUES (1)")
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
    assert "mariadbd" in namespace.processes()
    command.kill()
    command.wait(10)
    assert namespace.is_empty_soon()
    printed = inside_prints("""
running = start()
print(sql(ask(running), "SELECT n FROM visits"))
running.stop()
""")
    assert printed == ["((7,),)"]


def test_data_of_another_version_are_refused_with_what_to_do(inside_prints):
    printed = inside_prints("""
start().stop()
(folder / "service/data/series").write_text("5.5")
try:
    start()
except errors.LocalError as error:
    print(error)
""")
    assert "was made by MariaDB 5.5" in printed[0]
    assert "run --clean" in printed[0]


def test_no_password_is_in_the_log(inside_prints):
    printed = inside_prints("""
running = start()
password = ask(running).secrets["secret-user"]["password"]
running.stop()
print(password in "".join(log), len(log) > 0)
""")
    assert printed == ["False True"]


def test_an_ordinary_user_can_run_it(inside_as):
    body = """
def main():
    running = start()
    print(sql(ask(running), "SELECT 1"))
    running.stop()
    return 0
"""
    setting = 'import os; os.environ["XDG_CACHE_HOME"] = str(folder / "cache")\n'
    # Before the change of user, who may not be allowed to read where they are.
    late = "datetime, encodings.idna, pymysql, paas_app_charmer.local.services.mysql_client"
    early = f"{MODULES}\nimport {late}"
    done = inside_as.run(setting + PREAMBLE + body, modules=early)
    assert (done.stdout, done.stderr) == ("((1,),)\n", "")


def test_its_folder_is_for_its_owner_alone(inside_prints, tmp_path):
    inside_prints("""
running = start()
ask(running)
running.stop()
""")
    assert (tmp_path / "service/password").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "service/data/main").stat().st_mode & 0o077 == 0


def test_without_the_server_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda *_args, **_options: None)
    with pytest.raises(errors.LocalError, match=r"apt install mariadb-server.*--url mysql://"):
        _mariadb.find()
