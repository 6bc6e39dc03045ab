"""The parts of a rock in the library that Rockcraft makes parts with, which is Charmcraft's too.

Parts that copy and write files are made here as for a rock. Who owns what is noted, not done, as
it takes root; packages and other sources would have to be downloaded.
"""

from __future__ import annotations

import json
import pathlib
import subprocess

import pytest
import yaml

from paas_app_charmer import project as projects
from paas_app_charmer.suites import catalogue, profile, rock

pytestmark = pytest.mark.timeout(400)

ROOT = pathlib.Path(__file__).parents[2]
GOLDEN = sorted((ROOT / "tests" / "suites" / "golden").glob("*.yaml"))
HEAD = {
    "name": "my-web",
    "base": "bare",
    "build-base": "ubuntu@24.04",
    "version": "0.1",
    "summary": "Says hello",
    "description": "Says hello",
    "platforms": {"amd64": None},
}
FILES = (
    *("app.py", ".env", "web/a.py", "web/tests/t.py", "static/a.css", "static/b.js"),
    *("rockcraft.yaml", "charm/charmcraft.yaml", "venv/pyvenv.cfg", "__pycache__/app.pyc"),
    *("my_web/my_web/wsgi.py", "my_web/.hidden", "my_web/db.sqlite3"),
)
MADE_HERE = ("install-app", "config-files", "logging")
MADE_OF_GO = ("base-layout", "assets", "logging")
DAEMON = 584792

VALIDATE = """\
import json, sys
import craft_parts
for parts in json.load(sys.stdin):
    for part in parts.values():
        craft_parts.validate_part(part)
"""
MAKE = """\
import json, os, pathlib, sys
import craft_parts
from craft_parts import packages
from craft_parts.packages import base

packages.Repository = base.DummyRepository  # apt is not needed for these parts
owners = {}
os.chown = lambda path, user, group, **_: owners.__setitem__(os.fspath(path), [user, group])
work = pathlib.Path(sys.argv[1])
manager = craft_parts.LifecycleManager(
    {"parts": json.load(sys.stdin)},
    application_name="rocks", cache_dir=work / "cache", work_dir=work, base="ubuntu@24.04",
)
with manager.action_executor() as executor, open(work / "log", "w") as log:
    executor.execute(manager.plan(craft_parts.Step.PRIME), stdout=log, stderr=log)
prime = work / "prime"
found = {
    path.relative_to(prime).as_posix(): owners.get(str(path))
    for path in sorted(prime.rglob("*"))
}
json.dump(found, sys.stdout)
"""


@pytest.fixture
def run(charmcraft, tmp_path):
    """Run a program with the library, in the project's folder."""
    (tmp_path / "project").mkdir()

    def run(program, given, *arguments):
        return subprocess.run(
            [charmcraft.parent / "python", "-c", program, *arguments],
            input=json.dumps(given),
            cwd=tmp_path / "project",
            env={"PATH": f"{tmp_path}/tools:{charmcraft.parent}:/usr/bin:/bin"},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


@pytest.fixture
def make(run, tmp_path):
    """Make the parts of a project and return the owners of what would be in the rock."""

    def make(framework="flask", made=MADE_HERE, **part):
        for path in FILES:
            file = tmp_path / "project" / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text("app = application = 1")
        asked = "go.mod" if framework == "go" else "requirements.txt"
        names = {"go.mod": "module example.com/my-web\n", "requirements.txt": framework}
        (tmp_path / "project" / asked).write_text(names[asked])
        extension = f"{framework}-framework"
        content = {**HEAD, "extensions": [extension]}
        if part:
            content["parts"] = {f"{extension}/install-app": part}
        expanded = rock.expand(projects.read(tmp_path / "project", catalogue.READS), content)
        assert expanded.errors == ()
        named = [f"{extension}/{name}" for name in made]
        parts = {name: expanded.content["parts"][name] for name in named}
        work = tmp_path / "work"
        work.mkdir()
        done = run(MAKE, parts, str(work))
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return make


def application(found, folder="flask/app/"):
    return {path.removeprefix(folder) for path in found if path.startswith(folder)}


def test_every_part_of_every_expansion_is_accepted(run):
    contents = [yaml.safe_load(file.read_text(encoding="utf-8")) for file in GOLDEN]
    assert len(contents) > 5
    done = run(VALIDATE, [content["parts"] for content in contents])
    assert done.returncode == 0, done.stderr


def test_the_rock_of_every_suite_is_accepted_on_each_of_its_bases(run):
    given = []
    for suite in catalogue.SUITES.values():
        example = projects.read(ROOT / "examples" / suite.module, catalogue.READS)
        name = yaml.safe_load(example.texts["rockcraft.yaml"])["name"]
        for base in suite.bases("rock"):
            files = profile.files(suite, "rock", name=name, base=base)
            expanded = rock.expand(example, yaml.safe_load(files["rockcraft.yaml"].text))
            assert expanded.errors == (), (suite.name, base)
            given.append(expanded.content["parts"])
    done = run(VALIDATE, given)
    assert done.returncode == 0, done.stderr


def test_what_is_in_a_rock_and_whose_it_is(make):
    found = make()
    assert application(found) == {"app.py", "static", "static/a.css", "static/b.js"}
    ours = {path for path, owner in found.items() if owner == [DAEMON, DAEMON]}
    assert ours >= {f"flask/app/{name}" for name in application(found)}
    others = {"etc", "opt", "var", "var/log", "statsd-mapping.conf"}
    assert found.keys() - ours <= {*others, "flask"}
    assert ours >= {"flask/gunicorn.conf.py", "opt/promtail", "etc/promtail", "var/log/flask"}


@pytest.mark.parametrize(
    ("prime", "names"),
    [
        (
            ["flask/app/app.py", "flask/app/web", "-flask/app/web/tests"],
            {"app.py", "web", "web/a.py"},
        ),
        (["flask/app/web/tests"], {"web", "web/tests", "web/tests/t.py"}),
        (["flask/app/*.py", "flask/app/static/*.css"], {"app.py", "static", "static/a.css"}),
        (
            ["-flask/app/.env", "-flask/app/my_web", "-flask/app/static"],
            {"app.py", "requirements.txt", "web", "web/a.py", "web/tests", "web/tests/t.py"},
        ),
        (
            ["flask/app/", "-flask/app/my_web", "-flask/app/static", "-flask/app/web"],
            {"app.py", "requirements.txt", ".env"},
        ),
    ],
)
def test_the_author_s_list_decides(make, prime, names):
    assert application(make(prime=prime)) == names


def test_of_a_django_project_everything_but_the_database_is_taken(make):
    found = make("django")
    assert application(found, "django/app/") == {".hidden", "my_web", "my_web/wsgi.py"}
    assert found["django/app/.hidden"] == [DAEMON, DAEMON]


def test_what_goes_along_with_a_go_program_is_in_its_folder_and_may_be_written_to(make):
    found = make("go", MADE_OF_GO)
    assert application(found, "app/") == {"static", "static/a.css", "static/b.js"}
    ours = {path for path, owner in found.items() if owner == [DAEMON, DAEMON]}
    assert {"app", "app/static", "app/static/a.css", "opt/promtail"} <= ours


@pytest.fixture
def npm_made(run, tmp_path):
    """Make the application of an Express rock; return what would be in the rock, and its owner.

    Node.js is this machine's. What `chown` is asked for is noted, as it takes root.
    """
    app, tools, work = (tmp_path / name for name in ("project/app", "tools", "work"))
    for folder in (app / "node_modules" / "left", tools, work):
        folder.mkdir(parents=True)
    (tools / "chown").write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/owners\n')
    (tools / "chown").chmod(0o755)
    manifest = {"name": "@shop/web", "version": "1.0.0", "scripts": {"start": "node server.js"}}
    manifest["dependencies"] = {"is-number": "^6.0.0 || ^7.0.0"}
    locked = {"": manifest, "node_modules/is-number": {"version": "6.0.0"}}
    lock = {"name": "@shop/web", "lockfileVersion": 3, "requires": True, "packages": locked}
    texts = {
        "package.json": json.dumps(manifest),
        "package-lock.json": json.dumps(lock),
        "server.js": "",
        "node_modules/left/over.js": "",
        ".npmrc": "//npm.example.com/:_authToken=hush\nloglevel=error\n",
    }
    for path, text in texts.items():
        (app / path).write_text(text)
    content = {**HEAD, "extensions": ["expressjs-framework"]}
    expanded = rock.expand(projects.read(tmp_path / "project", catalogue.READS), content)
    assert expanded.errors == ()
    name = "expressjs-framework/install-app"
    done = run(MAKE, {name: expanded.content["parts"][name]}, str(work))
    assert done.returncode == 0, done.stderr + (work / "log").read_text()
    return work / "prime", (tmp_path / "owners").read_text().split()


def test_npm_puts_an_application_with_the_packages_of_its_lock_file_behind_a_link(npm_made):
    prime, (flag, owner, *owned) = npm_made
    home = prime / "lib" / "node_modules" / "@shop" / "web"
    assert (prime / "app").readlink().as_posix() == "/lib/node_modules/@shop/web"
    package = json.loads((home / "node_modules" / "is-number" / "package.json").read_text())
    assert package["version"] == "6.0.0"
    assert (home / "server.js").is_file()
    assert not (home / "node_modules" / "left").exists()
    assert (home / ".npmrc").read_text().split() == [
        *("loglevel=error", "script-shell=bash", "update-notifier=false"),
    ]
    assert (prime / "tmp").stat().st_mode & 0o7777 == 0o1777
    assert (flag, owner) == ("-hR", f"{DAEMON}:{DAEMON}")
    assert [path.partition("/install/")[2] for path in owned] == [
        *("lib/node_modules/@shop/web", "app"),
    ]
