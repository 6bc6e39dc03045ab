"""A packed charm, put together by hand, is unpacked, refused, watched and run."""

from __future__ import annotations

import json
import pathlib
import stat
import subprocess
import sys
import time
import urllib.request
import zipfile

import pytest
import yaml

from paas_app_charmer.local import (
    charmdir,
    errors,
    interpreter,
    packed,
    runner_blueprint,
    runner_framework,
    runner_project,
    watch,
)
from paas_app_charmer.suites import catalogue, document

ROCK = """\
name: hello
base: bare
build-base: ubuntu@24.04
version: "1"
summary: Says hello
description: Says hello
platforms: {amd64: }
extensions: [flask-framework]
"""
APPLICATION = """\
import os

import flask

app = flask.Flask(__name__)


@app.route("/")
def hello():
    return os.environ["FLASK_TOLD"]
"""
METADATA = {
    "name": "hello",
    "summary": "Says hello",
    "containers": {"flask-app": {"resource": "flask-app-image"}},
    "resources": {"flask-app-image": {"type": "oci-image"}},
    "peers": {"secret-storage": {"interface": "secret-storage"}},
}
CONFIG = {"options": {"greeting": {"type": "string", "default": "hello"}}}
ACTIONS = {"rotate-secret-key": {"description": "Makes a new one"}}
DISPATCH = """\
#!/bin/sh
test -z "$PYTHONPATH" || exit 7
JUJU_DISPATCH_PATH="${JUJU_DISPATCH_PATH:-$0}" PYTHONPATH=lib:venv exec ./src/charm.py
"""
CODE = """\
#!/usr/bin/env python3
import http.client
import json
import os
import socket
import subprocess
import sys

import told


class Pebble(http.client.HTTPConnection):
    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect("/charm/containers/flask-app/pebble.socket")


def ask(path, **content):
    pebble = Pebble("pebble")
    pebble.request("POST", path, json.dumps(content), {"Content-Type": "application/json"})
    assert pebble.getresponse().status < 300


if os.environ["JUJU_DISPATCH_PATH"] == "hooks/flask-app-pebble-ready":
    (port,) = [line.split()[1] for line in open("paas-config.yaml") if line.startswith("port:")]
    flask = {
        "override": "merge",
        "command": f"/bin/python3 -m gunicorn -b 127.0.0.1:{port} --chdir /flask/app app:app",
        "after": [],
        "environment": {"FLASK_TOLD": f"{told.TEXT} {sys.prefix}"},
    }
    layer = json.dumps({"services": {"flask": flask}})
    ask("/v1/layers", action="add", combine=True, label="charm", format="yaml", layer=layer)
    ask("/v1/services", action="replan")
    subprocess.run(["status-set", "active"], check=True)
"""
LINK = stat.S_IFLNK | 0o777


def charm_files(text="from the charm's own environment"):
    """Return what Charmcraft would have put into the file."""
    return {
        "metadata.yaml": yaml.safe_dump(METADATA),
        "config.yaml": yaml.safe_dump(CONFIG),
        "actions.yaml": yaml.safe_dump(ACTIONS),
        "dispatch": DISPATCH,
        "src/charm.py": CODE,
        "venv/told.py": f"TEXT = {text!r}\n",
    }


def pack(file, files, modes=None):
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in files.items():
            executable = name in {"dispatch", "src/charm.py"}
            entry = zipfile.ZipInfo(name)
            mode = (modes or {}).get(name, stat.S_IFREG | (0o755 if executable else 0o644))
            entry.external_attr = mode << 16
            archive.writestr(entry, content)
    return file


@pytest.fixture
def charm(tmp_path):
    """Packs files, without some or with others, and returns the packed charm."""

    def make(*without, modes=None, **changes):
        files = charm_files() | changes
        kept = {name: content for name, content in files.items() if name not in without}
        return pack(tmp_path / "hello_amd64.charm", kept, modes)

    return make


@pytest.fixture
def application(tmp_path):
    folder = tmp_path / "application"
    folder.mkdir()
    (folder / "rockcraft.yaml").write_text(ROCK)
    (folder / "requirements.txt").write_text("flask\n")
    (folder / "app.py").write_text(APPLICATION)
    return folder


def read(application, file):
    """Read the project and the charm as `run` does, and return what they are."""
    project = runner_project.with_packed(file, application)
    project.state.mkdir(exist_ok=True)
    return runner_blueprint.read(project, print)


def refusal(application, file):
    with pytest.raises(errors.LocalError) as refused:
        read(application, file)
    return str(refused.value)


def test_the_files_of_the_charm_say_what_charmcraft_yaml_said(charm, tmp_path):
    file, folder = charm(), tmp_path / "unpacked"
    packed.unpack(file, folder)
    content = packed.read(folder, file)
    assert content == {**METADATA, "config": CONFIG, "actions": ACTIONS}


def test_what_is_executable_stays_so(charm, tmp_path):
    packed.unpack(charm(), tmp_path / "unpacked")
    found = {
        path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "unpacked").rglob("*.py")
    }
    assert found == {"charm.py": 0o755, "told.py": 0o644}


def test_unpacking_again_leaves_nothing_of_before(charm, tmp_path):
    folder = tmp_path / "unpacked"
    packed.unpack(charm(extra="old"), folder)
    packed.unpack(charm(), folder)
    assert not (folder / "extra").exists()
    assert {path.name for path in tmp_path.iterdir()} == {"unpacked", "hello_amd64.charm"}


def test_a_link_becomes_the_file_that_it_leads_to(charm, tmp_path):
    file = charm(**{"hooks/start": "../dispatch"}, modes={"hooks/start": LINK})
    packed.unpack(file, tmp_path / "unpacked")
    start = tmp_path / "unpacked" / "hooks" / "start"
    assert start.read_text() == DISPATCH
    assert start.stat().st_mode & 0o777 == 0o755
    assert not start.is_symlink()


@pytest.mark.parametrize("target", ["/etc/passwd", "../../secret", "nothing", "start", "../src"])
def test_a_link_that_leads_to_no_file_of_the_charm_is_refused(charm, application, target):
    file = charm(**{"hooks/start": target}, modes={"hooks/start": LINK})
    assert "'hooks/start', a link to " in refusal(application, file)


@pytest.mark.parametrize("name", ["../escaped", "/tmp/escaped", "src/../../escaped"])
def test_what_leads_out_of_the_charm_is_refused_and_nothing_is_written(charm, application, name):
    assert f"holds {name!r}, which leads out of it" in refusal(application, charm(**{name: "x"}))
    assert not (application / ".paas" / "escaped").exists()
    assert not (application / ".paas" / "charm").exists()


def test_a_file_that_is_no_zip_is_refused_in_one_line(tmp_path, application):
    file = tmp_path / "hello_amd64.charm"
    file.write_text("name: hello\n")
    assert refusal(application, file) == f"{file} cannot be unpacked: File is not a zip file"


def test_a_damaged_file_is_refused_in_one_line(charm, application):
    file = charm()
    content = file.read_bytes()
    file.write_bytes(content.replace(b"TEXT = ", b"XTEX = "))
    assert "cannot be unpacked: Bad CRC-32" in refusal(application, file)


def test_a_zip_without_metadata_is_refused_in_one_line(charm, application):
    file = charm("metadata.yaml")
    assert refusal(application, file) == f"{file} is no packed charm: it has no metadata.yaml"


@pytest.mark.parametrize("mode", [None, stat.S_IFREG | 0o644])
def test_a_charm_without_a_dispatch_to_execute_is_refused_in_one_line(charm, application, mode):
    file = charm(modes={"dispatch": mode}) if mode else charm("dispatch")
    assert refusal(application, file) == (
        f"{file} has no dispatch that can be executed, so no hook can run: pack it with Charmcraft"
    )


def test_every_problem_of_the_metadata_is_told_with_its_place(charm, application):
    file = charm(
        **{
            "metadata.yaml": "containers: [flask-app]\nrequires: {redis: redis}\n",
            "config.yaml": "options: {a: 1}\n",
            "actions.yaml": "- rotate-secret-key\n",
        }
    )
    assert refusal(application, file).splitlines() == [
        f"{file}: actions.yaml:1: should be a mapping of keys to values, not a list",
        f"{file}: metadata.yaml: name: is missing",
        f"{file}: metadata.yaml: containers: should be a mapping",
        f"{file}: metadata.yaml: requires.redis: should be a mapping",
        f"{file}: config.yaml: options.a: should be a mapping",
    ]


def test_a_charm_of_no_framework_is_refused_in_one_line(charm, application):
    file = charm(**{"metadata.yaml": "name: hello\ncontainers: {app: {}}\n"})
    module = next(iter(catalogue.SUITES.values())).module
    assert refusal(application, file) == (
        f"{file} is no charm of this library: its src/charm.py has no class of, for example, "
        f"paas_app_charmer.{module}.Charm"
    )


def test_a_rock_of_another_framework_is_refused_in_one_line(charm, application):
    file = charm(**{"metadata.yaml": "name: hello\ncontainers: {django-app: {}}\n"})
    (told,) = refusal(application, file).splitlines()
    assert "rockcraft.yaml: is for flask, but the charm is for django" in told


@pytest.mark.parametrize(
    ("content", "code", "framework"),
    [
        ({"containers": {"flask-app": {}}}, "", "flask"),
        ({"containers": {"django-app": {}}}, "import ops", "django"),
        ({"containers": {"app": {}}, "config": {"options": {"django-debug": {}}}}, "", "django"),
        (
            {"containers": {"app": {}}},
            "import paas_app_charmer.flask\nclass C(paas_app_charmer.flask.Charm): pass",
            "flask",
        ),
        (
            {"containers": {"app": {}}},
            "from paas_app_charmer import go\nclass C(go.Charm): pass",
            "go",
        ),
    ],
)
def test_the_framework_is_found_without_an_extension(tmp_path, content, code, framework):
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "charm.py").write_text(code)
    assert runner_framework.of(content, tmp_path, named="x.charm") == framework


def test_the_application_is_that_of_the_folder_or_of_one_above(charm, application):
    (application / "templates").mkdir()
    found = runner_project.with_packed(charm(), application / "templates")
    assert (found.folder, found.charm) == (application, application / ".paas" / "charm")


def test_without_an_application_the_option_to_name_it_is_told(charm, tmp_path):
    with pytest.raises(errors.LocalError, match=r"no rockcraft\.yaml in .*--project$"):
        runner_project.with_packed(charm(), tmp_path)


def test_the_other_commands_find_what_runs_with_a_packed_charm_only(charm, application):
    project = runner_project.with_packed(charm(), application)
    project.state.mkdir()
    assert runner_project.find_state(application) == project.state


def test_what_dispatch_links_and_ops_keeps_stays_in_a_units_copy(charm, tmp_path):
    source, copy = tmp_path / "unpacked", tmp_path / "copy"
    packed.unpack(charm(), source)
    take = {"charmcraft": {}, "paas_config": {"port": 8001}}
    assert charmdir.refresh(source, copy, **take)
    (copy / ".unit-state.db").touch()
    (copy / "venv" / "bin").mkdir()
    (copy / "venv" / "bin" / "python").symlink_to(sys.executable)
    (copy / "venv" / "__pycache__").mkdir()
    (copy / "venv" / "__pycache__" / "told.cpython-311.pyc").touch()
    assert not charmdir.refresh(source, copy, **take)
    assert (copy / "venv" / "bin" / "python").is_symlink()
    assert yaml.safe_load((copy / "paas-config.yaml").read_text()) == {"port": 8001}


def test_a_new_revision_takes_away_what_it_no_longer_has(charm, tmp_path):
    source, copy = tmp_path / "unpacked", tmp_path / "copy"
    packed.unpack(charm(**{"venv/gone.py": "", "venv/.hidden": ""}), source)
    charmdir.refresh(source, copy, charmcraft={}, paas_config={})
    packed.unpack(charm(), source)
    assert charmdir.refresh(source, copy, charmcraft={}, paas_config={})
    assert [path.name for path in (copy / "venv").iterdir()] == ["told.py"]


@pytest.mark.parametrize(
    ("path", "minor"),
    [
        ("venv/_yaml/_yaml.cpython-312-x86_64-linux-gnu.so", 12),
        ("venv/lib/python3.14/site-packages/ops/__init__.py", 14),
        ("venv/ops/__init__.py", None),
        ("lib/other.cpython-312-x86_64-linux-gnu.so", None),
    ],
)
def test_compiled_packages_say_which_python_the_charm_needs(tmp_path, path, minor):
    (tmp_path / path).parent.mkdir(parents=True)
    (tmp_path / path).touch()
    assert interpreter.version(tmp_path) == minor


def test_the_python_of_a_charm_is_in_no_virtual_environment(tmp_path):
    python = interpreter.ensure(tmp_path, tmp_path / "python")
    asked = "import sys; print(sys.prefix == sys.base_prefix)"
    assert subprocess.check_output([python, "-c", asked], text=True) == "True\n"


def test_a_python_that_is_not_here_is_asked_for():
    with pytest.raises(errors.LocalError, match=r"for Python 3\.2, .* install python3\.2"):
        interpreter.find(2)


def test_packing_again_is_a_new_revision_and_the_sources_are_none(charm, application):
    file = charm()
    (application / "charm").mkdir()
    (application / "charm" / "charmcraft.yaml").touch()
    before = watch.snapshot(application, packed=file)
    (application / "charm" / "charm.py").write_text("x = 1")
    assert watch.snapshot(application, packed=file) == before
    charm(extra="new")
    (name,) = watch.changed(before, watch.snapshot(application, packed=file))
    assert watch.effect(pathlib.PurePath(name)) is watch.Effect.UPGRADE


@pytest.mark.parametrize("name", ["charm/parts/charm/src/charm.py", "charm/hello_amd64.charm"])
def test_packing_does_not_upgrade_what_runs_from_its_sources(application, name):
    before = watch.snapshot(application)
    (application / name).parent.mkdir(parents=True)
    (application / name).touch()
    assert watch.snapshot(application) == before


class Command:
    """The command line, in a folder with no project of its own."""

    def __init__(self, folder, application):
        self.folder = folder
        self.application = application

    def __call__(self, *words, code=0):
        done = self._run(*words)
        if done.returncode != code:
            log = self._run("logs", "--project", self.application)
            pytest.fail(f"{done.stdout}{done.stderr}{log.stdout}")
        return done.stdout if code == 0 else done.stderr

    def _run(self, *words):
        return subprocess.run(
            [sys.executable, "-m", "paas_app_charmer.cli", *words],
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=90,
            check=False,
        )

    def in_project(self, *words):
        return self(*words, "--project", str(self.application))


@pytest.fixture
def command(tmp_path, application):
    command = Command(tmp_path, application)
    yield command
    if (application / ".paas").exists():
        command.in_project("down")


def body(url):
    with urllib.request.urlopen(url, timeout=5) as response:
        return response.read().decode()


def eventually(check, seconds=20):
    deadline = time.monotonic() + seconds
    while True:
        try:
            if found := check():
                return found
        except OSError:
            pass
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def test_a_packed_charm_runs_by_its_own_dispatch_until_it_is_packed_anew(charm, command):
    words = ("run", charm().name, "--project", command.application.name, "--detach")
    url = command(*words).splitlines()[-1]
    text, prefix = body(url).rsplit(maxsplit=1)
    assert text == "from the charm's own environment"
    assert prefix != sys.prefix
    status = json.loads(command.in_project("status", "--json"))
    assert list(status["applications"]) == ["hello"]
    charm(**{"venv/told.py": "TEXT = 'packed anew'\n"})
    eventually(lambda: body(url).startswith("packed anew"))


def test_a_packed_charm_needs_an_application(charm, command):
    told = command("run", charm().name, code=1)
    assert "no rockcraft.yaml in" in told


def test_a_folder_has_its_application_already(command, application):
    told = command("run", str(application), "--project", str(application), code=2)
    assert "--project is for CHARM_FILE" in told


CHARMCRAFT = """\
name: hello
type: charm
base: ubuntu@24.04
platforms: {amd64: }
summary: Says hello
description: Says hello
extensions: [flask-framework]
"""


def test_an_expansion_runs_as_the_short_file_does(application):
    charm = application / "charm"
    charm.mkdir()
    (charm / "charmcraft.yaml").write_text(CHARMCRAFT)
    project = runner_project.find(application)
    short = runner_blueprint.read(project, print)
    (charm / "charmcraft.yaml").write_text(document.dump(short.charmcraft))
    full = runner_blueprint.read(project, print)
    assert "extensions" not in full.charmcraft
    assert (full.framework, full.charmcraft) == ("flask", short.charmcraft)


def test_every_problem_of_a_project_file_is_told_with_its_place(application):
    charm = application / "charm"
    charm.mkdir()
    wrong = (
        CHARMCRAFT + "parts: {charm: {plugin: nil}}\nconfig: {options: {flask-x: {type: int}}}\n"
    )
    (charm / "charmcraft.yaml").write_text(wrong)
    with pytest.raises(errors.LocalError) as refused:
        runner_blueprint.read(runner_project.find(application), print)
    first, second = sorted(str(refused.value).splitlines())
    assert first.startswith(f"{charm}/charmcraft.yaml: config.options.flask-x: ")
    assert second.startswith(f"{charm}/charmcraft.yaml: parts.charm: ")


def test_what_is_doubtful_is_told_while_the_project_starts(application):
    charm = application / "charm"
    charm.mkdir()
    (charm / "charmcraft.yaml").write_text(
        CHARMCRAFT + "requires: {cache: {interface: no_such_interface}}\n"
    )
    told = []
    runner_blueprint.read(runner_project.find(application), told.append)
    assert any("charmcraft.yaml: requires.cache: " in line for line in told)
