"""What the parts of a rock are made of here, by the plug-in of each."""

from __future__ import annotations

import dataclasses
import json
import pathlib
import subprocess

import pytest

from paas_app_charmer.local import builds, errors, rock, watch
from paas_app_charmer.local.builds import go, npm

ROCK = """\
name: shop
base: bare
build-base: ubuntu@24.04
version: "1"
summary: A shop
description: A shop
platforms: {amd64: }
extensions: [go-framework]
"""
SAYS = 'package main\n\nfunc main() { println("%s") }\n'
PROJECT = {
    "rockcraft.yaml": ROCK,
    "go.mod": "module example.com/shop\n\ngo 1.24\n",
    "main.go": SAYS % "open",
    "migrate.sh": "exec shop migrate\n",
}


@pytest.fixture
def project(tmp_path):
    folder = tmp_path / "project"
    write(folder, PROJECT)
    return folder


@pytest.fixture
def order(project, tmp_path):
    """Return the order of a part whose source is the project."""

    def order(**part: object) -> builds.Order:
        return builds.Order(
            name="go-framework/install-app",
            part={"plugin": "go", "source": ".", **part},
            project=project,
            state=tmp_path / "state",
            progress=lambda _: None,
        )

    return order


def write(folder: pathlib.Path, texts: dict[str, str]) -> None:
    for path, text in texts.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)


def said(program: object) -> str:
    return subprocess.run([str(program)], capture_output=True, text=True, check=True).stderr


PLACED = {"bin/shop": "usr/local/bin/shop"}


# --- parts ---


def test_a_part_is_made_by_the_module_of_its_plug_in(order):
    made = builds.build([order(organize=PLACED), order(plugin="nil"), order(plugin="unheard-of")])
    assert set(made.commands) == {"shop"}


@pytest.mark.parametrize("source", ["https://example.com/tool.git", "git@example.com:tool"])
def test_what_comes_from_elsewhere_is_not_made_here(order, source):
    assert builds.build([order(source=source)]) == builds.Made()


def test_a_build_of_the_authors_own_is_told_to_be_left_out(order):
    told: list[str] = []
    given = dataclasses.replace(order(organize=PLACED), rewritten=True, progress=told.append)
    builds.build([given])
    assert "go-framework/install-app: its own override-build is not run here" in told


def test_the_parts_of_a_python_rock_are_built_from_nothing_that_has_to_be_built_again(project):
    write(project, {"app.py": "app = 1", "requirements.txt": "flask\n"})
    write(project, {"rockcraft.yaml": ROCK.replace("go-framework", "flask-framework")})
    image = rock.read(project)
    assert builds.sources(image.parts.values()) == frozenset()
    assert (image.source, image.exports_metrics) == (".", True)


def test_the_parts_of_a_go_rock_are_its_program_and_what_goes_along(project):
    image = rock.read(project)
    assert ".go" in builds.sources(image.parts.values())
    assert (image.source, image.app_folder, image.exports_metrics) == ("", "/app", False)
    assert {"go-framework/install-app", "go-framework/assets"} <= image.parts.keys()


# --- go ---


def test_a_program_is_built_and_put_on_the_path(order):
    made = go.build(order(organize=PLACED))
    assert said(made.commands["shop"]) == "open\n"
    assert made.homes == (pathlib.Path(made.commands["shop"]).parent,)


def test_a_program_outside_of_the_path_is_shown_where_the_rock_has_it(order):
    made = go.build(order(organize={"bin/shop": "app/server"}))
    assert said(made.readable["/app/server"]) == "open\n"
    assert made.commands == {}


def test_several_programs_are_placed_by_a_pattern(project, order):
    write(project, {"cmd/till/main.go": SAYS % "ring"})
    made = go.build(order(organize={"bin/*": "usr/bin/"}))
    assert set(made.commands) == {"shop", "till"}


def test_only_what_the_part_places_is_there(project, order):
    write(project, {"cmd/till/main.go": SAYS % "ring"})
    assert set(go.build(order(organize=PLACED)).commands) == {"shop"}


def test_a_program_that_is_not_made_is_told_with_those_that_are(order):
    with pytest.raises(errors.LocalError, match="makes no bin/till; the programs are: shop"):
        go.build(order(organize={"bin/till": "usr/bin/till"}))


def test_what_was_made_before_does_not_stand_for_what_is_missing_now(project, order):
    write(project, {"cmd/till/main.go": SAYS % "ring"})
    till = order(organize={"bin/till": "usr/bin/till"})
    go.build(till)
    (project / "cmd" / "till" / "main.go").unlink()
    with pytest.raises(errors.LocalError, match="makes no bin/till"):
        go.build(till)


def test_a_program_that_cannot_be_built_leaves_the_one_before(project, order):
    before = go.build(order(organize=PLACED)).commands["shop"]
    write(project, {"main.go": "package main\n\nfunc main() { close }\n"})
    with pytest.raises(errors.LocalError, match=r"(?s)install-app cannot be built:.*main\.go:3"):
        go.build(order(organize=PLACED))
    assert said(before) == "open\n"


def test_tags_and_variables_of_the_part_reach_the_compiler(project, order):
    write(
        project,
        {
            "main.go": "package main\n\nfunc main() { println(word) }\n",
            "plain.go": '//go:build !sale\n\npackage main\n\nconst word = "open"\n',
            "sale.go": '//go:build sale && cgo\n\npackage main\n\nconst word = "sale with C"\n',
            "pure.go": '//go:build sale && !cgo\n\npackage main\n\nconst word = "sale"\n',
        },
    )
    part = {"go-buildtags": ["sale"], "build-environment": [{"CGO_ENABLED": "0"}]}
    assert said(go.build(order(organize=PLACED, **part)).commands["shop"]) == "sale\n"


def test_what_has_to_be_generated_is_generated_first(project, order):
    generate = "//go:generate sh -c \"printf 'package main\\n\\nconst word = 1\\n' > word.go\"\n"
    write(project, {"main.go": f"package main\n\n{generate}\nfunc main() {{ println(word) }}\n"})
    made = go.build(order(organize=PLACED, **{"go-generate": ["./..."]}))
    assert said(made.commands["shop"]) == "1\n"


# --- npm ---

SERVER = "console.log(require('is-number')(3), process.env.WORD);"


@pytest.fixture
def web(project, order):
    """Install an application with an answer from its one package; return the order."""

    def web(lock=None, *, more=None, **part):
        manifest = {"name": "web", "scripts": {"start": "node server.js"}}
        manifest["dependencies"] = {"is-number": "^7.0.0 || ^6.0.0"}
        texts = {"app/package.json": json.dumps(manifest), "app/server.js": SERVER, **(more or {})}
        if lock:
            packages = {"": manifest, "node_modules/is-number": {"version": lock}}
            content = {"name": "web", "lockfileVersion": 3, "requires": True, "packages": packages}
            texts["app/package-lock.json"] = json.dumps(content)
        write(project, texts)
        given = order(plugin="npm", source="app/", **part)
        return dataclasses.replace(given, app_folder="/app")

    return web


def installed(made: builds.Made) -> pathlib.Path:
    """The application's folder."""
    (folder,) = made.writable.values()
    return folder


def version(made: builds.Made) -> str:
    """The version of the package that the application has."""
    package = installed(made) / "node_modules" / "is-number" / "package.json"
    return json.loads(package.read_text())["version"]


def test_an_application_is_installed_with_its_packages_where_the_rock_has_it(web):
    made = npm.build(web())
    assert list(made.writable) == ["/app"]
    done = subprocess.run(
        ["npm", "start"], cwd=installed(made), capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1].startswith("true")
    assert (installed(made) / ".npmrc").read_text() == "script-shell=bash\nupdate-notifier=false\n"


def test_another_part_of_npm_is_where_npm_puts_it(web):
    made = npm.build(dataclasses.replace(web(), app_folder=""))
    assert list(made.writable) == ["/usr/lib/node_modules/web"]


@pytest.mark.parametrize(("lock", "expected"), [("6.0.0", "6.0.0"), (None, "7.0.0")])
def test_packages_are_those_of_the_lock_file_or_else_the_latest(web, lock, expected):
    assert version(npm.build(web(lock))) == expected


def test_npm_chooses_which_files_are_taken_along(web):
    more = {"app/.npmignore": "*.test.js\n", "app/a.test.js": "", "app/migrations/1.sql": ""}
    found = {path.name for path in installed(npm.build(web(more=more))).iterdir()}
    assert found == {
        *("package.json", "server.js", "migrations"),
        *("node_modules", ".npmrc"),
    }


def test_what_is_installed_has_the_package_json_of_the_project(web, project):
    found = (installed(npm.build(web())) / "package.json").read_text()
    assert found == (project / "app" / "package.json").read_text()


def test_a_changed_file_is_seen_and_packages_stay_as_they_are(web, project):
    order = web()
    before = npm.build(order)
    write(project, {"app/server.js": "// another"})
    after = npm.build(order)
    assert (installed(after) / "server.js").read_text() == "// another"
    assert (installed(before) / "server.js").read_text() == SERVER  # it may still be running
    packages = [(installed(made) / "node_modules").resolve() for made in (before, after)]
    assert packages[0] == packages[1]


def test_of_former_ones_no_more_than_the_last_is_kept(web):
    order = web()
    made = [npm.build(order) for _ in range(3)]
    assert [installed(one).exists() for one in made] == [False, True, True]


def test_packages_that_cannot_be_had_are_told_and_nothing_is_left_of_them(web, project):
    order = web()
    before = npm.build(order)
    write(project, {"app/package.json": '{"name": "web", "dependencies": {"is-number": "^99"}}'})
    with pytest.raises(errors.LocalError, match=r"(?s)install-app cannot be built:.*is-number"):
        npm.build(order)
    assert (installed(before) / "node_modules" / "is-number").is_dir()
    assert len([*order.folder.iterdir()]) == 2


def test_the_project_itself_is_left_as_it_is(web, project):
    npm.build(web("6.0.0"))
    found = {path.name for path in (project / "app").iterdir()}
    assert found == {"package.json", "package-lock.json", "server.js"}


def test_without_node_it_is_told_what_to_install(web, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(errors.LocalError, match=r"Node\.js and npm are needed"):
        npm.build(web())


def test_a_step_of_the_extension_is_no_build_of_the_authors_own(project):
    text = ROCK.replace("go-framework", "expressjs-framework")
    manifest = {"name": "web", "version": "1", "scripts": {"start": "node server.js"}}
    write(project, {"app/package.json": json.dumps(manifest), "rockcraft.yaml": text})
    assert rock.read(project).rewritten == frozenset()
    own = "parts: {expressjs-framework/install-app: {override-build: make}}\n"
    write(project, {"rockcraft.yaml": text + own})
    assert rock.read(project).rewritten == {"expressjs-framework/install-app"}


# --- dump ---


def test_files_of_the_project_are_shown_where_the_part_puts_them(project, order):
    write(project, {"words/a.txt": "", "words/b.txt": ""})
    organize = {"migrate.sh": "app/migrate.sh", "words/*.txt": "app/words/", "none": "app/none"}
    made = builds.build([order(plugin="dump", organize=organize)])
    assert made.readable == {
        "/app/migrate.sh": project / "migrate.sh",
        "/app/words/a.txt": project / "words" / "a.txt",
        "/app/words/b.txt": project / "words" / "b.txt",
    }


# --- what a change asks for ---


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("main.go", watch.Effect.UPGRADE),
        ("go.mod", watch.Effect.UPGRADE),
        ("pages/list.html", watch.Effect.UPGRADE),
        ("static/style.css", watch.Effect.UPGRADE),
        ("README.md", watch.Effect.NOTHING),
        (".paas/builds/x.go", watch.Effect.NOTHING),
    ],
)
def test_a_change_of_what_a_program_is_built_from_builds_it_again(path, expected):
    assert watch.effect(pathlib.PurePath(path), frozenset(go.SOURCES)) is expected


def test_what_nothing_is_built_from_is_not_looked_at(tmp_path):
    write(tmp_path, {"main.go": "", "style.css": ""})
    assert watch.snapshot(tmp_path) == {}
    assert set(watch.snapshot(tmp_path, sources=frozenset({".go"}))) == {"main.go"}
