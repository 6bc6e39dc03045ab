"""The charm of the library before this one runs the application, and ours takes its place.

Juju replaces the pod when a charm is refreshed. Here the code is exchanged in a unit that goes on
running, which is the harder case: processes and files of the older charm are still there.
"""

from __future__ import annotations

import http.cookies
import json
import textwrap
import urllib.request

import pytest
from benchmarks import deployment, load
from tests.interop.counterparts import older

until = deployment.until

# The second generation of charms has the port in a file, and the runner gives each unit one of its
# own there. The older library refuses the key.
CHARM = """
    import dataclasses
    import pathlib

    import ops
    import yaml

    import paas_charm.charm
    import paas_charm.flask
    from paas_charm import paas_config
    from paas_charm._gunicorn import charm

    PORT = yaml.safe_load(pathlib.Path("paas-config.yaml").read_text())["port"]
    paas_charm.charm.read_paas_config = charm.read_paas_config = paas_config.PaasConfig


    class PostcardsCharm(paas_charm.flask.Charm):
        @property
        def _workload_config(self):
            return dataclasses.replace(super()._workload_config, port=PORT)


    if __name__ == "__main__":
        ops.main(PostcardsCharm)
"""
PAGE = """

@app.get("/session")
def count() -> dict[str, int]:
    flask.session["seen"] = flask.session.get("seen", 0) + 1
    return {"seen": flask.session["seen"]}
"""
NOTES = "/tmp/flask/state/release.json"
MIGRATIONS = "/tmp/migrations"


@pytest.fixture(scope="module")
def app(copy_of):
    """The Flask example as the older charm runs it."""
    flask = copy_of("flask")
    older.fetch(flask.folder / "charm" / "lib")
    flask.write("app.py", flask.read("app.py") + PAGE)
    flask.write("migrate.sh", f"echo run >>{MIGRATIONS}\n" + flask.read("migrate.sh"))
    ours = flask.read("charm/src/charm.py")
    flask.write("charm/src/charm.py", textwrap.dedent(CHARM))
    flask.run("--config=greeting-from=me")
    until(flask.is_active, seconds=2 * deployment.PATIENCE)  # its hooks take a second each
    flask.ours = ours
    return flask


def upgrade(app):
    """Exchange the code in the unit, as Juju does when it unpacks another revision."""
    (code,) = (app.folder / ".paas").glob("**/src/charm.py")
    code.write_text(app.ours, encoding="utf-8")
    app("fire", "upgrade-charm")
    app("fire", "config-changed")


def session(app, cookie=""):
    """Visit the page that counts, and return the count and the cookie."""
    request = urllib.request.Request(f"http://{app.address()}/session", headers={"Cookie": cookie})
    with urllib.request.urlopen(request, timeout=10) as answer:
        given = http.cookies.SimpleCookie(answer.headers["Set-Cookie"])["session"]
        return json.load(answer)["seen"], f"session={given.coded_value}"


def test_the_older_charm_is_taken_over_without_anybody_noticing(app):
    seen, cookie = session(app)
    before = app.page("/pid")
    runs = app("exec", "--", "cat", MIGRATIONS).split()
    with pytest.raises(deployment.RefusedError):
        app("exec", "--", "cat", NOTES)

    with load.on(app.address(), rate=50) as sent:
        upgrade(app)
        after = until(lambda: (now := app.page("/pid")) != before and now)

    app.settle()
    assert json.loads(app("exec", "--", "cat", NOTES))["release"]
    assert after["parent"] == before["parent"], "the master was restarted"
    assert sent.lost == {}
    assert len(sent.requests) > 20
    assert session(app, cookie)[0] == seen + 1
    assert app("exec", "--", "cat", MIGRATIONS).split() == runs, "it migrated again"


def test_later_events_do_nothing(app):
    before = app.processes()
    app("fire", "config-changed")
    app("fire", "update-status")
    assert app.processes() == before


def test_a_later_change_is_a_reload_of_the_same_process(app):
    before = app.page("/pid")
    app("config", "greeting=Good morning")
    after = until(lambda: (now := app.page("/pid")) != before and now)
    assert after["parent"] == before["parent"]
    assert app.page("/env/FLASK_GREETING")["value"] == "Good morning"
