"""What the parts of a rock are made of here, by the plug-in of each."""

from __future__ import annotations

import pathlib
import subprocess

import pytest

from paas_app_charmer.local import builds, errors, rock, watch
from paas_app_charmer.local.builds import go

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
    given = order(organize=PLACED, **{"override-build": "make"})
    builds.build([builds.Order(**{**vars(given), "progress": told.append})])
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
