"""The suite of Go programs: which program a rock starts, and what goes along with it."""

from __future__ import annotations

import pytest

from paas_app_charmer.suites import catalogue, check, detect, profile
from paas_app_charmer.suites.go import programs

from . import rocks

MODULE = "go.mod"
SUITE = catalogue.SUITES["go-framework"]
MAIN = "package main\n"


def module(path="example.com/my-web"):
    return {MODULE: f"module {path}\n"}


def program(**part):
    parts = {"go-framework/install-app": part} if part else {}
    return rocks.part(rocks.expand_go(parts=parts), "install-app", "go")


def assets(*stage, there=(), **keys):
    parts = {"go-framework/assets": {"stage": list(stage)}} if stage else {}
    return rocks.expand_go(rocks.GO, there, parts=parts, **keys)


def of_assets(expanded):
    return expanded.content["parts"].get("go-framework/assets", {})


# --- the program ---


def test_the_service_is_the_program_that_is_called_like_the_rock():
    assert rocks.expand_go().content["services"] == {
        "go": {
            "override": "replace",
            "startup": "enabled",
            "user": "_daemon_",
            "working-dir": "/app",
            "command": "my-web",
        }
    }


def test_the_program_is_put_on_the_path():
    part = program()
    assert part["organize"] == {"bin/my-web": "usr/local/bin/my-web"}
    assert part["stage"] == ["usr/local/bin/my-web"]


def test_a_program_that_the_author_puts_in_that_place_is_the_one():
    part = program(organize={"bin/server": "usr/local/bin/my-web", "bin/tool": "usr/bin/tool"})
    assert part["organize"] == {
        "bin/server": "usr/local/bin/my-web",
        "bin/tool": "usr/bin/tool",
    }
    assert part["stage"] == ["usr/local/bin/my-web", "usr/bin/tool"]


def test_with_a_command_of_the_author_nothing_is_placed_or_looked_for():
    expanded = rocks.expand_go(module("example.com/other"), services={"go": {"command": "x"}})
    part = rocks.part(expanded, "install-app", "go")
    assert (part["organize"], "stage" in part) == ({}, False)
    assert expanded.content["services"]["go"]["command"] == "x"
    assert expanded.errors == ()


@pytest.mark.parametrize(
    ("part", "snaps"),
    [
        ({}, ["go"]),
        ({"build-snaps": ["node"]}, ["go", "node"]),
        ({"build-snaps": ["go/1.26/stable"]}, ["go/1.26/stable"]),
        ({"build-packages": ["golang-go"]}, None),
        ({"build-packages": ["gccgo-go"]}, None),
    ],
)
def test_a_toolchain_is_added_unless_the_author_brings_one(part, snaps):
    assert program(**part).get("build-snaps") == snaps


def test_on_bare_there_is_no_c_library_to_load():
    assert program()["build-environment"] == [{"CGO_ENABLED": "0"}]
    own = [{"CGO_ENABLED": "1"}]
    assert program(**{"build-environment": own})["build-environment"] == own
    on_ubuntu = rocks.expand_go(base="ubuntu@24.04", build_base=None)
    assert "build-environment" not in rocks.part(on_ubuntu, "install-app", "go")


@pytest.mark.parametrize(
    ("texts", "what"),
    [
        ({"main.go": MAIN}, "go.mod: is missing; `go mod init` writes it"),
        ({MODULE: "go 1.26\n"}, "go.mod: names no module"),
        (
            {**module("example.com/shop"), "main.go": MAIN},
            "go.mod: makes `shop`, and nothing that is called `my-web` like the rock",
        ),
        (
            {**module("example.com/shop"), "cmd/server/main.go": MAIN},
            "go.mod: makes `server`, and nothing that is called `my-web` like the rock",
        ),
    ],
)
def test_a_project_that_makes_no_such_program_is_told(texts, what):
    (line,) = rocks.told(rocks.expand_go(texts))
    assert line.startswith(what)


@pytest.mark.parametrize(
    "texts",
    [
        {**module("example.com/my-web/v2"), "main.go": MAIN},
        {MODULE: 'module "my-web"\n', "main.go": "// Shop.\npackage main\n"},
        {**module("example.com/shop"), "main.go": MAIN, "cmd/my-web/main.go": MAIN},
        {**module("example.com/shop"), "cmd/my-web/serve.go": ""},  # it may be one
        module("example.com/shop"),  # too little is seen to say
    ],
)
def test_a_program_of_that_name_is_found_where_go_would_make_it(texts):
    assert rocks.told(rocks.expand_go(texts)) == []


def test_what_is_vendored_or_test_data_is_no_program():
    texts = {**module(), "vendor/x/main.go": MAIN, "testdata/main.go": MAIN, "main.go": MAIN}
    assert programs.made(rocks.project(texts)) == {"my-web": "main.go"}


# --- what goes along ---


def test_of_the_default_names_those_that_are_there_go_along():
    part = of_assets(assets(there=["migrate.sh", "static/a.css", "main_test.go", "words/a.txt"]))
    assert part["organize"] == {"migrate.sh": "app/migrate.sh", "static": "app/static"}
    assert (part["plugin"], part["stage"]) == ("dump", ["app/migrate.sh", "app/static"])


def test_s12_what_goes_along_belongs_to_the_user_of_the_services():
    part = of_assets(assets(there=["migrate.sh"]))
    assert part["permissions"] == [{"owner": 584792, "group": 584792}]


def test_without_any_there_is_no_such_part():
    assert of_assets(assets()) == {}


def test_a_list_of_the_author_takes_the_place_of_the_default():
    part = of_assets(assets("app/words", there=["words/a.txt", "migrate.sh"]))
    assert (part["organize"], part["stage"]) == ({"words": "app/words"}, ["app/words"])


def test_an_exclusion_takes_away_from_the_default():
    expanded = assets("-app/static/a.map", there=["static/a.map", "migrate.sh"])
    part = of_assets(expanded)
    assert set(part["organize"]) == {"migrate.sh", "static"}
    assert part["stage"] == ["app/migrate.sh", "app/static", "-app/static/a.map"]


def test_an_entry_outside_of_the_folder_is_told():
    (line,) = rocks.told(assets("static", there=["static/a.css"]))
    assert line.startswith(
        "rockcraft.yaml: parts.go-framework/assets.stage: `static` is not below"
    )
    assert "app/static" in line


# --- init and check ---


@pytest.mark.parametrize(
    ("texts", "name"),
    [
        ({**module("example.com/shop"), "main.go": MAIN}, "shop"),
        ({**module("example.com/shop/v2"), "main.go": MAIN}, "shop"),
        ({**module("example.com/shop"), "cmd/server/main.go": MAIN}, "server"),
        (module("example.com/shop"), "shop"),
    ],
)
def test_a_module_is_recognised_and_named_like_what_it_makes(texts, name):
    found = detect.detect(rocks.project(texts)).detection
    assert found is not None
    assert (found.suite, found.name) == (SUITE, name)


@pytest.mark.parametrize("texts", [{}, {"main.go": MAIN}, {MODULE: ""}])
def test_what_is_no_module_is_not_recognised(texts):
    assert detect.detect(rocks.project(texts)).detection is None


@pytest.fixture
def checked(tmp_path):
    """Check a project that `init` has written, with more files; return what a row says."""

    def checked(what, **more):
        texts = {**rocks.GO, **more}
        for half, inside in (("rock", ""), ("charm", "charm")):
            base = profile.default_base(SUITE, half)
            files = profile.files(SUITE, half, name="my-web", base=base)
            texts |= {f"{inside}/{path}".lstrip("/"): file.text for path, file in files.items()}
        for path, text in texts.items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text(text)
        (tmp_path / "charm" / "src" / "charm.py").chmod(0o755)
        (row,) = [row for row in check.check(tmp_path).rows if row.what == what]
        return row

    return checked


def test_the_entry_point_is_the_program(checked):
    row = checked("entry point")
    assert (row.result, row.detail) == ("ok", "my-web in main.go")


def test_the_module_says_what_it_needs(checked):
    assert checked("requirements").detail == "go.mod"


def test_a_migration_gets_into_the_rock(checked):
    row = checked("migration", **{"migrate.sh": ""})
    assert (row.result, row.detail) == ("ok", "migrate.sh runs before the start")


def test_a_migration_that_the_authors_list_leaves_out_is_told(checked, tmp_path):
    checked("migration", **{"migrate.sh": "", "words/a.txt": ""})
    with (tmp_path / "rockcraft.yaml").open("a") as file:
        file.write("parts: {go-framework/assets: {stage: [app/words]}}\n")
    (row,) = [row for row in check.check(tmp_path).rows if row.what == "migration"]
    (told,) = row.findings
    assert told.key == "parts.go-framework/assets"
    assert told.instead == "add `app/migrate.sh` to `stage`"
