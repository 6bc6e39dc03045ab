"""Random events with injected failures on the real Pebble: nothing is lost, and no secret told."""

from __future__ import annotations

import json
import pathlib
import subprocess
import sys

import pytest

from paas_app_charmer.local import pebble

pytestmark = pytest.mark.timeout(1500)

ROOT = pathlib.Path(__file__).parents[2]
EVENTS = 200
"""Over all seeds."""
SEEDS = (1, 2, 3, 4)
ROCK = """\
name: faulty
base: ubuntu@24.04
version: "1"
summary: Tells its variables
description: Tells its variables
platforms: {amd64: }
extensions: [flask-framework]
services:
  flask:
    environment: {FROM_THE_ROCK: kept}
  cards-worker:
    override: replace
    startup: enabled
    user: _daemon_
    working-dir: /flask/app
    command: python3 work.py
"""
CHARM = """\
name: faulty
base: ubuntu@24.04
extensions: [flask-framework]
config:
  options:
    greeting: {type: string, required: true}
    number: {type: int, default: 3}
requires:
  postgresql: {interface: postgresql_client, optional: false, limit: 1}
"""
FILES = {
    "rockcraft.yaml": ROCK,
    "requirements.txt": "flask\n",
    "app.py": """\
import json, os

def tell(environ, start_response):
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps(dict(os.environ)).encode()]

app = tell
""",
    "work.py": "import time\n\nwhile True:\n    time.sleep(1)\n",
    "migrate.sh": """\
echo "as $POSTGRESQL_DB_PASSWORD"
if test -e slow; then sleep "$(cat slow)"; fi
if test -e fails; then echo "no: $POSTGRESQL_DB_CONNECT_STRING"; exit 1; fi
""",
    "charm/charmcraft.yaml": CHARM,
    "charm/paas-config.yaml": "change: {spread: 0s, gap: 0s}\nhealth: {period: 1s}\n",
    "charm/src/charm.py": """\
import ops
import paas_app_charmer.flask

if __name__ == "__main__":
    ops.main(paas_app_charmer.flask.Charm)
""",
}


@pytest.fixture
def project(tmp_path):
    (tmp_path / ".paas").mkdir()
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


@pytest.mark.parametrize("seed", SEEDS)
def test_units_with_and_without_faults_end_alike(seed, project, record_property):
    events = EVENTS // len(SEEDS)
    words = (str(project), str(pebble.find(print)), str(seed), str(events))
    played = subprocess.run(
        [sys.executable, "-m", "tests.faults.story", *words],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert played.returncode == 0, played.stderr
    told = json.loads(played.stdout.splitlines()[-1])
    record_property("faults", f"real Pebble, seed {seed}: {told}")
    assert told["events"] == events
    assert told["active"] >= events // 20, "it was also looked at while it runs"
    assert all(told["faults"][name] > 0 for name in ("cut", "slow", "full_disk"))
